"""The county's quarterly report: the education section's own task, with its table and deadline."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from rules.model.case import TaskState
from rules.model.reports import DueState, Report, ReportDue
from storage.database import Database
from storage.tables.reports import report_dues, reports
from tests.support.reporting import add_section, reporting
from tests.support.upper import keys, newest, press, says
from tests.support.world import World, a_world

#: 1 to 7 October are off: the first working day after the third quarter, and the tenth.
THE_DAY_BEFORE, FIRST, TENTH = date(2026, 10, 7), date(2026, 10, 8), date(2026, 10, 20)


@pytest.fixture
async def world(sqlite: Database) -> AsyncIterator[World]:
    async with a_world(sqlite, on=THE_DAY_BEFORE) as found:
        await reporting(found)
        await add_section(found, "林科员")
        await found.to("08:01", FIRST)
        yield found


async def quarter(world: World) -> ReportDue:
    (found,) = await world.all_of(report_dues, ReportDue, rhythm="county_quarterly")
    return found


async def test_the_education_section_has_it_on_the_first_working_day(world: World) -> None:
    due = await quarter(world)
    assert (due.period, due.state, due.unit_id) == (
        "2026-Q3",
        DueState.OPEN,
        world.county.section_id,
    )
    assert "08:00 林科员 report_card" in await world.heard("林科员")
    said = newest(world, "林科员")
    assert "县季报" in said
    assert "请在 10月20日 12:00 前签字" in said
    assert "在校生 7" in said  # every child of every school
    assert keys(world, "林科员") == ["签字上报", "导出表格", "改一下"]


async def test_its_table_comes_into_the_chat_counted_and_marked(world: World) -> None:
    await world.tap("林科员", "导出表格")
    shown = world.phone("林科员").newest
    assert shown.file is not None
    assert shown.protected
    book = CalamineWorkbook.from_filelike(io.BytesIO(shown.file.data))
    text = str(book.get_sheet_by_index(0).to_python())
    assert "青石中心小学" in text
    assert "城关中学" in text
    assert "林科员" in text


async def test_signed_it_is_filed_with_the_figures_of_the_quarter(world: World) -> None:
    assert await world.tap("林科员", "签字上报") == "已签字上报"
    due = await quarter(world)
    assert (due.state, due.number) == (DueState.FILED, 1)
    (report,) = await world.all_of(reports, Report)
    assert dict(report.figures)["enrolled"] == 7
    assert dict(report.figures)["home_due"] is None
    assert (await world.task("county_report")).state is TaskState.DONE


async def test_it_is_reminded_of_missing_at_noon_and_climbs_to_the_bureau_leader(
    world: World,
) -> None:
    await world.down_until("11:59", TENTH)
    await world.heard()
    assert (await quarter(world)).state is DueState.OPEN
    await world.to("12:01", TENTH)
    assert (await quarter(world)).state is DueState.MISSING
    await world.to("16:01", TENTH)
    assert "报县季报" in newest(world, "林科员")  # in the digest, like every reminder
    await world.down_until("11:59", date(2026, 10, 21))
    assert not await told_of_quarter(world)
    await world.to("12:01", date(2026, 10, 21))
    assert await told_of_quarter(world)

    due = await quarter(world)
    await press(world, "林科员", f"report:{due.id}:0:sign")
    assert "迟报" in newest(world, "林科员")
    assert (await quarter(world)).state is DueState.FILED


async def told_of_quarter(world: World) -> bool:
    """Whether the bureau leader has heard of it."""
    await world.heard("bureau")
    return any("县季报" in one.text for one in world.phone("bureau").messages)


async def test_nobody_else_signs_or_exports(world: World) -> None:
    due = await quarter(world)
    for who in ("head", "section", "bureau", "teacher"):
        for act in ("sign", "sheet", "look"):
            await press(world, who, f"report:{due.id}:0:{act}")
        assert all(one.file is None for one in world.phone(who).messages)
    assert (await quarter(world)).number == 0


async def test_without_an_education_section_nothing_is_owed(sqlite: Database) -> None:
    async with a_world(sqlite, on=FIRST) as world:
        await world.to("08:01")
        assert await world.all_of(report_dues, ReportDue, rhythm="county_quarterly") == []
        assert await says(world, "section", "待签收")
