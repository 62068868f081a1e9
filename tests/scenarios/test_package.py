"""The yearly package (plan 三(一), P13): asked for in August, signed by 10 September, one zip."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from bot.packages import County as Packed
from bot.packages import write_package
from rules.model.packages import SignedRoster
from rules.model.reports import DueState
from rules.model.school import EnrolmentStatus, StatusChange
from rules.reports.rates import Entered
from storage.attachments import keep_under
from storage.database import Database
from storage.journal import head_of
from storage.packages import UnitPackage, packages_of
from storage.tables.packages import signed_rosters
from storage.tables.plumbing import journal
from storage.tables.school import status_changes
from tests.support.reporting import add_section, owed, reporting
from tests.support.upper import keys, newest, says, sends_photo
from tests.support.world import World, a_world

AUGUST_24, AUGUST_25 = date(2026, 8, 24), date(2026, 8, 25)
DUE_ON = date(2026, 9, 10)
ROSTERS = ("辍学学生花名册", "无学籍学生花名册", "籍在人不在学生花名册")


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    keep_under(tmp_path)
    async with a_world(database, on=AUGUST_24) as found:
        await reporting(found)
        await add_section(found, "林科员")
        yield found


async def a_dropout(world: World, child: str, *, confirmed: bool) -> None:
    """The record has this child as a dropout since June."""
    at = datetime(2026, 6, 30, tzinfo=UTC)
    line = StatusChange(
        0,
        world.county.children[child],
        None,
        EnrolmentStatus.SUSPECTED,
        EnrolmentStatus.DROPOUT,
        at.date(),
        at,
        None,
        confirmed_at=at if confirmed else None,
        confirmed_by=world.county.people["head"] if confirmed else None,
    )
    async with world.stage.database.work(world.stage.clock.now()) as work:
        await work.insert(status_changes, line)


async def opened(world: World) -> None:
    """25 August, eight in the morning."""
    await world.to("08:00", AUGUST_25)
    await world.heard()


async def signed(world: World) -> None:
    """The head of the central school has uploaded the plan, looked and signed."""
    await opened(world)
    await says(world, "head", "/package")
    await world.tap("head", "上传方案")
    await sends_photo(world, "head")
    await world.tap("head", "签字上报")


async def zipped(world: World, entered: Entered | None = None) -> zipfile.ZipFile:
    """The county's package as the command writes it."""
    async with world.stage.database.survey() as read:
        units = await packages_of(read, 2026)
        packed = Packed(2026, units, await head_of(read), read.vault, entered)
    file = io.BytesIO()
    write_package(packed, file, world.now, ZoneInfo("Asia/Shanghai"))
    return zipfile.ZipFile(file)


