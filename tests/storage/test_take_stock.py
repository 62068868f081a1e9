"""With many days stored, a class's day is found by its children and not by its date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from rules.model.attendance import Mark, MarkKind, Session
from rules.model.school import SchoolClass, Student, Unit, UnitKind
from storage.database import Database
from storage.engines import sqlite_reading
from storage.facts import class_days
from storage.tables.attendance import marks
from storage.tables.school import classes, students, units
from tests.support.databases import KEYS

NOW = datetime(2026, 9, 7, tzinfo=UTC)
DAY = date(2026, 9, 7)


async def filled(database: Database) -> None:
    async with database.work(NOW) as work:
        school = await work.insert(units, Unit(0, UnitKind.SCHOOL, "青石中心小学"))
        rooms = [SchoolClass(0, school, 1, n) for n in range(1, 21)]
        await work.insert_many(classes, rooms)
        children = [Student(0, school, 1 + n % 20, f"甲{n}") for n in range(400)]
        await work.insert_many(students, children)
        for back in range(10):
            day = DAY - timedelta(days=back)
            absent = [
                Mark(0, n, day, Session.MORNING, MarkKind.ABSENT, None, NOW) for n in range(1, 401)
            ]
            await work.insert_many(marks, absent)
    await database.take_stock()


async def test_stock_is_taken_on_both_engines_and_nothing_is_changed(database: Database) -> None:
    await filled(database)

    async with database.read() as read:
        found = await read.found(class_days._MARKS, 3, on=DAY, session="morning")
    assert len(found) == 20


async def test_a_class_is_found_by_its_children(sqlite_url: str) -> None:
    database = await Database.open(sqlite_url, KEYS)
    await filled(database)
    path = database.address.file
    assert path is not None
    await database.close()

    engine = sqlite_reading(path)
    with engine.connect() as connection:
        text = class_days._MARKS._of_one.prepared.on(connection.dialect)
        sql, values = text.bound({"lookup_key": 3, "on": DAY, "session": "morning"})
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", tuple(values)).all()
    engine.dispose()
    assert any("marks" in row[3] and "student_id=?" in row[3] for row in plan)
