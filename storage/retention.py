"""What has outlived its period, found by an index and taken away (privacy D8)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Table, delete, exists, or_, select, update

from rules.messages.base import Lane
from rules.model.case import CaseState
from rules.model.people import Guardianship, GuardianState
from rules.model.school import EnrolmentStatus
from storage import meta
from storage.attachments import folder, path_of
from storage.departures import AGAIN, RESENT
from storage.outbox import Outgoing, State
from storage.rows import values_of
from storage.tables.attendance import replies
from storage.tables.cases import cases
from storage.tables.eligible import doorsteps, eligible
from storage.tables.ladder import papers
from storage.tables.packages import work_plans
from storage.tables.people import consents, guardianships, invites, people
from storage.tables.plumbing import (
    access_log,
    attachments,
    cards,
    journal,
    journal_details,
    outbox,
)
from storage.tables.school import students
from storage.work import Reading, Work

#: Children who are at no school of the county any more.
GONE = (EnrolmentStatus.LEFT.value, EnrolmentStatus.TRANSFERRED.value)
#: What becomes of a message that never leaves again.
_OVER = (State.DELIVERED, State.GIVEN_UP, State.DROPPED)
MANY = 500
#: Rows of a large table that are looked at in one night.
SLICE = 50_000
_LINKED = (GuardianState.BOUND.value, GuardianState.CLAIMED.value)


async def drop_looks_before(work: Work, instant: datetime) -> int:
    """Lines of the access log; returns how many."""
    return (await work.execute(delete(access_log).where(access_log.c.at < instant))).rowcount


async def empty_messages_before(work: Work, instant: datetime, limit: int) -> int:
    """Messages that will never leave again lose what they said and where it stood; about so many
    at once, the oldest first.  That they were sent, to whom, when, or why not, stays."""
    known = await meta.recall(work, meta.EMPTIED_UNTIL)
    created = outbox.c.created_at
    since = [created > datetime.fromisoformat(known)] if known else []
    old = select(created).where(*since, created < instant).order_by(created)
    until = await work.scalar(old.offset(limit).limit(1)) or instant
    nothing = values_of(outbox, Outgoing("", "", Lane.ANSWER), work.vault)["payload"]
    outcome = await work.execute(
        update(outbox)
        .where(*since, created <= until, _is_over())
        .values(payload=nothing, chat_id=None, message_id=None)
    )
    await meta.remember(work, meta.EMPTIED_UNTIL, until.isoformat())
    return outcome.rowcount


def _is_over() -> ColumnElement[bool]:
    """Whether a message will never leave again; one in doubt may, once."""
    will_not = or_(outbox.c.lane.not_in(RESENT), outbox.c.cause.startswith(AGAIN))
    return or_(outbox.c.state.in_(_OVER), (outbox.c.state == State.UNCERTAIN) & will_not)


async def drop_words_before(work: Work, instant: datetime) -> int:
    """The personal content of journal lines, which is kept apart (privacy D6); running cases
    keep theirs."""
    lines = select(journal.c.number).where(journal.c.at < instant)
    last = await work.scalar(lines.order_by(journal.c.at.desc()).limit(1))
    if last is None:
        return 0
    kept = select(journal.c.number).where(journal.c.subject.in_(await _running(work)))
    number = journal_details.c.number
    outcome = await work.execute(
        delete(journal_details).where(number <= last, number.not_in(kept))
    )
    return outcome.rowcount


async def drop_answers_before(work: Work, instant: datetime) -> int:
    """What families wrote, in their own words; returns how many replies.  That they answered,
    when and what it was about stays; children whose case runs keep the words too."""
    is_running = exists().where(
        cases.c.student_id == replies.c.student_id, cases.c.state != CaseState.CLOSED.value
    )
    outcome = await work.execute(
        update(replies)
        .where(await _next_slice(work, replies, meta.REPLIES_UNTIL))
        .where(replies.c.at < instant, replies.c.body.is_not(None), ~is_running)
        .values(body=None)
    )
    return outcome.rowcount


async def _running(read: Reading) -> list[str]:
    """What the lines of running cases and their children are about."""
    query = select(cases.c.id, cases.c.student_id).where(cases.c.state != CaseState.CLOSED.value)
    found = (await read.execute(query)).rows
    return [word for row in found for word in (f"case:{row[0]}", f"child:{row[1]}")]


async def families_of_gone(
    read: Reading, since: date, limit: int
) -> dict[int, list[Guardianship]]:
    """Links that are still there to children who were gone by that day, by person."""
    query = (
        select(guardianships)
        .join(students, students.c.id == guardianships.c.student_id)
        .where(
            students.c.status.in_(GONE),
            students.c.status_on <= since,
            guardianships.c.state.in_(_LINKED),
        )
        .order_by(guardianships.c.person_id)
        .limit(limit)
    )
    found: dict[int, list[Guardianship]] = {}
    for link in await read.all(query, Guardianship):
        found.setdefault(link.person_id, []).append(link)
    return found


@dataclass(frozen=True)
class GivenUp:
    """A chat that was a person's and is no longer."""

    person_id: int
    used_by_chat: int
    stopped_at: datetime | None


