"""The weekly report where it is tightest: to the second, on days off, two at once, odd units."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from rules.model.people import Deputy
from rules.model.reports import DueState, Report
from storage.database import Database
from storage.figures.county import CountyWeek, county_week
from storage.tables.people import deputies
from storage.tables.reports import reports
from storage.tables.school import classes, units
from tests.support.reporting import owed, reporting, stands
from tests.support.upper import press, says
from tests.support.world import World, a_world

#: The second week of November: Thursday and Friday.
OPENS, DUE = date(2026, 11, 12), date(2026, 11, 13)


async def opened(world: World, on: date = OPENS) -> None:
    """The report is open; what happened before is of no interest here."""
    await world.down_until("08:01", on)
    await world.heard()


@pytest.mark.parametrize(
    ("second", "is_late"),
    [(-1, False), (0, False), (1, True)],
    ids=["11:59:59", "12:00", "12:00:01"],
)
async def test_noon_to_the_second(sqlite: Database, second: int, is_late: bool) -> None:
    """Scenario 38, with the program running."""
    async with a_world(sqlite, on=OPENS - timedelta(days=1)) as world:
        await reporting(world, village=False, other=False)
        await opened(world)
        await world.down_until("11:59", DUE)
        world.stage.clock.move(world.now + timedelta(seconds=60 + second))
        await world.settle()
        due = await owed(world, period="2026-W46")
        assert due.state is (DueState.MISSING if is_late else DueState.OPEN)
        await press(world, "head", f"report:{due.id}:0:true")
        await press(world, "head", f"report:{due.id}:0:sign")
        due = await owed(world, period="2026-W46")
        assert (due.state, (await stands(world, due)).is_late) == (DueState.FILED, is_late)
        week = await of_county(world, "2026-W46")
        assert (week.received, week.on_time) == (1, 0 if is_late else 1)


@pytest.mark.parametrize(
    ("week", "opens_on", "due_on"),
    [
        ("2026-W40", date(2026, 9, 29), date(2026, 9, 30)),  # Friday is National Day
        ("2026-W41", date(2026, 10, 8), date(2026, 10, 9)),  # and has a make-up Saturday
    ],
)
async def test_holidays_move_it_and_a_make_up_saturday_does_not(
    sqlite: Database, week: str, opens_on: date, due_on: date
) -> None:
    """Scenario 38: what the program plans, opens and calls missing on the official days."""
    async with a_world(sqlite, on=opens_on - timedelta(days=1)) as world:
        await reporting(world, village=False, other=False)
        await world.down_until("08:01", opens_on)
        due = await owed(world, period=week)
        assert due.state is DueState.OPEN
        at = due.due_at.astimezone(world.now.tzinfo)
        assert (at.date(), f"{at:%H:%M}") == (due_on, "12:00")
        await world.down_until("12:01", due_on)
        assert (await owed(world, period=week)).state is DueState.MISSING


async def of_county(world: World, week: str) -> CountyWeek:
    async with world.stage.database.read() as read:
        return await county_week(read, week)


async def test_two_who_sign_in_the_same_second(database: Database) -> None:
    """Scenario 40 on both databases: head and deputy tap at once; one report, one is told."""
    async with a_world(database, on=OPENS - timedelta(days=1)) as world:
        await reporting(world, village=False, other=False)
        people = world.county.people
        deputy = Deputy(
            0, people["head"], people["leader"], OPENS, DUE + timedelta(days=3), people["head"]
        )
        async with database.work(world.now) as work:
            await work.insert(deputies, deputy)
        await opened(world)
        due = await owed(world, period="2026-W46")
        await press(world, "head", f"report:{due.id}:0:true")
        for who in ("head", "leader"):
            await says(world, who, "周报")

        taps = [world.phone(who).touch("签字上报") for who in ("head", "leader")]
        await world.settle()
        said = [(await tap.popup(1.0)).text for tap in taps]
        assert sorted(one == "已签字上报" for one in said) == [False, True]
        loser = next(one for one in said if one != "已签字上报")
        assert "已在 08:01 办过了" in loser
        assert len(await world.all_of(reports, Report, due_id=due.id)) == 1
        week = await of_county(world, "2026-W46")
        assert (week.expected, week.received, week.received_percent) == (1, 1, 100.0)


async def test_denominators_of_closed_and_new_schools(sqlite: Database) -> None:
    """Scenario 41: a central school alone, one closed this term, one that opens in mid-term."""
    async with a_world(sqlite, on=OPENS - timedelta(days=1)) as world:
        await reporting(world, village=False)
        async with sqlite.work(world.now) as work:
            other = units.c.name == "城关中学"
            await work.execute(
                update(units).where(other).values(merged_into_id=world.county.school_id)
            )
        await opened(world)
        week = await of_county(world, "2026-W46")
        assert [one.name for one in week.lines] == ["青石中心小学"]

        async with sqlite.work(world.now) as work:
            await work.execute(update(units).where(other).values(merged_into_id=None))
            new = classes.c.school_id != world.county.school_id
            await work.execute(update(classes).where(new).values(since=date(2026, 11, 16)))
        await opened(world, DUE)
        assert (await of_county(world, "2026-W46")).expected == 1
        await opened(world, OPENS + timedelta(days=7))
        week = await of_county(world, "2026-W47")
        assert (week.expected, week.received, week.received_percent) == (2, 0, 0.0)
        assert (await of_county(world, "2026-W01")).received_percent is None
