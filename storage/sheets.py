"""Attendance from a spreadsheet, one class and day at a time: for imports and for chats alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from rules.book import Book
from rules.decision import Decision, Entry
from rules.messages.staff import DayCard
from rules.model.attendance import RollCall, Session
from rules.model.school import SchoolClass
from rules.policy import Policy
from rules.rollcalls import plan
from rules.sheets import Known, Row, hand_in, take
from rules.tasks import finish
from storage.calendars import Calendars
from storage.carrying import carry_out
from storage.database import Database
from storage.facts.binding import class_of
from storage.facts.duties import duties_of_class
from storage.facts.rosters import followed_in, roll_call_on
from storage.facts.tasks import open_task_about
from storage.importing.attendance import TakeAttendance
from storage.tables.attendance import marks
from storage.work import Reading, Work


@dataclass(frozen=True)
class Sheet:
    """What a spreadsheet says of one class on one day."""

    class_id: int
    on: date
    rows: tuple[Row, ...]


def taker(
    database: Database, calendars: Calendars, policy: Policy, now: datetime, by: int | None = None
) -> TakeAttendance:
    """What an import hands each class and day to; each is one unit of work."""

    async def take_one(class_id: int, on: date, rows: Sequence[Row]) -> bool:
        async with database.work(now) as work:
            book = Book(policy, await calendars.current(work))
            return await take_sheet(work, Sheet(class_id, on, tuple(rows)), book, by)

    return take_one


async def take_sheet(work: Work, sheet: Sheet, book: Book, by: int | None) -> bool:
    """Take one class and day; whether that brought anything new.

    The marks are written, the families told and a whole school held back where a roll call's
    always are: when it is released.
    """
    before = await _roll_call(work, sheet, book)
    is_today = sheet.on == book.calendar.local_date(work.now)
    known = await known_of(work, sheet)
    taken = take(before, sheet.rows, known, by, work.now)
    taken = hand_in(taken, by, work.now, book.policy, is_today=is_today)
    if taken == before:
        return False
    (stored,) = await carry_out(work, Decision((taken,), entries=(_entry(sheet, by),)))
    await _settle(work, stored, by, is_today=is_today)
    return True


async def known_of(read: Reading, sheet: Sheet) -> Known:
    """What the record already says of the children on the sheet."""
    ids = [child for child, _ in sheet.rows]
    query = select(marks.c.student_id).where(
        marks.c.student_id.in_(ids),
        marks.c.on == sheet.on,
        marks.c.session == Session.MORNING.value,
    )
    marked = frozenset(await read.scalars(query))
    return Known(marked, frozenset(await followed_in(read, ids, sheet.on)))


async def _roll_call(read: Reading, sheet: Sheet, book: Book) -> RollCall:
    """The day's roll call; a new one where none was ever asked for."""
    found = await roll_call_on(read, sheet.class_id, sheet.on)
    if found is not None:
        return found
    one: SchoolClass = await class_of(read, sheet.class_id)
    calendar = book.calendar.school(one.school_id, one.grade)
    return plan(one, sheet.on, Session.MORNING, calendar, book.policy)


def _entry(sheet: Sheet, by: int | None) -> Entry:
    facts = {"on": sheet.on.isoformat(), "rows": len(sheet.rows)}
    return Entry("attendance_sheet", f"class:{sheet.class_id}", by, facts)


async def _settle(work: Work, roll_call: RollCall, by: int | None, *, is_today: bool) -> None:
    """The task to take it is done; today's card shows what came in."""
    decision = Decision()
    task = await open_task_about(work, "roll_call", f"roll_call:{roll_call.id}")
    if task is not None:
        decision += finish(task, by, work.now, "submitted")
    teacher = (await duties_of_class(work, roll_call.class_id, roll_call.on)).class_teacher_id
    if is_today and teacher is not None:
        decision += Decision(messages=(DayCard(to=teacher, item=roll_call.id, round="sheet"),))
    await carry_out(work, decision)
