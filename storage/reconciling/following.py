"""What follows from each finding: tasks, cases, and who is told (rules.md 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from rules.book import Book
from rules.child.missing import open_missing
from rules.decision import NOTHING, Decision, Entry
from rules.messages.base import Message
from rules.messages.reconciling import CountyCompared, FindingCard, FindingNews, ReviewList
from rules.model.case import Task
from rules.model.people import Role
from rules.model.reconciling import DoubtPair, FindingState, FoundLine, Reconciliation
from rules.reconciling.sorting import Kind
from rules.tasks import finish, open_task, void
from storage.carrying import carry_out
from storage.facts.child import draft_about
from storage.facts.duties import duties_of_school
from storage.facts.tasks import open_tasks_about
from storage.held import holders_of
from storage.tables.reconciling import doubts, findings
from storage.work import Reading, Work

REVIEW, TRANSFER = "list_review", "register_transfer"
#: What a school is asked, by what was found.
ASKED = {
    Kind.ELSEWHERE: "attends_here",
    Kind.LEAVER_ARRIVED: "arrival_confirm",
    Kind.UNREGISTERED: "enrol",
}
LOOKED_FOR = (Kind.MISSING, Kind.LEAVER_MISSING)
AGREED = "agreed"


@dataclass(frozen=True)
class Persons:
    """Who answers for the lists of a school."""

    clerk: int | None
    head: int | None
    section: int | None

    @property
    def owner(self) -> int | None:
        """Whose task it is."""
        return self.clerk or self.head or self.section

    @property
    def school(self) -> tuple[int, ...]:
        """Clerk and head, each once."""
        return tuple(dict.fromkeys(one for one in (self.clerk, self.head) if one is not None))


async def persons_of(read: Reading, school_id: int | None, on: date) -> Persons:
    """Register clerk, head and section of a school."""
    duties = await duties_of_school(read, school_id or 0, on)
    return Persons(duties.register_clerk_id, duties.head_id, duties.section_id)


async def follow(work: Work, book: Book, found: FoundLine) -> FoundLine:
    """Keep a new finding and do what it asks for."""
    if found.kind in LOOKED_FOR:
        stored = (await carry_out(work, Decision((replace(found, id=0),))))[0]
        await look_for(work, book, stored)
        return stored  # type: ignore[no-any-return]
    decision = Decision((found,), entries=(_entry("finding_opened", found),))
    decision += await _asked(work, book, found)
    return (await carry_out(work, decision))[0]  # type: ignore[no-any-return]


async def look_for(work: Work, book: Book, found: FoundLine) -> None:
    """The truly missing become cases; who has no record here yet waits for the register."""
    if found.student_id is None:
        return
    draft = await draft_about(work, found.student_id, book)
    since = term_begins(book, draft.facts.student.school_id, draft.facts.today)
    if since is not None and open_missing(draft, since) is not None:
        await carry_out(work, draft.decision())


def term_begins(book: Book, school_id: int, today: date) -> date | None:
    """The first school day of the school's term that is running."""
    calendar = book.calendar.school(school_id)
    term = calendar.term_of(today)
    return calendar.next_school_day(term.starts_on - timedelta(days=1)) if term else None


async def _asked(work: Work, book: Book, found: FoundLine) -> Decision:
    """The task of the school where the child sits; the other school is told."""
    kind = ASKED.get(found.kind)
    if kind is None:
        return NOTHING
    today = book.calendar.local_date(work.now)
    there = await persons_of(work, found.roster_school_id, today)
    here = await persons_of(work, found.register_school_id, today)
    if there.owner is None:
        return NOTHING
    task = _task(work, book, kind, there.owner, found, -2)
    told: tuple[Message, ...] = (FindingCard(to=task.owner_id, item=task.id),)
    if found.register_school_id is not None:
        told += tuple(
            FindingNews(to=one, item=found.id, round="found")
            for one in here.school
            if one != task.owner_id
        )
    return Decision((task,), told)


