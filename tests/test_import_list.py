"""Scenario 48: a school's list, sent again, changed by a number, wrong, doubled, and long."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from papers.sample import write_sample
from rules.child.asking import ContactChange
from rules.model.case import Task
from rules.model.people import Person
from rules.model.school import Student
from storage.database import Database
from storage.importing.records import Review
from storage.meta import Mode, keep_mode
from storage.tables.cases import tasks
from storage.tables.people import people
from storage.tables.school import reviews, students
from tests.support.databases import KEYS
from tests.support.importing import STAFF, UNITS, Office, a_child, counts

#: What the sheet of 5,000 children may take, on the slowest machine that tests run on.
BAR_S = 60


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    """A county at work: schools, staff, and a first list."""
    made = Office(database, tmp_path)
    await made.bring(*UNITS)
    await made.bring(*STAFF)
    await made.bring(a_child("张一", 1), a_child("张二", 2))
    async with database.work(datetime(2026, 8, 28, tzinfo=UTC)) as work:
        await keep_mode(work, Mode.REAL)
    return made


async def person(office: Office, name: str) -> Person:
    found: list[Person] = [one for one in await office.rows(people, Person) if one.name == name]
    return found[0]


async def test_one_changed_phone_is_one_change_and_one_check(office: Office) -> None:
    changed = a_child("张一", 1, 成员1联系电话="13911112222")
    report = await office.bring(changed, a_child("张二", 2))

    assert counts(report) == (0, 1, 1, 0)
    (task,) = await office.rows(tasks, Task)
    father, teacher = await person(office, "张一父"), await person(office, "王芳")
    assert father.phone == "13911112222"
    assert (task.kind, task.owner_id) == ("contact_repair", teacher.id)
    assert ContactChange.read(task.note) == ContactChange("phone", father.id, "13911112222")

    again = await office.bring(changed, a_child("张二", 2))
    assert counts(again) == (0, 0, 2, 0)
    assert await office.rows(tasks, Task) == [task]
    other = a_child("张一", 1, 成员1联系电话="13933334444")
    await office.bring(other, a_child("张二", 2))
    assert len(await office.rows(tasks, Task)) == 1


async def test_before_the_first_run_numbers_are_just_taken(
    database: Database, tmp_path: Path
) -> None:
    office = Office(database, tmp_path)
    await office.bring(*UNITS)
    await office.bring(*STAFF)
    await office.bring(a_child("张一", 1))
    await office.bring(a_child("张一", 1, 成员1联系电话="13911112222"))

    assert await office.rows(tasks, Task) == []


async def test_a_child_on_the_lists_of_two_schools_is_named_and_not_doubled(
    office: Office,
) -> None:
    there = a_child("张一", 1, 学校标识码="2199000002")
    report = await office.bring(a_child("张一", 1), there)

    assert [(one["row"], one["column"]) for one in report.plain()["errors"]] != []
    found = [one for one in await office.rows(students, Student) if one.name == "张一"]
    assert len(found) == 1


async def test_a_wrong_digit_waits_for_a_person_and_makes_no_child(office: Office) -> None:
    before = await office.rows(students, Student)
    good = a_child("张一", 1)["身份证件号"]
    swapped = good[:15] + good[16] + good[15] + good[17]
    report = await office.bring(a_child("张一", 1, 身份证件号=swapped))

    assert len(await office.rows(students, Student)) == len(before)
    problems = report.plain()["errors"]
    assert problems or len(await office.rows(reviews, Review)) == 1
    kept = [replace(one, version=1) for one in await office.rows(students, Student)]
    assert kept == [replace(one, version=1) for one in before]


async def test_five_thousand_lines_within_the_bar(sqlite_url: str, tmp_path: Path) -> None:
    sample = write_sample(tmp_path, 5000, seed=1, today=date(2026, 8, 28))
    database = await Database.open(sqlite_url, KEYS)
    try:
        office = Office(database, tmp_path)
        began = time.perf_counter()
        report = await office.take(*sample.files)
        took = time.perf_counter() - began
        stored = await office.rows(students, Student)
    finally:
        await database.close()

    assert report.plain()["new"] > 5000
    assert len(stored) >= 4900  # the sample has some flaws on purpose
    assert took < BAR_S