async def forget_chats(work: Work, places: datetime, stopped: datetime) -> int:
    """Chats that were given up, known by the code that was used in them; returns how many.

    Where messages stood goes when they were written before `places`.  That the person agreed,
    and used a code, stays, without the chat; who left with `/stop` after `stopped` may still come
    back to it.
    """
    moved = or_(people.c.chat_id.is_(None), people.c.chat_id != invites.c.used_by_chat)
    query = (
        select(invites.c.person_id, invites.c.used_by_chat, people.c.stopped_at)
        .join(people, people.c.id == invites.c.person_id)
        .where(await _next_slice(work, invites, meta.CODES_UNTIL))
        .where(invites.c.used_by_chat.is_not(None), moved)
        .distinct()
    )
    found = await work.all(query, GivenUp)
    return sum([await _forget(work, one, places, stopped) for one in found])


async def _next_slice(work: Work, table: Table, name: str) -> ColumnElement[bool]:
    """Which rows of a large table are looked at tonight; after the last ones the first again."""
    number = table.c.id
    since = int(await meta.recall(work, name) or 0)
    after = select(number).where(number > since).order_by(number)
    last = await work.scalar(after.offset(SLICE - 1).limit(1))
    if since or last is not None:
        await meta.remember(work, name, str(last or 0))
    return number > since if last is None else number.between(since + 1, last)


async def _forget(work: Work, one: GivenUp, places: datetime, stopped: datetime) -> bool:
    """Whether nothing of it is left."""
    theirs = (outbox.c.person_id == one.person_id, outbox.c.chat_id == one.used_by_chat)
    await work.execute(
        update(outbox)
        .where(*theirs, outbox.c.created_at < places, _is_over())
        .values(chat_id=None, message_id=None)
    )
    may_return = one.stopped_at is not None and one.stopped_at >= stopped
    if may_return or await work.scalar(select(outbox.c.id).where(*theirs).limit(1)) is not None:
        return False
    for table, column in ((consents, "chat_id"), (invites, "used_by_chat")):
        mine = (table.c.person_id == one.person_id, table.c[column] == one.used_by_chat)
        await work.execute(update(table).where(*mine).values({column: None}))
    mine = (cards.c.person_id == one.person_id, cards.c.chat_id == one.used_by_chat)
    await work.execute(delete(cards).where(*mine))
    return True


async def age_out_files(work: Work, instant: datetime) -> int:
    """Mark files as removed that came before `instant`; returns how many.

    What a running case needs stays, and so does the file of a case that has official papers.
    """
    is_open = exists().where(
        cases.c.student_id == attachments.c.student_id, cases.c.state != CaseState.CLOSED.value
    )
    is_official = exists().where(papers.c.case_id == attachments.c.case_id)
    is_plan = exists().where(work_plans.c.file_id == attachments.c.id)
    is_asked = exists().where(
        doorsteps.c.file_id == attachments.c.id, doorsteps.c.ended_at.is_(None)
    )
    outcome = await work.execute(
        update(attachments)
        .where(
            attachments.c.received_at < instant,
            attachments.c.removed_at.is_(None),
            ~is_open,
            ~is_official,
            ~is_plan,
            ~is_asked,
        )
        .values(removed_at=work.now, name=None)
    )
    return outcome.rowcount


async def drop_grown(work: Work, born_before: date) -> int:
    """Lines of the age-eligible list of children who are long past school; returns how many.
    One who is still asked for stays."""
    is_sought = exists().where(
        doorsteps.c.eligible_id == eligible.c.id, doorsteps.c.ended_at.is_(None)
    )
    grown = select(eligible.c.id).where(eligible.c.birth_on < born_before, ~is_sought)
    ids = await work.scalars(grown)
    for first in range(0, len(ids), MANY):
        some = ids[first : first + MANY]
        await work.execute(delete(doorsteps).where(doorsteps.c.eligible_id.in_(some)))
        await work.execute(delete(eligible).where(eligible.c.id.in_(some)))
    return len(ids)


async def contents_to_remove(read: Reading, since: datetime, before: datetime) -> set[str]:
    """Contents of which no file is left, marked in this span: never in a transaction that may
    still be taken back."""
    removed = select(attachments.c.sha256).where(
        attachments.c.removed_at >= since, attachments.c.removed_at < before
    )
    gone = set(await read.scalars(removed))
    kept = select(attachments.c.sha256).where(
        attachments.c.sha256.in_(gone), attachments.c.removed_at.is_(None)
    )
    return gone - set(await read.scalars(kept))


async def remove_contents(sums: Collection[str]) -> None:
    """Take them out of the data folder; one that is gone already is no matter."""
    await asyncio.to_thread(_unlink, tuple(sums))


def _unlink(sums: tuple[str, ...]) -> None:
    for one in sums:
        path_of(folder(), one).unlink(missing_ok=True)
