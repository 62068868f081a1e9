"""Days that count: school days, make-up Saturdays, holidays, the month, and the way back."""

from __future__ import annotations

from datetime import date, timedelta

from rules.child.rollcall import correct
from rules.model.attendance import MarkKind, RollCall
from rules.model.case import Case, CaseState, Task
from rules.model.school import EnrolmentStatus, StatusChange
from storage.database import Database
from storage.tables.attendance import roll_calls
from storage.tables.cases import cases, tasks
from storage.tables.school import status_changes
from tests.support.world import World, a_world

LAST_SEEN = date(2026, 9, 29)
COUNTED = [date(2026, 9, 30), *(date(2026, 10, day) for day in (8, 9, 10, 12))]
SUSPECTED = date(2026, 10, 13)
PRESENT = MarkKind.PRESENT


async def missing_since(world: World, first: date) -> None:
    """李一 is missing on one day; later roll calls must be tapped on the child itself."""
    await world.to("08:10", first)
    await world.absent("李一")
    await world.to("09:00")


async def not_there(world: World, on: date) -> None:
    """A later day of the same absence."""
    await world.to("08:10", on)
    await world.tap("teacher", "全到齐了")
    await world.to("09:00")


async def count_of(world: World) -> int:
    case = await world.case_of("李一")
    return case.counted if case else 0


async def suspicions(world: World) -> list[StatusChange]:
    return await world.all_of(status_changes, StatusChange, new=EnrolmentStatus.SUSPECTED.value)


async def test_only_the_sixth_school_day_makes_a_child_suspected_and_once(
    sqlite: Database,
) -> None:
    async with a_world(sqlite, on=LAST_SEEN) as world:
        await missing_since(world, COUNTED[0])
        counts = [await count_of(world)]
        for on in COUNTED[1:]:
            await not_there(world, on)
            counts.append(await count_of(world))
        before = await suspicions(world)
        await not_there(world, SUSPECTED)
        await not_there(world, SUSPECTED + timedelta(days=1))

        assert (counts, before) == ([1, 2, 3, 4, 5], [])
        assert [change.effective_on for change in await suspicions(world)] == [SUSPECTED]
        assert len(await world.all_of(tasks, Task, kind="status_confirm")) == 1
        assert await count_of(world) == 7


async def test_nobody_is_asked_for_a_roll_call_in_the_holidays(sqlite: Database) -> None:
    async with a_world(sqlite, on=LAST_SEEN) as world:
        await world.to("23:00", date(2026, 10, 11))

        on = [row.on for row in await world.all_of(roll_calls, RollCall)]
        assert on == [LAST_SEEN, *COUNTED[:-1]]


async def test_a_day_excused_later_shrinks_the_count_and_the_record_keeps_what_was_said(
    sqlite: Database,
) -> None:
    async with a_world(sqlite, on=LAST_SEEN) as world:
        await missing_since(world, COUNTED[0])
        for on in (*COUNTED[1:], SUSPECTED):
            await not_there(world, on)
        was_suspected = (await world.child("李一")).status
        await world.heard()
        await world.decide("李一", lambda draft: correct(draft, COUNTED[3], PRESENT, "看错了"))
        child, history = await world.child("李一"), await suspicions(world)

        assert was_suspected is EnrolmentStatus.SUSPECTED
        assert (child.status, await count_of(world)) == (EnrolmentStatus.ENROLLED, 5)
        assert len(history) == 1
        assert "09:00 leader status_changed" in await world.heard("leader")


async def test_an_untaken_day_counts_inside_an_absence_and_raises_its_own_alarm(
    sqlite: Database,
) -> None:
    async with a_world(sqlite, on=LAST_SEEN) as world:
        await missing_since(world, COUNTED[0])
        await not_there(world, COUNTED[1])
        await world.heard()
        await world.to("09:29", COUNTED[2])
        at_due = await count_of(world)
        before = await world.heard("leader")
        await world.to("09:30")
        case = await world.case_of("李一")

        assert case is not None
        assert (at_due, case.counted, case.untaken) == (3, 3, 1)
        assert "09:30 leader roll_call_missing" not in before
        assert "09:30 leader roll_call_missing" in await world.heard("leader")


async def test_an_untaken_day_starts_no_absence(sqlite: Database) -> None:
    async with a_world(sqlite) as world:
        await world.to("18:00", date(2026, 9, 9))

        assert await world.all_of(cases, Case) == []
        assert [task.kind for task in await world.all_of(tasks, Task)] == ["roll_call"] * 3


async def suspected(world: World) -> None:
    """李一 has been suspected since the thirteenth of October."""
    await missing_since(world, COUNTED[0])
    for on in (*COUNTED[1:], SUSPECTED):
        await not_there(world, on)


async def test_the_month_ends_with_its_last_day_and_dropout_is_the_day_after(
    sqlite: Database,
) -> None:
    async with a_world(sqlite, on=LAST_SEEN) as world:
        await suspected(world)
        await world.down_until("07:00", date(2026, 11, 12))
        await world.to("23:59", date(2026, 11, 13))
        before = (await world.child("李一")).status
        await world.to("12:00", date(2026, 11, 14))
        after = await world.child("李一")

        assert before is EnrolmentStatus.SUSPECTED
        assert (after.status, after.status_on) == (EnrolmentStatus.DROPOUT, date(2026, 11, 14))


async def test_a_return_on_the_last_day_of_the_month_is_no_dropout(sqlite: Database) -> None:
    async with a_world(sqlite, on=LAST_SEEN) as world:
        await suspected(world)
        await world.down_until("08:00", date(2026, 11, 13))
        await world.to("08:10")
        await world.tap("teacher", "见到了·李一")
        await world.tap("teacher", "全到齐了")
        await world.to("08:10", date(2026, 11, 16))
        over_the_weekend = (await world.child("李一")).status
        await world.tap("teacher", "见到了·李一")
        await world.tap("teacher", "全到齐了")
        await world.to("09:30")

        assert over_the_weekend is EnrolmentStatus.SUSPECTED
        assert (await world.child("李一")).status is EnrolmentStatus.ENROLLED


async def test_a_return_after_the_month_takes_the_dropout_back(sqlite: Database) -> None:
    async with a_world(sqlite, on=LAST_SEEN) as world:
        await suspected(world)
        await world.down_until("08:00", date(2026, 11, 16))
        await world.to("09:00")
        was = (await world.child("李一")).status
        for on in (date(2026, 11, 17), date(2026, 11, 18)):
            await world.to("08:10", on)
            await world.tap("teacher", "见到了·李一")
            await world.tap("teacher", "全到齐了")
        await world.to("09:30")
        case = await world.case_of("李一")

        assert was is EnrolmentStatus.DROPOUT
        assert (await world.child("李一")).status is EnrolmentStatus.ENROLLED
        assert case is not None
        assert case.state is CaseState.WATCH


async def test_the_term_has_a_first_and_a_last_day(sqlite: Database) -> None:
    async with a_world(sqlite, on=date(2026, 8, 31)) as world:
        await world.to("23:00")
        before = await world.all_of(roll_calls, RollCall)
        await world.to("09:00", date(2026, 9, 1))

        assert before == []
        assert len(await world.all_of(roll_calls, RollCall)) == 1


async def test_after_the_last_day_nobody_is_asked(sqlite: Database) -> None:
    async with a_world(sqlite, on=date(2027, 1, 21)) as world:
        await world.to("18:00", date(2027, 1, 29))

        asked = [call.on.day for call in await world.all_of(roll_calls, RollCall)]
        assert asked == [21, 22]
