"""After more than a day without the bot: Telegram has dropped what came in meanwhile.

It may have been the process that was away, or Telegram that could not be reached from here.  Open
questions are asked again, staff are told once, and the journal says from when to when it was the
machine that was silent (architecture.md, Inbox).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import select

from bot.ticks.base import Means
from rules.book import Book
from rules.child.draft import Draft
from rules.decision import Decision, Entry
from rules.messages.guardians import RepliesMayBeMissing
from rules.messages.staff import OutageNotice
from rules.model.attendance import Question
from rules.model.case import CaseState
from storage import meta
from storage.carrying import carry_out
from storage.database import Database
from storage.facts.child import draft_about
from storage.tables.attendance import questions
from storage.work import Reading, Work

#: Telegram keeps updates for so long.
KEPT_BY_TELEGRAM = timedelta(hours=24)
NOTED_EVERY = timedelta(minutes=1)

_log = structlog.get_logger(__name__)


async def make_up(database: Database, means: Means) -> bool:
    """To be called at start, before the first sign of life; whether there was an outage."""
    return await _after_silence(database, means, meta.LAST_ALIVE)


async def forget_reach(database: Database, now: datetime) -> None:
    """Updates are brought from now on: when they were last asked for says nothing any more."""
    async with database.work(now) as work:
        await meta.forget(work, meta.LAST_REACHED)


class Reach:
    """When Telegram was last asked for updates with success, remembered once a minute."""

    def __init__(self, database: Database, means: Means) -> None:
        """Nothing is known but what the database remembers."""
        self._database = database
        self._means = means
        self._noted: datetime | None = None

    async def note(self) -> bool:
        """Telegram has just answered; whether it had been out of reach for too long."""
        now = self._means.clock.now()
        if self._noted is not None and abs(now - self._noted) < NOTED_EVERY:
            return False
        was_out = await _after_silence(self._database, self._means, meta.LAST_REACHED)
        self._noted = await self._remember(now)
        if was_out:
            _log.warning("out of reach for more than a day", action="outage")
        return was_out

    async def _remember(self, now: datetime) -> datetime | None:
        """Nothing is remembered while a person has to say whether the clock is right."""
        async with self._database.work(now) as work:
            if await meta.recall(work, meta.CLOCK_HOLD) is not None:
                return None
            await meta.remember(work, meta.LAST_REACHED, now.isoformat())
        return now


async def _after_silence(database: Database, means: Means, sign: str) -> bool:
    """Make up for the time since the last sign of this kind, where it is too long."""
    now = means.clock.now()
    async with database.work(now) as work:
        found = await meta.recall(work, sign)
        since = datetime.fromisoformat(found) if found else now
        is_held = await meta.recall(work, meta.CLOCK_HOLD) is not None
        if is_held or now - since <= KEPT_BY_TELEGRAM:
            return False
        await _make_up(work, Book(means.policy, await means.calendars.current(work)), since)
    return True


async def _make_up(work: Work, book: Book, since: datetime) -> None:
    """Ask again, tell the staff, and write it down, so that it happens once."""
    work.journal(_entry(since, work.now))
    told: set[int] = set()
    for question in await _open(work, book.calendar.local_date(since)):
        told |= await _ask(work, question, book)
    await _tell(work, told, since)
    for sign in (meta.LAST_ALIVE, meta.LAST_REACHED):
        await meta.remember(work, sign, work.now.isoformat())


def _entry(since: datetime, until: datetime) -> Entry:
    """What was due in between and not done is 系统停机, and no person's delay."""
    facts = {"from": since.isoformat(), "to": until.isoformat(), "cause": "system_down"}
    return Entry("system_outage", "system", None, facts)


async def _open(read: Reading, since: date) -> list[Question]:
    """Questions that nobody has answered, of the day the bot stopped and later."""
    query = select(questions).where(questions.c.on >= since, questions.c.answered_at.is_(None))
    return await read.all(query.order_by(questions.c.id), Question)


async def _ask(work: Work, question: Question, book: Book) -> set[int]:
    """Ask the family again where the child is still followed; the staff who have to know."""
    draft = await draft_about(work, question.student_id, book)
    case = draft.facts.case
    if case is None or case.state is not CaseState.OPEN:
        return set()
    if question.is_automatic:
        await carry_out(work, Decision(messages=_again(draft, question)))
    duties = draft.facts.duties
    return {one for one in (duties.class_teacher_id, duties.section_id) if one is not None}


def _again(draft: Draft, question: Question) -> tuple[RepliesMayBeMissing, ...]:
    return tuple(
        RepliesMayBeMissing(
            to=guardian.person.id,
            item=question.id,
            round=f"outage:{draft.facts.today}",
            group=f"outage:{draft.facts.today}",
            student_id=draft.child_id,
            case_id=draft.case_id,
        )
        for guardian in draft.families()
    )


async def _tell(work: Work, told: set[int], since: datetime) -> None:
    """One notice a person, with the hours of silence."""
    hours = int((work.now - since).total_seconds() // 3600)
    notices = tuple(
        OutageNotice(
            to=person,
            item=1,
            round=since.isoformat(),
            more={"from": since.isoformat(), "to": work.now.isoformat(), "hours": hours},
        )
        for person in sorted(told)
    )
    await carry_out(work, Decision(messages=notices))
