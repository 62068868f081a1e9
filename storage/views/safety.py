"""A search for a child, as those who were told of it see it at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import or_, select

from rules.child.facts import Duties
from rules.child.search_facts import BOARDER
from rules.model.attendance import Mark, Reply, RollCallState, Session
from rules.model.case import Safety, SafetyState
from rules.model.people import Guardianship
from rules.model.school import SchoolClass, Student, Unit
from storage.facts.duties import duties_of
from storage.facts.rosters import roll_call_on
from storage.facts.searches import search_by_id
from storage.naming import child_name
from storage.tables.attendance import marks, replies
from storage.tables.people import guardianships, people
from storage.tables.plumbing import journal
from storage.tables.school import classes, students, units
from storage.views import OutboxRow, Unwanted, view
from storage.work import Reading

T = TypeVar("T")

#: What a family said belongs to a search that began at most so long after it.
REACHES_BACK = timedelta(hours=12)
_ACTS = {"safety_not_there": "gone", "safety_handled": "handled", "safety_not_found": "not_found"}


@dataclass(frozen=True)
class Said:
    """What the family said: who, related how, what, when."""

    who: str
    relation: str
    kind: str
    at: datetime


@dataclass(frozen=True)
class Sight:
    """When the child was last seen at school, and who said so."""

    at: datetime
    by: str


@dataclass(frozen=True)
class Told:
    """Somebody who was told, and as what."""

    name: str
    role: str


@dataclass(frozen=True)
class Act:
    """What somebody did about the search: gone, handled, not_found."""

    who: str
    what: str
    at: datetime


@dataclass(frozen=True)
class SearchView:
    """Everything that the messages of a search may say; the last four decide on the keys."""

    safety_id: int
    name: str
    school: str
    grade: int
    number: int
    why: str
    state: str
    opened_at: datetime
    next_at: datetime | None
    lasted: timedelta
    round: int
    said: Said | None
    seen: Sight | None
    last_seen: str | None
    told: tuple[Told, ...]
    acts: tuple[Act, ...]
    ended_as: str | None
    ended_at: datetime | None
    ended_by: str | None
    found_note: str | None
    is_teacher: bool
    leads: bool
    is_of_school: bool
    may_add_line: bool


@view("look_again")
async def look_again(read: Reading, row: OutboxRow) -> SearchView | Unwanted:
    """The teacher is to look again; not when the search is over."""
    return await _running(read, row)


@view("child_missing")
async def child_missing(read: Reading, row: OutboxRow) -> SearchView | Unwanted:
    """Leader, head and section are to search; not when the search is over."""
    return await _running(read, row)


@view("search_ended")
async def search_ended(read: Reading, row: OutboxRow) -> SearchView | Unwanted:
    """How it ended."""
    return await _of_row(read, row)


@view("search_found")
async def search_found(read: Reading, row: OutboxRow) -> SearchView | Unwanted:
    """Where the child was found and by whom."""
    return await _of_row(read, row)


async def _running(read: Reading, row: OutboxRow) -> SearchView | Unwanted:
    found = await _of_row(read, row)
    is_over = isinstance(found, SearchView) and found.state == SafetyState.ENDED.value
    return Unwanted("found") if is_over else found


async def _of_row(read: Reading, row: OutboxRow) -> SearchView | Unwanted:
    search = await search_by_id(read, row.item)
    if search is None:
        return Unwanted("no_such_search")
    now = row.created_at or search.opened_at
    return await search_view(read, search, (row.to,), now)


async def search_view(
    read: Reading, search: Safety, persons: tuple[int, ...], now: datetime
) -> SearchView:
    """The search for these persons on one chat; whoever calls has checked that they may see it."""
    student = _known(
        await read.one(select(students).where(students.c.id == search.student_id), Student)
    )
    school_class = _known(
        await read.one(select(classes).where(classes.c.id == student.class_id), SchoolClass)
    )
    school = _known(await read.one(select(units).where(units.c.id == student.school_id), Unit))
    duties = await duties_of(read, student, now.date())
    stood_in_for = (one for one, deputy in duties.deputies.items() if deputy in persons)
    mine = {*persons, *stood_in_for}
    leads = bool(mine.intersection(one for one in duties.above if one is not None))
    return SearchView(
        safety_id=search.id,
        name=child_name(read, student),
        school=school.name,
        grade=school_class.grade,
        number=school_class.number,
        why=search.why,
        state=search.state.value,
        opened_at=search.opened_at,
        next_at=search.next_at,
        lasted=(search.ended_at or now) - search.opened_at,
        round=search.rounds,
        said=await _said(read, search),
        seen=await _seen(read, search, student),
        last_seen=search.last_seen,
        told=await _told(read, search, duties),
        acts=await _acts(read, search),
        ended_as=search.ended_as,
        ended_at=search.ended_at,
        ended_by=(await _names(read, [search.ended_by])).get(search.ended_by or 0),
        found_note=search.found_note,
        is_teacher=duties.class_teacher_id in mine,
        leads=leads,
        is_of_school=bool(mine & {duties.leader_id, duties.head_id}),
        may_add_line=leads and search.ended_as == "found_safe" and search.found_note is None,
    )


async def _said(read: Reading, search: Safety) -> Said | None:
    query = select(replies).where(
        replies.c.student_id == search.student_id,
        replies.c.kind == search.why,
        replies.c.at >= search.opened_at - REACHES_BACK,
    )
    reply = await read.one(query.order_by(replies.c.at.desc()).limit(1), Reply)
    if reply is None:
        return None
    link = await read.one(
        select(guardianships).where(
            guardianships.c.student_id == search.student_id,
            guardianships.c.person_id == reply.person_id,
        ),
        Guardianship,
    )
    name = (await _names(read, [reply.person_id])).get(reply.person_id, "")
    relation = link.relation.value if link else "other"
    return Said(name, relation, reply.kind.value, reply.at)


async def _seen(read: Reading, search: Safety, student: Student) -> Sight | None:
    """The last time before the search that somebody at school saw the child, or for a boarder
    that the day's roll call found nobody missing."""
    query = select(marks).where(
        marks.c.student_id == student.id,
        marks.c.seen_at < search.opened_at,
        marks.c.seen_at >= search.opened_at - REACHES_BACK,
        marks.c.void.is_(False),
    )
    mark = await read.one(query.order_by(marks.c.seen_at.desc()).limit(1), Mark)
    if mark is not None and mark.seen_at is not None:
        name = (await _names(read, [mark.seen_by])).get(mark.seen_by or 0, "")
        return Sight(mark.seen_at, name)
    return await _counted_present(read, search, student) if search.why == BOARDER else None


