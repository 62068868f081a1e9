"""Ledgers as of a past day: the same rows whenever they are asked for, on paper and as JSON."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update
from typer.testing import CliRunner, Result

from bot.cli import app
from papers.ledgers.writing import Sheet, headings_of, write_ledger
from papers.refusals import UnknownHeadings
from papers.sheets import SheetWriter, new_workbook
from rules.ledgers import Ledger, standing_at
from rules.model.case import Case, CaseState, Contact, Stage
from rules.model.people import Pairing, PairingLevel, PairingScope
from rules.model.school import (
    Category,
    CategoryKind,
    Confirmation,
    EnrolmentStatus,
    PastPlace,
    SchoolClass,
    StatusChange,
    Student,
)
from rules.policy import Policy
from storage.database import Database
from storage.ledgers.every import LEDGERS, schools_below
from storage.ledgers.masking import masked
from storage.ledgers.scope import Scope, Table
from storage.tables.cases import cases, contacts
from storage.tables.ladder import categories
from storage.tables.people import pairings
from storage.tables.school import classes, past_places, status_changes, students
from tests.support.county import County, add_person, found_county
from tests.support.databases import KEYS

ZONE = ZoneInfo("Asia/Shanghai")
SEPTEMBER = date(2026, 9, 30)


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def scope(on: date = SEPTEMBER, schools: frozenset[int] | None = None) -> Scope:
    end = datetime(on.year, on.month, on.day, tzinfo=ZONE) + timedelta(days=1)
    return Scope(on, end, schools)


def step(
    new: str, when: datetime, confirmed: datetime | None = None, **other: int
) -> StatusChange:
    old = EnrolmentStatus.ENROLLED
    known = {"id": 0, "student_id": 1, "case_id": None, "by": None, **other}
    by = 5 if confirmed else None
    return StatusChange(
        **known,  # type: ignore[arg-type]
        old=old,
        new=EnrolmentStatus(new),
        effective_on=when.date(),
        at=when,
        confirmed_by=by,
        confirmed_at=confirmed,
    )


class TestStanding:
    """Which status was on record."""

    def test_before_anything_happened_there_is_none(self) -> None:
        assert standing_at([step("suspected", at(10, 1))], at(10, 1)) is None

    def test_the_newest_step_that_was_known_counts(self) -> None:
        steps = [step("dropout", at(10, 9)), step("suspected", at(9, 8))]
        found = standing_at(steps, at(10, 1, 0))
        assert found is not None
        assert (found.status, found.since) == (EnrolmentStatus.SUSPECTED, date(2026, 9, 8))

    def test_a_confirmation_counts_from_its_moment(self) -> None:
        steps = [step("suspected", at(9, 8), confirmed=at(10, 2))]
        before, after = standing_at(steps, at(10, 1)), standing_at(steps, at(10, 3))
        assert before is not None
        assert after is not None
        assert before.confirmation is Confirmation.AWAITED
        assert after.confirmation is Confirmation.CONFIRMED


@pytest.fixture
async def county(database: Database) -> County:
    """September: a child is suspected, was called once, and is of a monitored household."""
    async with database.work(at(9, 1)) as work:
        county = await found_county(work)
        child = county.children["李一"]
        case = Case(
            0, child, county.school_id, Stage.PERSUADE, CaseState.OPEN, at(9, 1),
            date(2026, 9, 1), Policy().to_json(),
        )  # fmt: skip
        number = await work.insert(cases, case)
        log = Contact(0, child, number, county.people["teacher"], at(9, 3), "phone", reached=True)
        await work.insert(contacts, log)
        await work.insert(status_changes, step("suspected", at(9, 9), student_id=child))
        line = Category(0, child, CategoryKind.MONITORED, date(2026, 1, 1), source="乡村振兴局")
        await work.insert(categories, line)
    return county


async def live_on(database: Database, county: County) -> None:
    """October: dropout, another class, another teacher, another call; the category ends."""
    child = county.children["李一"]
    async with database.work(at(10, 12)) as work:
        await work.insert(status_changes, step("dropout", at(10, 12), student_id=child))
        room = await work.insert(
            classes, SchoolClass(0, county.school_id, 6, 9, since=date(2026, 10, 12))
        )
        place = PastPlace(0, child, county.school_id, county.class_id, work.now)
        await work.insert(past_places, place)
        await work.execute(update(students).where(students.c.id == child).values(class_id=room))
        other = await add_person(work, county, "other", "钱进")
        await work.execute(update(pairings).values(to_on=date(2026, 10, 11)))
        line = Pairing(
            0, PairingScope.SCHOOL, county.school_id, PairingLevel.TEACHER, other,
            from_on=date(2026, 10, 12),
        )  # fmt: skip
        await work.insert(pairings, line)
        log = Contact(0, child, 1, other, at(10, 12), "visit", reached=False)
        await work.insert(contacts, log)
        await work.execute(update(categories).values(to_on=date(2026, 10, 1)))


async def every_ledger(database: Database, asked: Scope) -> dict[str, Table]:
    async with database.read() as read:
        return {name: await write(read, asked) for name, write in LEDGERS.items()}


async def test_last_months_ledgers_stay_as_they_were(database: Database, county: County) -> None:
    then = await every_ledger(database, scope())
    await live_on(database, county)

    assert await every_ledger(database, scope()) == then
    now = await every_ledger(database, scope(date(2026, 10, 13)))
    changed = {name for name in then if now[name] != then[name]}
    assert changed == {"suspected", "dropout", "monitored", "pairing", "persuasion"}
    assert [len(now[name].rows) for name in ("suspected", "dropout", "monitored")] == [0, 1, 0]
    assert [len(then[name].rows) for name in ("suspected", "dropout", "monitored")] == [1, 0, 1]


async def test_what_stands_in_a_row(database: Database, county: County) -> None:
    async with database.read() as read:
        table = await LEDGERS[Ledger.SUSPECTED](read, scope())
        child = await read.one(
            select(students).where(students.c.id == county.children["李一"]), Student
        )

    (row,) = (dict(zip(table.columns, one, strict=True)) for one in table.rows)
    assert child is not None
    assert (row["name"], row["contacts"], row["last_result"]) == (child.name, 1, "reached")
    assert row["since"] == date(2026, 9, 9)
    assert row["confirmation"] is Confirmation.AWAITED
    assert row["teacher"]


async def test_a_school_sees_its_own_children(database: Database, county: County) -> None:
    async with database.read() as read:
        own = await schools_below(read, county.school_id)
        mine = await LEDGERS[Ledger.SUSPECTED](read, scope(schools=own))
        other = await LEDGERS[Ledger.SUSPECTED](read, scope(schools=frozenset({999})))

    assert (len(mine.rows), len(other.rows)) == (1, 0)


def cells(path: Path) -> list[list[Any]]:
    return list(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())


def a_sheet() -> Sheet:
    columns = ("school", "name", "id_number", "since", "confirmation", "last_contact", "reason")
    row = ("=中心小学", "李一", "990000201501010013", SEPTEMBER, "awaited", at(9, 3), "poverty")
    return Sheet("suspected", "", SEPTEMBER, columns, (row,))


def test_the_sheet_says_what_when_and_for_whom(tmp_path: Path) -> None:
    write_ledger(a_sheet(), tmp_path / "l.xlsx", ZONE)
    found = cells(tmp_path / "l.xlsx")

    assert found[0][0] == "疑似辍学学生台账"
    assert found[1][0] == "截至 2026年9月30日　全县　共 1 行"
    assert found[2][:4] == ["序号", "学校", "姓名", "身份证件号"]
    assert found[3][:4] == [1.0, "=中心小学", "李一", "990000201501010013"]
    assert found[3][5] == "待确认"
    assert found[3][7] == "家庭经济困难"


def test_a_clerks_own_headings_keep_their_order(tmp_path: Path) -> None:
    with new_workbook(tmp_path / "own.xlsx") as book:
        writer = SheetWriter(book, "表")
        writer.title("某县表", 3)
        writer.header(["姓 名", "家庭住址", "学校"])
    own = headings_of(tmp_path / "own.xlsx")
    write_ledger(a_sheet(), tmp_path / "l.xlsx", ZONE, own)

    assert cells(tmp_path / "l.xlsx")[2:] == [
        ["姓 名", "家庭住址", "学校"],
        ["李一", "", "=中心小学"],
    ]


def test_headings_of_which_none_is_known_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownHeadings):
        write_ledger(a_sheet(), tmp_path / "l.xlsx", ZONE, ["甲", "乙", "丙"])


def test_every_column_and_title_has_words() -> None:
    from papers.ledgers.writing import words
    from storage.ledgers import pairings as paired
    from storage.ledgers import persuasion, statuses
    from storage.ledgers.monthly import SICK, VISITS

    columns = {*statuses.COLUMNS, *persuasion.COLUMNS, *paired.COLUMNS, "status", "from_on"}
    assert columns <= words()["column"].keys()
    assert {*VISITS, *SICK} <= words()["column"].keys()
    assert {*Ledger, "visits", "sick"} == words()["title"].keys()


def test_the_command_writes_and_refuses(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("LOCALE", "zh")
    monkeypatch.setenv("FIELD_KEY", base64.b64encode(KEYS.fields[0]).decode())
    monkeypatch.setenv("JOURNAL_KEY", base64.b64encode(KEYS.journal).decode())

    def guixiao(*words: str) -> Result:
        return CliRunner().invoke(app, ["export", *words])

    done = guixiao("pairing", "-o", "p.xlsx")
    assert (done.exit_code, "0 行" in done.output) == (0, True), done.output
    assert (tmp_path / "p.xlsx").stat().st_mode & 0o777 == 0o600
    assert json.loads(guixiao("suspected", "--json").stdout)["rows"] == []
    assert guixiao("suspected", "--as-of", "2999-01-01").exit_code == 1
    assert guixiao("suspected", "--as-of", "昨天").exit_code == 1
    assert guixiao("suspected", "--school", "没有的学校").exit_code == 1
    assert json.loads(guixiao("contact-repair", "--json").stdout)["rows"] == []
    assert guixiao("nothing").exit_code == 2


def test_free_words_and_numbers_stay_out_of_a_chat() -> None:
    """What a teacher wrote may name what is nobody else's business (privacy D2)."""
    table = Table(("name", "id_number", "note"), (("李一", "990000201501010013", "家里在闹离婚"),))
    ((name, number, note),) = masked(table).rows
    assert name == "李一"
    assert "20150101" not in str(number)
    assert note is None
