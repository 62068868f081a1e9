"""What families hear in a rhythm: is the child better, and the week's total (rules.md 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta

from sqlalchemy import or_, select

from bot.ticks.digests import Daily
from rules.book import Book
from rules.calendar import Calendar
from rules.child.facts import Guardian
from rules.decision import Decision
from rules.families import is_illness_day, tells_the_week
from rules.messages.guardians import StillIll, WeeklyTotal
from rules.model.attendance import Leave, LeaveState, Session
from rules.model.school import SchoolClass, Student
from storage.carrying import carry_out
from storage.facts.child import absent_before, guardians_of
from storage.tables.attendance import leaves, marks
from storage.tables.school import classes, students
from storage.work import Reading, Work

STILL_ILL, WEEKLY_TOTAL = "still_ill", "weekly_total"


class Illnesses(Daily):
    """Every second school day of a running illness, before school: 孩子今天好些了吗."""

    name = "illnesses"

    def clocks(self) -> Mapping[str, time]:
        """After the guardians' quiet hours, before they leave the house."""
        return {STILL_ILL: self.means.policy.alerts.illness_asked_at}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """Whoever asked for the leave is asked."""
        today = calendar.local_date(work.now)
        every = self.means.policy.alerts.illness_asked_every_days
        for leave, child, grade in await _illnesses(work, today):
            own = calendar.school(child.school_id, grade)
            if leave.asked_by and is_illness_day(leave.from_on, today, own, every):
                message = StillIll(
                    to=leave.asked_by,
                    item=leave.id,
                    round=today.isoformat(),
                    student_id=leave.student_id,
                )
                await carry_out(work, Decision(messages=(message,)))


class WeeklyTotals(Daily):
    """Fridays: families of children with two or more absences get the total."""

    name = "weekly_totals"

    def clocks(self) -> Mapping[str, time]:
        """When school is over."""
        return {WEEKLY_TOTAL: self.means.policy.alerts.friday_total_at}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """Each bound family of a child that was absent this week and often enough this term."""
        today = calendar.local_date(work.now)
        if today.weekday() != 4:
            return
        book = Book(self.means.policy, calendar)
        for child, grade in await _absent_this_week(work, today):
            term = calendar.school(child.school_id, grade).term_of(today)
            since = term.starts_on if term else today
            total = await absent_before(work, child.id, since, today)
            if tells_the_week(total, book.policy.alerts):
                await _tell(work, child, today, await guardians_of(work, child.id))


async def _tell(work: Work, child: Student, today: date, family: Sequence[Guardian]) -> None:
    messages = tuple(
        WeeklyTotal(
            to=guardian.person.id,
            item=child.id,
            round=today.isoformat(),
            student_id=child.id,
        )
        for guardian in family
        if guardian.may_be_written_to
    )
    await carry_out(work, Decision(messages=messages))


async def _illnesses(read: Reading, today: date) -> list[tuple[Leave, Student, int]]:
    """The illnesses that run today, with the child and its grade."""
    query = select(leaves).where(
        leaves.c.kind == "sick",
        leaves.c.state.in_(_HOLDING),
        leaves.c.from_on < today,
        or_(leaves.c.back_on.is_(None), leaves.c.back_on > today),
    )
    found = {leave.student_id: leave for leave in await read.all(query, Leave)}
    children = await read.all(select(students).where(students.c.id.in_(found)), Student)
    grades = await _grades(read, {child.class_id for child in children})
    return [(found[child.id], child, grades[child.class_id]) for child in children]


async def _absent_this_week(read: Reading, today: date) -> list[tuple[Student, int]]:
    """The children with a mark of absence in this week, and their grades."""
    monday = today - timedelta(days=today.weekday())
    absent = select(marks.c.student_id).where(
        marks.c.on.between(monday, today),
        marks.c.session == Session.MORNING.value,
        marks.c.kind.in_(("absent", "leave")),
    )
    found = await read.all(select(students).where(students.c.id.in_(absent)), Student)
    grades = await _grades(read, {child.class_id for child in found})
    return [(child, grades[child.class_id]) for child in found]


async def _grades(read: Reading, class_ids: set[int]) -> dict[int, int]:
    query = select(classes).where(classes.c.id.in_(class_ids))
    return {one.id: one.grade for one in await read.all(query, SchoolClass)}


_HOLDING = (LeaveState.OPEN.value, LeaveState.ACCEPTED.value)