async def _counted_present(read: Reading, search: Safety, student: Student) -> Sight | None:
    on = search.opened_at.date()
    roll_call = await roll_call_on(read, student.class_id, on, Session.MORNING)
    missed = select(marks.c.id).where(
        marks.c.student_id == student.id,
        marks.c.on == on,
        marks.c.session == Session.MORNING.value,
        marks.c.kind != "present",
    )
    if roll_call is None or roll_call.submitted_at is None or await read.scalar(missed):
        return None
    if roll_call.state is not RollCallState.RELEASED:
        return None
    names = await _names(read, [roll_call.submitted_by])
    return Sight(roll_call.submitted_at, names.get(roll_call.submitted_by or 0, ""))


async def _told(read: Reading, search: Safety, duties: Duties) -> tuple[Told, ...]:
    roles = {
        duties.bureau_leader_id: "bureau_leader",
        duties.section_id: "section",
        duties.head_id: "head",
        duties.leader_id: "leader",
        duties.class_teacher_id: "class_teacher",
    }
    names = await _names(read, search.told)
    return tuple(
        Told(names[person], roles.get(person, "deputy"))
        for person in search.told
        if person in names
    )


async def _acts(read: Reading, search: Safety) -> tuple[Act, ...]:
    """What people did, the newest act of each sort by each person, in order."""
    query = select(journal.c.kind, journal.c.by, journal.c.at).where(
        or_(
            journal.c.subject == f"child:{search.student_id}",
            journal.c.subject == f"case:{search.case_id or 0}",
        ),
        journal.c.kind.in_(_ACTS),
        journal.c.at >= search.opened_at,
        journal.c.at <= (search.ended_at or datetime.max.replace(tzinfo=search.opened_at.tzinfo)),
    )
    rows = (await read.execute(query.order_by(journal.c.number))).rows
    names = await _names(read, [row.by for row in rows])
    newest = {(row.by, row.kind): row.at for row in rows}
    acts = (Act(names.get(by, ""), _ACTS[kind], at) for (by, kind), at in newest.items())
    return tuple(sorted(acts, key=lambda one: one.at))


async def _names(read: Reading, persons: list[int | None] | tuple[int, ...]) -> dict[int, str]:
    ids = [person for person in persons if person is not None]
    query = select(people.c.id, people.c.name).where(people.c.id.in_(ids))
    return {row.id: row.name for row in (await read.execute(query)).rows}


def _known(row: T | None) -> T:
    if row is None:
        raise LookupError("a search for a child that is not there")
    return row
