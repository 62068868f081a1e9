"""Files of an import are read the same wherever they are read, and large ones only once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.importing import apart, desk
from bot.importing.apart import DeskApart, ReaderBrokeOff, desk_for
from bot.importing.desk import Desk, Files, OwnDesk
from bot.importing.taking import Taken
from papers.headers import Kind
from papers.reading import Table, UnknownSheet, read_tables
from papers.refusals import DamagedFile
from papers.sample import write_sample
from papers.sheets import SheetWriter, new_workbook
from tests.papers.build import Cells, register_rows
from tests.support.importing import NOW

UNITS: list[Cells] = [
    ["学校标识码", "学校名称", "类别"],
    ["2199000001", "青石中心小学", "中心小学"],
]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files of a small invented county, with all the faults that a sample has."""
    folder = tmp_path_factory.mktemp("county")
    write_sample(folder, 250, today=NOW.date())
    return sorted(folder.glob("*.xlsx"))


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A register, something unknown, and units, on sheets of one workbook."""
    path = tmp_path / "all.xlsx"
    with new_workbook(path) as book:
        for name, rows in (
            ("学籍", register_rows({}, {"姓名": ""})),
            ("通知", [["开学通知"]]),
            ("学校", UNITS),
        ):
            writer = SheetWriter(book, name)
            for cells in rows:
                writer.line(cells)
    return path


async def everything(reader: Desk) -> list[object]:
    """All that a desk says."""
    looks = await reader.look()
    found: list[object] = [*looks]
    for place, look in enumerate(looks):
        for kind in sorted(look.kinds):
            found += [part async for part in reader.parts(place, kind)]
    return found


async def test_another_process_reads_what_this_one_would(
    county: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "WORTH_A_PROCESS", 0)
    async with desk_for(county) as reader:
        assert isinstance(reader, DeskApart)
        read = await everything(reader)

    assert read == await everything(OwnDesk(county))
    assert any(isinstance(part, list) and part[0].problems for part in read)


async def test_small_files_need_no_process(county: list[Path]) -> None:
    async with desk_for(county[:1]) as reader:
        assert isinstance(reader, OwnDesk)


@pytest.mark.parametrize("at_least", [0, 10**9])
async def test_a_file_that_is_refused_says_why_wherever_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_least: int
) -> None:
    monkeypatch.setattr(apart, "WORTH_A_PROCESS", at_least)
    path = tmp_path / "broken.xlsx"
    path.write_bytes(b"PK\x03\x04 and nothing else")
    async with desk_for([path]) as reader:
        with pytest.raises(DamagedFile):
            await reader.look()


async def test_a_reader_that_was_killed_is_no_end_of_the_file(
    county: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "WORTH_A_PROCESS", 0)
    async with desk_for(county) as reader:
        assert isinstance(reader, DeskApart)
        await reader.look()
        reader.process.kill()
        with pytest.raises(ReaderBrokeOff):
            await everything(reader)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every opening of a file."""
    paths: list[Path] = []

    def counted(path: Path, max_bytes: int) -> Iterator[Table | UnknownSheet]:
        paths.append(path)
        return read_tables(path, max_bytes)

    monkeypatch.setattr(desk, "read_tables", counted)
    return paths


def rows_in(files: Files, place: int, kind: Kind) -> list[Taken]:
    return [row for part in files.parts(place, kind) for row in part]


def test_a_workbook_is_opened_once_for_all_of_its_tables(
    workbook: Path, opened: list[Path]
) -> None:
    files = Files([workbook])
    (look,) = files.look()

    assert look.kinds == {Kind.REGISTER, Kind.UNITS}
    assert look.unknown == ("通知",)
    assert [row.value.name for row in rows_in(files, 0, Kind.UNITS)] == ["青石中心小学"]
    assert [row.number for row in rows_in(files, 0, Kind.REGISTER)] == [2, 3]
    assert opened == [workbook]


def test_of_two_large_files_none_stays_in_memory(
    workbook: Path, opened: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "BESIDE_AN_OPEN_ONE", 1)
    files = Files([workbook, workbook])
    list(files.look())

    assert len(rows_in(files, 0, Kind.REGISTER)) == 2
    assert opened == [workbook] * 3


def test_a_text_that_calls_itself_a_workbook_is_read_as_a_stream(
    tmp_path: Path, opened: list[Path]
) -> None:
    path = tmp_path / "units.xlsx"
    lines: Sequence[Cells] = UNITS
    path.write_text("\n".join(",".join(map(str, line)) for line in lines), encoding="utf-8")
    files = Files([path])
    list(files.look())

    assert len(rows_in(files, 0, Kind.UNITS)) == 1
    assert len(opened) == 2