def rows_in(package: zipfile.ZipFile, name: str) -> list[list[object]]:
    """The first sheet of one of its files."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(package.read(name)))
    return [list(row) for row in book.get_sheet_by_index(0).to_python()]


async def test_it_opens_on_25_august_for_every_unit_and_not_for_village_schools(
    world: World,
) -> None:
    await world.to("07:59", AUGUST_25)
    await world.heard()
    await world.to("08:00", AUGUST_25)
    cards = [one for one in await world.heard() if "report_card" in one]
    assert cards == ["08:00 head report_card", "08:00 何校长 report_card"]
    words = newest(world, "head")
    assert "工作方案：还没上传" in words
    assert "没有的也要签字，按零上报" in words


async def test_without_a_work_plan_nothing_can_be_signed(world: World) -> None:
    await opened(world)
    await says(world, "head", "/package")

    assert "工作方案还没有上传" in await world.tap("head", "签字上报")
    assert (await owed(world, period="2026")).state is DueState.OPEN
    await world.tap("head", "上传方案")
    assert "工作方案的文件或照片" in await says(world, "head", "已经寄出")
    await sends_photo(world, "head")
    assert "已上传" in newest(world, "head")


async def test_only_confirmed_dropouts_and_zero_rosters_are_signed_as_they_stand(
    world: World,
) -> None:
    await a_dropout(world, "李一", confirmed=True)
    await a_dropout(world, "王二", confirmed=False)
    await signed(world)

    due = await owed(world, period="2026")
    assert due.state is DueState.FILED
    kept = await world.all_of(signed_rosters, SignedRoster, due_id=due.id)
    assert [(one.ledger.value, len(one.cells)) for one in kept] == [
        ("dropout", 1),
        ("unregistered", 0),
        ("registered_not_present", 0),
    ]
    async with world.stage.database.read() as read:
        query = select(journal.c.public).where(journal.c.kind == "package_signed")
        (line,) = await read.scalars(query)
    assert all(one.digest in line for one in kept)
    assert "签字上报" not in keys(world, "head")


async def test_who_is_missing_at_noon_is_missing_and_the_section_sees_it_at_once(
    world: World,
) -> None:
    await signed(world)
    await world.down_until("11:59", DUE_ON)
    await world.to("12:01", DUE_ON)
    await world.heard()
    await world.to("12:05", DUE_ON)

    heard = [one for one in await world.heard() if "package_summary" in one]
    assert sorted(one.split()[1] for one in heard) == ["section", "林科员"]
    words = newest(world, "林科员")
    assert "应交 2　已交 1　按时 1" in words
    assert "缺交</b>：城关中学" in words or "缺交：城关中学" in words
    other = next(one for one in await _units(world) if one.unit.name == "城关中学")
    assert other.due.state is DueState.MISSING

    assert "已催 1 所" in await world.tap("林科员", "一键催报")
    assert "何校长" in " ".join(await world.heard("何校长"))


async def test_signed_late_it_says_so(world: World) -> None:
    await opened(world)
    await world.down_until("09:00", DUE_ON + timedelta(days=1))
    await says(world, "何校长", "/package")
    await world.tap("何校长", "上传方案")
    await sends_photo(world, "何校长")
    await world.tap("何校长", "签字上报")

    late = next(one for one in await _units(world) if one.unit.name == "城关中学")
    assert (late.is_filed, late.is_late) == (True, True)


async def test_the_zip_unpacks_counts_and_checks(world: World) -> None:
    await a_dropout(world, "李一", confirmed=True)
    await signed(world)
    await world.down_until("12:10", DUE_ON)
    package = await zipped(world)

    assert package.testzip() is None
    names = package.namelist()
    folder = next(one.split("/")[0] for one in names if "青石中心小学" in one)
    assert {f"{folder}/{one}.xlsx" for one in ROSTERS} <= set(names)
    assert any(one.startswith(f"{folder}/工作方案") for one in names)
    assert not [one for one in names if "城关中学" in one]
    sums = package.read("校验和.txt").decode().splitlines()
    assert len(sums) == len(names) - 1
    for line in sums:
        digest, _, name = line.partition("  ")
        assert hashlib.sha256(package.read(name)).hexdigest() == digest
    said = "".join(
        str(cell) for row in rows_in(package, f"{folder}/{ROSTERS[0]}.xlsx") for cell in row
    )
    assert "李一" in said
    cover = rows_in(package, "封面清单.xlsx")
    lines = {row[1]: row for row in cover if row[1] in ("青石中心小学", "城关中学")}
    assert lines["青石中心小学"][2:3] == ["已交"]
    assert lines["青石中心小学"][8:11] == [1, 0, 0]
    assert lines["城关中学"][2] == "缺交"
    assert lines["城关中学"][6:11] == [""] * 5  # never a zero
    assert any("巩固率 = （在籍学生数" in str(row[0]) for row in cover)
    await the_entry_rate_is_the_countys(world, cover)


async def test_a_month_later_it_says_what_was_signed(world: World) -> None:
    """What changes after the signature changes nothing in the package."""
    await a_dropout(world, "李一", confirmed=True)
    await signed(world)
    before = await _units(world)
    await a_dropout(world, "王二", confirmed=True)
    await world.down_until("12:00", DUE_ON + timedelta(days=1))

    assert [one.rosters for one in await _units(world) if one.is_filed] == [
        one.rosters for one in before if one.is_filed
    ]


async def _units(world: World) -> list[UnitPackage]:
    async with world.stage.database.survey() as read:
        return await packages_of(read, 2026)


async def the_entry_rate_is_the_countys(world: World, cover: list[list[object]]) -> None:
    """With its formula and numbers; no list, no rate."""
    (entry,) = [str(row[0]) for row in cover if "入学率" in str(row[0])]
    assert entry.endswith("还没有适龄儿童底册，不计算")
    listed = rows_in(await zipped(world, Entered(200, 199)), "封面清单.xlsx")
    (entry,) = [str(row[0]) for row in listed if "入学率" in str(row[0])]
    assert "已入学的适龄儿童少年数 ÷ 应入学的适龄儿童少年数" in entry
    assert "= 199 ÷ 200 = 99.5%（全县" in entry
