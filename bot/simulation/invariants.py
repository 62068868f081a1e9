"""What must hold at the end of every day, whatever people and network did (lessons 55)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Table, or_, select

from bot.cli.opening import County
from bot.simulation.broken import Broken
from bot.simulation.ledgers import Sums
from bot.simulation.messages import Post
from rules.calendar import Calendar
from rules.model.attendance import LeaveState
from rules.model.case import CaseState, Stage
from rules.model.people import Level
from rules.model.school import EnrolmentStatus
from storage.database import Database
from storage.facts.chain import chains_of_students
from storage.journal import verify
from storage.tables.attendance import leaves
from storage.tables.cases import cases, safety, tasks
from storage.tables.people import people
from storage.tables.plumbing import inbox, outbox
from storage.tables.school import students
from storage.work import Reading

AWAY = (EnrolmentStatus.SUSPECTED.value, EnrolmentStatus.DROPOUT.value)
WITH_TEACHER = (Stage.VERIFY.value, Stage.PERSUADE.value)
WAITING = ("waiting", "later", "uncertain")
#: What should have gone on by itself: the table, its column, and which rows are still open.
CLOCKS: tuple[tuple[str, Table, str, ColumnElement[bool]], ...] = (
    ("case", cases, "review_at", cases.c.state != CaseState.CLOSED.value),
    ("task", tasks, "next_at", tasks.c.state == "open"),
    ("safety", safety, "next_at", safety.c.state != "ended"),
    ("message", outbox, "not_before", outbox.c.state.in_(WAITING)),
)


class Watch:
    """Looks, and remembers how far it has looked."""

    def __init__(self, county: County, post: Post, step: timedelta) -> None:
        """Nothing has been looked at; the clock goes in steps of this length at least."""
        self._county = county
        self._late = county.policy.limits.overdue_alarm_after.within + step
        self._post = post
        self._sums = Sums()
        self._told: set[tuple[str, str]] = set()

    async def look(self, database: Database, now: datetime, is_last: bool) -> list[Broken]:
        """Everything that does not hold at this moment; the whole journal only at the end."""
        async with database.read() as read:
            calendar = await self._county.calendars.current(read)
            found = [
                *await unanswered_for(read, now, calendar.local_date(now)),
                *await self._idle(read, now, calendar.local_date(now)),
                *await self._kept_below(read, now, calendar),
                *await self._post.look(read, now, is_last),
                *await self._sums.look(read, now),
            ]
            if is_last:
                verdict = await verify(read, database.keys.journal)
                if not verdict.is_whole:
                    found.append(Broken("journal", f"line:{verdict.broken_at}", now))
        return [one for one in found if self._is_new(one)]

    def _is_new(self, one: Broken) -> bool:
        """What is broken is told once, however long it stays so."""
        known = (one.what, one.subject) in self._told
        self._told.add((one.what, one.subject))
        return not known

    async def _idle(self, read: Reading, now: datetime, today: date) -> list[Broken]:
        """No case, task, search, message or update is later than the auditor allows."""
        limit = now - self._late
        found = []
        for name, table, column, is_open in CLOCKS:
            query = select(table.c.id).where(is_open, table.c[column] < limit)
            found += [
                Broken(f"idle, {column}", f"{name}:{id}", now) for id in await _ids(read, query)
            ]
        ended = select(cases.c.id).where(
            cases.c.state == "open",
            cases.c.seen_on.is_(None),
            cases.c.stage_ends_at < limit,
            ~_on_leave(cases.c.student_id, today),
        )
        found += [
            Broken("idle, stage_ends_at", f"case:{id}", now) for id in await _ids(read, ended)
        ]
        timeless = select(cases.c.id).where(cases.c.state != "closed", cases.c.review_at.is_(None))
        found += [Broken("no next step", f"case:{id}", now) for id in await _ids(read, timeless)]
        undue = select(tasks.c.id).where(tasks.c.state == "open", tasks.c.next_at.is_(None))
        found += [Broken("no next step", f"task:{id}", now) for id in await _ids(read, undue)]
        unhandled = select(inbox.c.update_id).where(
            or_(
                inbox.c.state == "aside",
                (inbox.c.state == "waiting") & (inbox.c.not_before < limit),
            )
        )
        found += [Broken("unhandled", f"update:{id}", now) for id in await _ids(read, unhandled)]
        return found

    async def _kept_below(self, read: Reading, now: datetime, calendar: Calendar) -> list[Broken]:
        """No suspected child's case stays with the teacher longer than persuasion has time."""
        span = self._county.policy.case.persuasion_fails_after_suspected
        today = calendar.local_date(now)
        query = (
            select(cases.c.id, cases.c.school_id, students.c.suspected_on)
            .join(students, students.c.id == cases.c.student_id)
            .where(
                cases.c.state == CaseState.OPEN.value,
                cases.c.stage.in_(WITH_TEACHER),
                cases.c.seen_on.is_(None),
                students.c.status.in_(AWAY),
                students.c.suspected_on.is_not(None),
                ~_on_leave(students.c.id, today),
            )
        )
        found = []
        for case, school, since in (await read.execute(query)).rows:
            ends = calendar.school(school).nth_school_day_after(since, span.amount + 1)
            if ends is not None and ends < today:
                found.append(Broken("kept below", f"case:{case}", now, f"since {since}"))
        return found


async def unanswered_for(read: Reading, now: datetime, today: date) -> list[Broken]:
    """Every suspected child has an open case, and a live person who answers for it."""
    query = (
        select(students.c.id, cases.c.id, cases.c.responsible_id)
        .outerjoin(
            cases,
            (cases.c.student_id == students.c.id) & (cases.c.state != CaseState.CLOSED.value),
        )
        .where(students.c.status.in_(AWAY))
    )
    rows = (await read.execute(query)).rows
    chains = await chains_of_students(read, [child for child, _, _ in rows], today)
    left = set(await _ids(read, select(people.c.id).where(people.c.left_on <= today)))
    found = []
    for child, case, named in rows:
        chain = chains[child]
        responsible = named or chain.person(Level.OWNER)
        if case is None:
            found.append(Broken("not followed", f"child:{child}", now))
        elif responsible is None or responsible in left:
            found.append(Broken("nobody responsible", f"case:{case}", now))
        elif not any(rung.is_manned for rung in chain.rungs):
            found.append(Broken("nobody to tell", f"case:{case}", now))
    owners = select(tasks.c.case_id).where(
        tasks.c.state == "open", tasks.c.case_id.is_not(None), tasks.c.owner_id.in_(left)
    )
    found += [Broken("owner has left", f"case:{id}", now) for id in await _ids(read, owners)]
    return found


def _on_leave(child: ColumnElement[int], today: date) -> ColumnElement[bool]:
    covers = select(leaves.c.id).where(
        leaves.c.student_id == child,
        leaves.c.state.in_((LeaveState.OPEN.value, LeaveState.ACCEPTED.value)),
        leaves.c.from_on <= today,
        or_(leaves.c.back_on.is_(None), leaves.c.back_on > today),
    )
    return covers.exists()


async def _ids(read: Reading, query: object) -> Sequence[int]:
    return [row[0] for row in (await read.execute(query)).rows]  # type: ignore[arg-type]
