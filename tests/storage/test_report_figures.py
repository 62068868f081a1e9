"""The figures of the weekly report as they are counted from the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from rules.model.attendance import Leave, LeaveState, Mark, MarkKind, Session
from rules.model.case import Case, CaseState, Stage
from rules.model.reconciling import FindingState, FoundLine, Reconciliation
from rules.model.school import EnrolmentStatus, StatusChange, Student
from rules.reconciling.sorting import Kind
from rules.reports.figures import COLUMNS, WHEREABOUTS
from storage.database import Database
from storage.figures.registers import counted_with_registers
from storage.figures.weekly import Asked, Counted
from storage.tables.attendance import leaves, marks
from storage.tables.cases import cases
from storage.tables.reconciling import findings, reconciliations
from storage.tables.school import status_changes, students
from storage.work import Work
from tests.support.county import CHILDREN, County, add_child, found_county
from tests.support.reporting import add_monitored

FRIDAY = date(2026, 9, 11)
NOW = datetime(2026, 9, 11, 2, tzinfo=UTC)
SINCE = NOW - timedelta(days=7)
MORE = ("周六", "吴七", "郑八", "冯九", "陈十")


@pytest.fixture
async def county(database: Database) -> County:
    async with database.work(NOW - timedelta(days=3)) as work:
        found = await found_county(work)
        for name in MORE:
            await add_child(work, found, name)
        await add_monitored(work, found, *CHILDREN, *MORE[:4])
    return found


async def figures(database: Database, county: County, *, monitored: bool = True) -> Counted:
    asked = Asked((county.school_id,), FRIDAY, SINCE, NOW, monitored)
    async with database.read() as read:
        return await counted_with_registers(read, asked)


async def become(work: Work, county: County, name: str, **changes: object) -> None:
    query = students.select().where(students.c.id == county.children[name])
    child = await work.one(query, Student)
    assert child is not None
    await work.save(students, replace(child, **changes))  # type: ignore[arg-type]


async def absent(work: Work, county: County, name: str, days: int, **changes: object) -> None:
    child, state = county.children[name], CaseState.OPEN
    case = Case(
        0, child, county.school_id, Stage.VERIFY, state, NOW, FRIDAY, policy="{}", counted=days
    )
    await work.insert(cases, replace(case, **changes))  # type: ignore[arg-type]


async def on_leave(work: Work, county: County, name: str, kind: str, **changes: object) -> None:
    child = county.children[name]
    back = FRIDAY + timedelta(days=3)
    leave = Leave(0, child, kind, FRIDAY, back, None, None, "chat", NOW)
    await work.insert(leaves, replace(leave, **changes))  # type: ignore[arg-type]


async def step(work: Work, county: County, name: str, old: str, new: str, at: datetime) -> None:
    change = StatusChange(
        0,
        county.children[name],
        None,
        EnrolmentStatus(old),
        EnrolmentStatus(new),
        FRIDAY,
        at,
        None,
    )
    await work.insert(status_changes, change)


async def test_every_child_stands_in_one_column(database: Database, county: County) -> None:
    async with database.work(NOW) as work:
        await on_leave(work, county, "李一", "sick")
        await on_leave(work, county, "王二", "family")
        await absent(work, county, "赵三", 2)
        await absent(work, county, "钱四", 3)
        await absent(work, county, "孙五", 6)
        await become(work, county, "孙五", status=EnrolmentStatus.SUSPECTED)
        await become(work, county, "周六", status=EnrolmentStatus.SUSPENSION)
        await absent(work, county, "吴七", 4, seen_on=FRIDAY)
        await absent(work, county, "陈十", 9)  # of no monitored household
    found = (await figures(database, county)).figures[county.school_id]
    assert {name: found[name] for name in WHEREABOUTS} == {
        "present": 3,
        "leave_sick": 1,
        "leave_other": 1,
        "absent_1_2": 1,
        "absent_3_5": 1,
        "absent_over_5": 1,
        "suspension": 1,
    }
    assert sum(found[name] or 0 for name in WHEREABOUTS) == found["monitored"] == 9
    assert (found["enrolled"], found["suspected"], found["dropout"]) == (10, 1, 0)
    assert set(found) == set(COLUMNS)


async def test_what_nobody_keeps_stays_empty(database: Database, county: County) -> None:
    found = (await figures(database, county)).figures[county.school_id]
    assert [name for name, number in found.items() if number is None] == [
        "home_due",
        "home_done",
        "unregistered",
        "present_elsewhere",
        "registered_not_present",
    ]


async def test_a_child_on_leave_who_was_seen_is_present(
    database: Database, county: County
) -> None:
    async with database.work(NOW) as work:
        await on_leave(work, county, "李一", "sick")
        await on_leave(work, county, "王二", "sick", state=LeaveState.REFUSED)
        child = county.children["李一"]
        mark = Mark(0, child, FRIDAY, Session.MORNING, MarkKind.PRESENT, None, NOW)
        await work.insert(marks, mark)
    found = (await figures(database, county)).figures[county.school_id]
    assert (found["present"], found["leave_sick"]) == (9, 0)


async def test_new_and_returned_are_those_since_the_report_before(
    database: Database, county: County
) -> None:
    before = SINCE - timedelta(hours=1)
    async with database.work(NOW) as work:
        await step(work, county, "李一", "enrolled", "suspected", NOW)
        await step(work, county, "王二", "enrolled", "suspected", before)
        await step(work, county, "赵三", "suspected", "enrolled", NOW)
        await step(work, county, "钱四", "dropout", "enrolled", NOW)
        await step(work, county, "陈十", "suspected", "enrolled", NOW)
    found = await figures(database, county)
    assert found.children["new_suspected"] == (county.children["李一"],)
    assert len(found.children["returned"]) == 2


async def test_who_has_left_is_not_enrolled(database: Database, county: County) -> None:
    async with database.work(NOW) as work:
        await become(work, county, "李一", status=EnrolmentStatus.TRANSFERRED)
    found = (await figures(database, county)).figures[county.school_id]
    assert (found["enrolled"], found["monitored"]) == (9, 8)


async def test_what_register_and_rosters_say_differently(
    database: Database, county: County
) -> None:
    """Only once they have been compared; who was confirmed elsewhere has left 籍在人不在."""
    here, there = county.school_id, county.township_id
    lines = [
        (Kind.UNREGISTERED, FindingState.OPEN, None, here, "李一"),
        (Kind.MISSING, FindingState.OPEN, here, None, "王二"),
        (Kind.ELSEWHERE, FindingState.CONFIRMED, here, there, "赵三"),
        (Kind.ELSEWHERE, FindingState.OPEN, there, here, "钱四"),
        (Kind.MISSING, FindingState.OPEN, here, None, "陈十"),
    ]
    async with database.work(NOW) as work:
        await work.insert(reconciliations, Reconciliation(0, NOW, {}))
        for kind, state, registered, seated, name in lines:
            child = county.children[name]
            mark = f"{kind}{name}"
            line = FoundLine(0, kind, mark, state, registered, seated, child, {}, NOW)
            await work.insert(findings, line)
    found = (await figures(database, county)).figures[here]
    assert (found["unregistered"], found["present_elsewhere"]) == (1, 1)
    assert found["registered_not_present"] == 1


async def test_all_children_count_where_the_rhythm_is_about_all(
    database: Database, county: County
) -> None:
    found = (await figures(database, county, monitored=False)).figures[county.school_id]
    assert (found["enrolled"], found["present"]) == (10, 10)
    assert found["monitored"] == 9  # of these, as the column says


async def compared(work: Work, county: County, kind: Kind, child: str, **other: object) -> None:
    """The lists have been compared, and this was found."""
    school = county.school_id
    places = {Kind.ELSEWHERE: (None, school), Kind.MISSING: (school, None)}
    here, there = places[kind]
    found = FoundLine(
        0, kind, child, FindingState.OPEN, here, there, county.children[child], {}, NOW
    )
    await work.insert(reconciliations, Reconciliation(0, NOW, {}))
    await work.insert(findings, replace(found, **other))  # type: ignore[arg-type]


async def test_what_comparing_the_lists_has_found(database: Database, county: County) -> None:
    async with database.work(NOW) as work:
        await compared(work, county, Kind.MISSING, "李一")
        await compared(work, county, Kind.MISSING, "王二", ended_at=NOW)
        await compared(work, county, Kind.ELSEWHERE, "赵三", state=FindingState.CONFIRMED)
        await compared(work, county, Kind.ELSEWHERE, "钱四", state=FindingState.DENIED)
        await compared(work, county, Kind.ELSEWHERE, "陈十")  # of no monitored household
    found = await figures(database, county)
    mine = found.figures[county.school_id]
    assert (mine["registered_not_present"], mine["present_elsewhere"]) == (1, 1)
