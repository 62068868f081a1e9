from __future__ import annotations

import csv
import io
import struct
import zipfile
from pathlib import Path

import pytest
from python_calamine import PasswordError

from papers import opening, unzipping
from papers.problems import sentence
from papers.reading import read_tables
from papers.refusals import (
    DamagedFile,
    FileTooLarge,
    NotASpreadsheet,
    PaperRefused,
    PasswordProtected,
    SheetTooLarge,
    UnzipsTooLarge,
)
from tests.papers.build import entries_of, problems_of, register_rows
from tests.papers.conftest import AWorkbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def a_csv(path: Path, encoding: str, delimiter: str = ",") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(
        [["学籍信息", "", "", "", "", "", "", "", ""], *register_rows({}, {"姓名": ""})]
    )
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def a_parcel(path: Path, sheet: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr("xl/workbook.xml", b"<workbook/>")
        parcel.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_is_read_in_the_encodings_that_occur(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path = a_csv(tmp_path / "register.csv", encoding, delimiter)

    assert [entry.name for entry in entries_of(path)] == ["张三"]
    assert (4, "姓名", "missing") in problems_of(path)


def test_the_content_decides_and_not_the_name(a_workbook: AWorkbook) -> None:
    assert len(entries_of(a_workbook("register.csv", 学籍=register_rows({})))) == 1


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        pytest.param(b"%PDF-1.4\x00\xff\xfe", NotASpreadsheet, id="a pdf"),
        pytest.param(b"\x00\x01\x02\x03", NotASpreadsheet, id="binary"),
        pytest.param(b"PK\x03\x04 and then nothing", DamagedFile, id="a cut parcel"),
        pytest.param(OLE + bytes(100), DamagedFile, id="a cut xls"),
    ],
)
def test_other_files_are_refused(
    tmp_path: Path, content: bytes, refusal: type[PaperRefused]
) -> None:
    path = tmp_path / "register.xlsx"
    path.write_bytes(content)

    with pytest.raises(refusal):
        list(read_tables(path))


def test_a_file_above_the_cap_is_refused(a_workbook: AWorkbook) -> None:
    with pytest.raises(FileTooLarge):
        list(read_tables(a_workbook(学籍=register_rows({})), max_bytes=100))


def test_a_zip_without_a_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    with zipfile.ZipFile(path, "w") as parcel:
        parcel.writestr("word/document.xml", "")

    with pytest.raises(NotASpreadsheet):
        list(read_tables(path))


def test_a_bomb_is_refused_even_when_its_index_lies(tmp_path: Path) -> None:
    path = a_parcel(tmp_path / "bomb.xlsx", b" " * 5_000_000)
    lying = path.read_bytes().replace(struct.pack("<I", 5_000_000), struct.pack("<I", 100))
    path.write_bytes(lying)

    with pytest.raises(UnzipsTooLarge):
        unzipping.check_parcel(path, max_unzipped=1_000_000)


@pytest.mark.parametrize("cell", [b'<c r="XFD1"/>', b"<c s='1' r='A1048576'/>", b'<c r="FA9"/>'])
@pytest.mark.parametrize("before", [0, 256 * 1024 - 5])
def test_a_cell_far_away_is_refused_before_a_table_is_laid_out(
    tmp_path: Path, cell: bytes, before: int
) -> None:
    path = a_parcel(tmp_path / "wide.xlsx", b" " * before + cell)

    with pytest.raises(SheetTooLarge):
        unzipping.check_parcel(path)


def test_a_password_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(path: object) -> None:
        raise PasswordError

    path = tmp_path / "locked.xlsx"
    path.write_bytes(OLE + bytes(512))
    monkeypatch.setattr(opening, "CalamineWorkbook", type("Locked", (), {"from_path": locked}))

    with pytest.raises(PasswordProtected):
        list(read_tables(path))


def test_a_fault_inside_the_reader_is_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panic = type("PanicException", (BaseException,), {})

    def panics(path: object) -> None:
        raise panic

    path = tmp_path / "damaged.xls"
    path.write_bytes(OLE + bytes(512))
    monkeypatch.setattr(opening, "CalamineWorkbook", type("Torn", (), {"from_path": panics}))

    with pytest.raises(DamagedFile):
        list(read_tables(path))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_refusal_has_words(language: str) -> None:
    for refusal in PaperRefused.__subclasses__():
        assert sentence(refusal(limit="20 MB", headings="甲、乙"), language)