def _task(work: Work, book: Book, kind: str, owner: int, found: FoundLine, id: int) -> Task:
    school_id = found.roster_school_id or found.register_school_id or 0
    return open_task(
        kind,
        f"finding:{found.id}",
        owner,
        id=id,
        now=work.now,
        policy=book.policy,
        calendar=book.calendar.school(school_id),
        school_id=school_id,
        student_id=found.student_id,
    )


async def end(work: Work, found: FoundLine) -> Decision:
    """The lists agree, or say something else by now: tasks about it go."""
    ended = replace(
        found,
        state=FindingState.ENDED,
        ended_at=work.now,
        outcome=AGREED if found.state is FindingState.CONFIRMED else "settled",
    )
    decision = Decision((ended,), entries=(_entry("finding_ended", ended),))
    for task in await open_tasks_about(work, f"finding:{found.id}"):
        if task.kind == TRANSFER:
            decision += finish(task, None, work.now, AGREED)
        else:
            decision += void(task, work.now, "lists_agree")
    return decision


def _entry(kind: str, found: FoundLine, by: int | None = None) -> Entry:
    public: dict[str, Any] = {
        "finding": found.kind.value,
        "registered_at": found.register_school_id,
        "sits_at": found.roster_school_id,
        "outcome": found.outcome,
    }
    subject = f"child:{found.student_id}" if found.student_id else f"finding:{found.id}"
    return Entry(kind, subject, by, public)


def open_transfer(work: Work, book: Book, found: FoundLine, owner: int) -> Task:
    """转接学籍: runs until person and register agree; only a later run ends it."""
    return _task(work, book, TRANSFER, owner, found, -1)


async def open_review(work: Work, book: Book, school_id: int, pairs: Sequence[DoubtPair]) -> None:
    """Keep the pairs; one task for the school's register clerk as long as any waits."""
    await work.insert_many(doubts, pairs)
    subject = f"review:{school_id}"
    persons = await persons_of(work, school_id, book.calendar.local_date(work.now))
    if persons.owner is None or await open_tasks_about(work, subject):
        return
    task = open_task(
        REVIEW,
        subject,
        persons.owner,
        id=-1,
        now=work.now,
        policy=book.policy,
        calendar=book.calendar.school(school_id),
        school_id=school_id,
    )
    await carry_out(work, Decision((task,), (ReviewList(to=persons.owner, item=-1),)))


def ended_doubt(pair: DoubtPair, now: Any) -> Decision:
    """The lists have changed, so that nobody has to look at this pair any more."""
    return Decision((replace(pair, ended_at=now),))


async def close_reviews(work: Work, school_id: int, by: int | None) -> Decision:
    """The task goes with the last pair that waits."""
    waiting = select(doubts.c.id).where(
        doubts.c.school_id == school_id,
        doubts.c.ended_at.is_(None),
        doubts.c.decided_at.is_(None),
    )
    if await work.scalar(waiting.limit(1)) is not None:
        return NOTHING
    decision = NOTHING
    for task in await open_tasks_about(work, f"review:{school_id}"):
        decision += finish(task, by, work.now, "reviewed")
    return decision


async def on_record(work: Work, run: Reconciliation, today: date, *, has_news: bool) -> Decision:
    """The run itself stands on record; the education section hears what it changed."""
    told: dict[int, int] = {}
    for role in (Role.EDUCATION_SECTION, Role.SECTION):
        told = told or (await holders_of(work, role, today) if has_news else {})
    return Decision(
        (run,),
        tuple(CountyCompared(to=one, item=run.id) for one in told),
        (Entry("reconciled", "county", public=dict(run.counts)),),
    )


async def finding_by_id(read: Reading, finding_id: int) -> FoundLine | None:
    """One finding, whatever its state."""
    return await read.one(select(findings).where(findings.c.id == finding_id), FoundLine)
