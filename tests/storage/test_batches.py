"""What an import writes at once has the right pointers, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from rules.model.case import Task
from rules.model.people import Guardianship, Person
from rules.model.school import EnrolmentStatus, SchoolClass, Student, Unit, UnitKind
from storage.database import Database
from storage.importing.batch import Batch, Numbers
from storage.importing.numbering import next_ids
from storage.importing.records import Review
from storage.tables.cases import tasks
from storage.tables.people import guardianships, people
from storage.tables.school import reviews, students, units

NOW = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)


def _batch(numbers: Numbers) -> Batch:
    """A village school below a central one, a class, two children and their father."""
    batch = Batch(numbers)
    village = batch.add(Unit(0, UnitKind.SCHOOL, "石坎村小", code="2199000002"))
    central = batch.add(Unit(0, UnitKind.SCHOOL, "青石中心小学", code="2199000001"))
    batch.put(Unit(village.id, UnitKind.SCHOOL, village.name, village.code, parent_id=central.id))
    room = batch.add(SchoolClass(0, village.id, 3, 1))
    father = batch.add(Person(0, "父", "13812345678"))
    for name in ("甲", "乙"):
        child = batch.add(Student(0, village.id, room.id, name))
        batch.add(Guardianship(0, child.id, father.id))
    batch.add(Task(0, "data_repair", f"child:{child.id}", father.id, NOW, NOW))
    return batch


async def test_placeholders_become_the_ids_of_their_rows(database: Database) -> None:
    numbers = Numbers()
    batch = _batch(numbers)
    async with database.work(NOW) as work:
        stored = await batch.write(work)
    assert len(stored) == sum(batch.counted().values())
    async with database.read() as read:
        found = {one.name: one for one in await read.all(select(units), Unit)}
        children = {one.name: one for one in await read.all(select(students), Student)}
        father = await read.one(select(people), Person)
        links = await read.all(select(guardianships), Guardianship)
        task = await read.one(select(tasks), Task)
    assert found["石坎村小"].parent_id == found["青石中心小学"].id
    assert father is not None
    assert father.phone == "13812345678"
    assert {one.student_id for one in links} == {one.id for one in children.values()}
    assert {one.person_id for one in links} == {father.id}
    assert task is not None
    assert task.subject == f"child:{children['乙'].id}"


async def test_rows_written_in_bulk_are_as_rows_written_one_by_one(database: Database) -> None:
    child = Student(
        0, 0, 0, "甲", "f", date(2015, 1, 2), "1", "990000201501020018", "f" * 64,
        boards=True, health="一般", status=EnrolmentStatus.SUSPENSION, status_on=date(2026, 9, 1),
    )  # fmt: skip
    numbers = Numbers()
    batch = _batch(numbers)
    room = next(iter(batch.of(SchoolClass).values()))
    batch.add(replace(child, school_id=room.school_id, class_id=room.id))
    review = Review(0, "child", None, None, "a" * 64, {"name": "甲", "class": [3, 1]}, "near", NOW)
    batch.add(review)
    async with database.work(NOW) as work:
        await batch.write(work)
    async with database.read() as read:
        stored = await read.all(select(students).where(students.c.sex == "f"), Student)
        held = await read.one(select(reviews), Review)
        term = await read.one(select(tasks), Task)

    assert [replace(one, id=0, school_id=0, class_id=0) for one in stored] == [child]
    assert held == replace(review, id=held.id if held else 0)
    assert term is not None
    assert (term.opened_at, term.due_at) == (NOW, NOW)


async def _broken_off(database: Database, batch: Batch) -> None:
    async with database.work(NOW) as work:
        await batch.write(work)
        raise LookupError


async def test_what_was_rolled_back_can_be_written_again(database: Database) -> None:
    batch = _batch(Numbers())
    with pytest.raises(LookupError):
        await _broken_off(database, batch)
    async with database.work(NOW) as work:
        stored = await batch.write(work)

    assert len(stored) == sum(batch.counted().values())


async def test_rows_after_a_batch_get_numbers_of_their_own(database: Database) -> None:
    async with database.work(NOW) as work:
        await _batch(Numbers()).write(work)
        later = await work.insert(people, Person(0, "后来的人"))
        assert await next_ids(work, people, 2) == [later + 1, later + 2]


async def test_a_record_that_points_to_nothing_is_refused(database: Database) -> None:
    batch = Batch(Numbers())
    batch.add(Guardianship(0, -77, -78))
    with pytest.raises(LookupError):
        async with database.work(NOW) as work:
            await batch.write(work)
