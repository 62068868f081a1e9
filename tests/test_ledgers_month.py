"""A month goes by, with everything that a month brings; last month's ledgers are what they were.

Each ledger is exported at the end of September as JSON has it and as the sheet is written, and
again at the end of October: every one has changed meanwhile, and none as of September.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.importing.run import Import, run_import
from papers.contents import content_of
from papers.ledgers.writing import Sheet, write_ledger
from rules.decision import Decision
from rules.ledgers import Ledger
from rules.model.attendance import Answer, Reply
from rules.model.case import Case, CaseState, Contact, Stage, Task, TaskState
from rules.model.eligible import Answer as AtTheDoor
from rules.model.eligible import Doorstep, Eligible, Village
from rules.model.people import Guardianship, GuardianState, Pairing, PairingLevel, PairingScope
from rules.model.reconciling import FindingState, FoundLine, plain_line
from rules.model.school import (
    Category,
    CategoryKind,
    EnrolmentStatus,
    PastPlace,
    SchoolClass,
    StatusChange,
    Student,
    Unit,
    UnitKind,
)
from rules.policy import Policy
from rules.reconciling.lines import Line
from rules.reconciling.sorting import Kind
from storage.calendars import Calendars
from storage.carrying import carry_out
from storage.database import Database
from storage.ledgers.every import LEDGERS
from storage.ledgers.scope import Scope, Table
from storage.meta import Mode, keep_mode
from storage.tables.attendance import replies
from storage.tables.cases import cases, contacts, tasks
from storage.tables.eligible import doorsteps, eligible, villages
from storage.tables.ladder import categories
from storage.tables.people import guardianships, pairings
from storage.tables.reconciling import findings
from storage.tables.school import (
    classes,
    past_places,
    past_pupils,
    status_changes,
    students,
    units,
)
from storage.work import Work
from tests.support.county import County, add_person, found_county
from tests.support.importing import a_child, write_csv

ZONE = ZoneInfo("Asia/Shanghai")
SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 31)
SICK_LEFT = {"是否留守儿童": "1-单亲留守", "残疾类型": "1-视力残疾"}


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def scope(on: date) -> Scope:
    end = datetime(on.year, on.month, on.day, tzinfo=ZONE) + timedelta(days=1)
    return Scope(on, end)


Printed = dict[str, tuple[Table, bytes]]


async def exported(database: Database, on: date) -> Printed:
    """Every ledger as it is read, and as it is printed."""
    async with database.read() as read:
        found = {name: await write(read, scope(on)) for name, write in LEDGERS.items()}
    return {name: (table, _sheet(name, on, table)) for name, table in found.items()}


def _sheet(name: str, on: date, table: Table) -> bytes:
    sheet = Sheet(name, "", on, table.columns, table.rows)
    return content_of(lambda to: write_ledger(sheet, to, ZONE))


class Month:
    """A county with a class, in September and in October."""

    def __init__(self, database: Database, county: County, folder: Path) -> None:
        """`folder` is where tables to import are written."""
        self.database, self.county, self._folder = database, county, folder
        self.ids: dict[str, int] = {}

    async def bring(self, when: datetime, *rows: dict[str, str]) -> None:
        """Import a register."""
        path = write_csv(self._folder / f"{when:%m%d%H}.csv", rows)
        means = Import(self.database, Policy(), Calendars(ZONE), when, "zh", "县教体局")
        report = await run_import(means, (path,), is_real=True)
        assert report.plain()["errors"] == []
        async with self.database.read() as read:
            for one in await read.all(select(students).order_by(students.c.id), Student):
                self.ids.setdefault(one.name, one.id)

    def case(self, child: str, when: datetime) -> Case:
        """The follow-up of a child."""
        stage, state = Stage.PERSUADE, CaseState.OPEN
        school, policy = self.county.school_id, Policy().to_json()
        return Case(0, self.ids[child], school, stage, state, when, when.date(), policy)

    def contact(self, child: str, case: int, when: datetime, *, reached: bool = True) -> Contact:
        """A call."""
        teacher = self.county.people["teacher"]
        return Contact(0, self.ids[child], case, teacher, when, "phone", reached)

    def step(self, child: str, old: str, new: str, when: datetime) -> StatusChange:
        """A status and its moment."""
        status = EnrolmentStatus
        return StatusChange(
            0, self.ids[child], None, status(old), status(new), when.date(), when, None
        )

    def finding(self, kind: Kind, name: str, when: datetime, other: int | None) -> FoundLine:
        """Something that register and rosters did not agree about."""
        home = self.county.school_id
        line = plain_line(Line(home, 3, 2, name, date(2015, 1, 1), None, f"G{name}"))
        away = plain_line(Line(other or home, 4, 1, name, date(2015, 1, 1)))
        sides = {
            Kind.MISSING: {"registered": line},
            Kind.UNREGISTERED: {"seated": line},
            Kind.ELSEWHERE: {"registered": line, "seated": away},
        }
        places = {
            Kind.MISSING: (home, None),
            Kind.UNREGISTERED: (None, home),
            Kind.ELSEWHERE: (home, other),
        }
        register, roster = places[kind]
        return FoundLine(
            id=0,
            kind=kind,
            mark=f"{kind}{name}",
            state=FindingState.OPEN,
            register_school_id=register,
            roster_school_id=roster,
            student_id=None,
            body=sides[kind],
            opened_at=when,
        )

    async def sought(self, work: Work, name: str, when: datetime) -> Doorstep:
        """A child of the age-eligible list whom no school has."""
        village = self.ids["柳湾村"]
        listed = Eligible(0, village, name, birth_on=date(2017, 4, 1), listed_at=when)
        number = await work.insert(eligible, listed)
        return Doorstep(0, number, village, when, {"name": name, "birth_on": "2017-04-01"})


@pytest.fixture
async def month(database: Database, tmp_path: Path) -> Month:
    async with database.work(at(9, 1)) as work:
        county = await found_county(work)
    found = Month(database, county, tmp_path)
    rows = [a_child(name, n) for n, name in enumerate(("陈一", "陈二", "陈三", "陈四"), 1)]
    await found.bring(at(9, 2), rows[0] | SICK_LEFT, *rows[1:])
    async with database.work(at(9, 20)) as work:
        await keep_mode(work, Mode.REAL)  # from now on what is imported has its moment
        await _september(work, found)
    return found


async def _september(work: Work, month: Month) -> None:
    """One is suspected, one a dropout; groups, contacts, findings, a bound father."""
    number = await work.insert(cases, month.case("陈一", at(9, 3)))
    await work.insert(contacts, month.contact("陈一", number, at(9, 5)))
    await work.insert(status_changes, month.step("陈一", "enrolled", "suspected", at(9, 11)))
    await work.insert(status_changes, month.step("陈二", "suspected", "dropout", at(9, 12)))
    for kind in (CategoryKind.MONITORED, CategoryKind.LEFT_BEHIND, CategoryKind.DISABLED):
        line = Category(0, month.ids["陈三"], kind, date(2026, 1, 1), source="民政局")
        await work.insert(categories, line)
    other = await work.insert(units, Unit(0, UnitKind.SCHOOL, "南坪小学", code="2199000002"))
    month.ids["南坪小学"] = other
    for sort, name in (
        (Kind.MISSING, "赵缺"),
        (Kind.UNREGISTERED, "钱无"),
        (Kind.ELSEWHERE, "孙外"),
    ):
        await work.insert(findings, month.finding(sort, name, at(9, 15), other))
    month.ids["柳湾村"] = await work.insert(
        villages, Village(0, "柳湾村", month.county.township_id)
    )
    await work.insert(doorsteps, await month.sought(work, "冯未", at(9, 16)))
    objection = Task(
        0,
        "objection",
        "status:1",
        month.county.people["section"],
        at(9, 13),
        at(9, 14),
        student_id=month.ids["陈二"],
    )
    month.ids["objection"] = await work.insert(tasks, objection)
    for link in await work.all(select(guardianships).order_by(guardianships.c.id), Guardianship):
        bound = replace(link, state=GuardianState.BOUND, confirmed_at=work.now)
        await carry_out(work, Decision((bound,)))


async def _october(work: Work, month: Month) -> None:
    """Returns, status changes, moves, other people, answers, endings, new lines everywhere."""
    county = month.county
    for step in (
        month.step("陈一", "suspected", "enrolled", at(10, 9)),
        month.step("陈三", "enrolled", "suspected", at(10, 12)),
        month.step("陈二", "dropout", "home_teaching", at(10, 12)),
    ):
        await work.insert(status_changes, step)
    await work.execute(
        update(status_changes)
        .where(status_changes.c.student_id == month.ids["陈二"])
        .values(confirmed_at=at(10, 10), confirmed_by=county.people["head"])
    )
    case = await work.insert(cases, month.case("陈三", at(10, 5)))
    await work.insert(contacts, month.contact("陈三", case, at(10, 6), reached=False))
    await work.insert(contacts, month.contact("陈一", 1, at(10, 7)))
    await work.execute(
        update(tasks)
        .where(tasks.c.id == month.ids["objection"])
        .values(state=TaskState.DONE.value, done_at=at(10, 10), outcome="refused")
    )
    room = await work.insert(
        classes, SchoolClass(0, county.school_id, 6, 9, since=date(2026, 10, 8))
    )
    await work.insert(
        past_places,
        PastPlace(0, month.ids["陈一"], county.school_id, county.class_id, at(10, 8)),
    )
    await work.execute(
        update(students).where(students.c.id == month.ids["陈一"]).values(class_id=room)
    )
    other = await add_person(work, county, "other", "钱进")
    await work.execute(update(pairings).values(to_on=date(2026, 10, 11)))
    level = PairingLevel.TEACHER
    scope_of = PairingScope.SCHOOL
    line = Pairing(0, scope_of, county.school_id, level, other, from_on=date(2026, 10, 12))
    await work.insert(pairings, line)
    await work.execute(update(categories).values(to_on=date(2026, 10, 15)))
    for kind in (CategoryKind.MONITORED, CategoryKind.LEFT_BEHIND, CategoryKind.DISABLED):
        fresh = Category(0, month.ids["陈四"], kind, date(2026, 10, 10), source="乡村振兴局")
        await work.insert(categories, fresh)
    await _answers(work, month)


async def _answers(work: Work, month: Month) -> None:
    """The other school has found one, one has come, one is registered; two are new."""
    door = (await work.all(select(doorsteps), Doorstep))[0]
    away = replace(door, answer=AtTheDoor.AWAY, answered_at=at(10, 18), answered_by=1)
    await work.save(doorsteps, away)
    await work.insert(doorsteps, await month.sought(work, "褚未", at(10, 16)))
    for one in await work.all(select(findings).order_by(findings.c.id), FoundLine):
        if one.kind is Kind.ELSEWHERE:
            said = replace(one, state=FindingState.CONFIRMED, answered_at=work.now)
        else:
            said = replace(one, state=FindingState.ENDED, ended_at=work.now, outcome="mended")
        await work.save(findings, said)
    other = month.ids["南坪小学"]
    for kind, name in ((Kind.MISSING, "周新"), (Kind.ELSEWHERE, "吴新")):
        await work.insert(findings, month.finding(kind, name, at(10, 20), other))
    father = (await work.all(select(guardianships).order_by(guardianships.c.id), Guardianship))[1]
    stopped = replace(father, state=GuardianState.STOPPED)
    await carry_out(work, Decision((stopped,)))
    said_so = Reply(0, month.ids["陈二"], father.person_id, None, None, Answer.SICK, at(10, 19))
    await work.insert(replies, said_so)


async def live_on(month: Month) -> None:
    """October."""
    async with month.database.work(at(10, 20)) as work:
        await _october(work, month)
    changed = a_child("陈一", 1, 残疾类型="0-无残疾", 性别="1-男", 是否留守儿童="0-非留守")
    await month.bring(
        at(10, 21),
        changed,
        a_child("陈二", 2, 是否留守儿童="2-双亲留守"),
        a_child("郑新", 9, **SICK_LEFT),
    )


async def test_every_ledger_of_last_month_is_what_was_exported_last_month(month: Month) -> None:
    then = await exported(month.database, SEPTEMBER)
    assert all(table.rows for table, _ in then.values()), [
        name for name, (table, _) in then.items() if not table.rows
    ]
    await live_on(month)

    again = await exported(month.database, SEPTEMBER)
    assert {name for name in then if again[name] != then[name]} == set()
    now = await exported(month.database, OCTOBER)
    assert {name for name in then if now[name][0] == then[name][0]} == set()
    assert set(then) == set(Ledger)


async def test_corrections_stand_in_the_ledgers_of_later_days(month: Month) -> None:
    await live_on(month)

    def names(printed: Printed, ledger: Ledger) -> list[Any]:
        table = printed[ledger][0]
        return [row[table.columns.index("name")] for row in table.rows]

    then = await exported(month.database, SEPTEMBER)
    now = await exported(month.database, OCTOBER)
    assert names(then, Ledger.DISABLED) == ["陈一", "陈三"]
    assert set(names(now, Ledger.DISABLED)) == {"陈二", "郑新", "陈四"}  # 陈二 is taught at home
    assert then[Ledger.DROPOUT][0].rows[0][9] == "objected"
    async with month.database.read() as read:
        assert len((await read.execute(select(past_pupils))).rows) == 2
