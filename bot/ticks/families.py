"""What families hear in a rhythm: is the child better, and the week's total (rules.md 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, time

from sqlalchemy import or_, select

from bot.ticks.digests import Daily
from rules.book import Book
from rules.calendar import Calendar
from rules.child.facts import Guardian
from rules.decision import Decision
from rules.families import is_illness_day
from rules.messages.guardians import StillIll, WeeklyTotal
from rules.messages.staff import SentenceAsked
from rules.model.attendance import Leave, LeaveState
from rules.model.school import Student
from storage.carrying import carry_out
from storage.facts.child import guardians_of
from storage.facts.duties import duties_of_class
from storage.facts.week import grades_of, sentence_of, told_of_the_week
from storage.tables.attendance import leaves
from storage.tables.school import students
from storage.work import Reading, Work

STILL_ILL, WEEKLY_TOTAL, WEEK_SENTENCE = "still_ill", "weekly_total", "week_sentence"
FRIDAY = 4


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


class WeekSentences(Daily):
    """Fridays: class teachers may add a sentence to what the families will get."""

    name = "week_sentences"

    def clocks(self) -> Mapping[str, time]:
        """While the teachers are still at school."""
        return {WEEK_SENTENCE: self.means.policy.alerts.friday_sentence_asked_at}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """One silent card for each class that has such families."""
        today = calendar.local_date(work.now)
        if today.weekday() != FRIDAY:
            return
        found = await told_of_the_week(work, Book(self.means.policy, calendar), today)
        for class_id, number in Counter(child.class_id for child in found).items():
            teacher = (await duties_of_class(work, class_id, today)).class_teacher_id
            if teacher is not None:
                message = SentenceAsked(
                    to=teacher, item=class_id, round=today.isoformat(), more={"families": number}
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
        if today.weekday() != FRIDAY:
            return
        for child in await told_of_the_week(work, Book(self.means.policy, calendar), today):
            said = await sentence_of(work, child.class_id, today)
            family = await guardians_of(work, child.id)
            await _tell(work, child, today, family, said.text if said else "")


async def _tell(
    work: Work, child: Student, today: date, family: Sequence[Guardian], sentence: str
) -> None:
    messages = tuple(
        WeeklyTotal(
            to=guardian.person.id,
            item=child.id,
            round=today.isoformat(),
            student_id=child.id,
            more={"sentence": sentence} if sentence else {},
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
    grades = await grades_of(read, {child.class_id for child in children})
    return [(found[child.id], child, grades[child.class_id]) for child in children]


_HOLDING = (LeaveState.OPEN.value, LeaveState.ACCEPTED.value)
