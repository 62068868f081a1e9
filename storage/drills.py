"""The drill of a term: everybody on a chat is asked once, each school has its percentage (P3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select, true

from rules.decision import Decision, Entry
from rules.messages.base import Message
from rules.messages.drills import StaffDrill
from rules.messages.guardians import FamilyDrill
from rules.model.drill import Drill
from rules.model.people import GuardianState
from rules.model.school import EnrolmentStatus
from storage.carrying import carry_out
from storage.held import holds_on
from storage.tables.drills import drills
from storage.tables.people import guardianships, people, posts
from storage.tables.school import students, units
from storage.work import Reading, Work

#: So many people are asked in one unit of work.
STEP = 200
_GONE = (EnrolmentStatus.LEFT.value, EnrolmentStatus.TRANSFERRED.value)


@dataclass(frozen=True)
class Asked:
    """One person of one school; a guardian who also works there is asked as staff."""

    person_id: int
    school_id: int
    is_staff: bool


@dataclass(frozen=True)
class SchoolReach:
    """A school's drill: how many were asked and tapped, and how many children nobody answers
    for: no guardian on a chat, or none who has tapped."""

    school: str
    asked_n: int
    received: int
    children: int
    unreached: int

    @property
    def percent(self) -> int:
        """Of those who were asked."""
        return self.received * 100 // self.asked_n if self.asked_n else 0


async def schools_not_asked(read: Reading, term_on: date) -> list[int]:
    """The schools of which nobody has been asked this term."""
    asked = exists().where(drills.c.school_id == units.c.id, drills.c.term_on == term_on)
    query = select(units.c.id).where(
        units.c.kind == "school", units.c.merged_into_id.is_(None), ~asked
    )
    return await read.scalars(query.order_by(units.c.id))


async def people_to_ask(
    read: Reading, on: date, term_on: date, school_id: int | None = None
) -> list[Asked]:
    """Everybody of a school (or of one) who is on a chat and has not been asked this term."""
    reachable = (
        people.c.chat_id.is_not(None),
        people.c.blocked_at.is_(None),
        people.c.left_on.is_(None),
    )
    staff = (
        select(posts.c.person_id, posts.c.unit_id)
        .join(people, people.c.id == posts.c.person_id)
        .join(units, units.c.id == posts.c.unit_id)
        .where(units.c.kind == "school", holds_on(posts, on), *reachable)
        .where(true() if school_id is None else posts.c.unit_id == school_id)
    )
    families = (
        select(guardianships.c.person_id, students.c.school_id)
        .join(students, students.c.id == guardianships.c.student_id)
        .join(people, people.c.id == guardianships.c.person_id)
        .where(
            guardianships.c.state == GuardianState.BOUND.value,
            guardianships.c.flag == "normal",
            students.c.status.not_in(_GONE),
            *reachable,
        )
        .where(true() if school_id is None else students.c.school_id == school_id)
    )
    known = select(drills.c.person_id, drills.c.school_id).where(
        drills.c.term_on == term_on,
        true() if school_id is None else drills.c.school_id == school_id,
    )
    done = {(row[0], row[1]) for row in (await read.execute(known)).rows}
    found: dict[tuple[int, int], Asked] = {}
    for query, is_staff in ((staff, True), (families, False)):
        for row in (await read.execute(query.distinct())).rows:
            found.setdefault((row[0], row[1]), Asked(row[0], row[1], is_staff))
    return [one for key, one in sorted(found.items()) if key not in done]


async def ask(work: Work, some: Sequence[Asked], term_on: date) -> None:
    """Ask these people: one silent message each, after everything that is urgent."""
    rows: list[Drill] = []
    told: list[Message] = []
    for place, one in enumerate(some, start=1):
        rows.append(Drill(-place, one.person_id, one.school_id, term_on, work.now))
        kind = StaffDrill if one.is_staff else FamilyDrill
        told.append(kind(to=one.person_id, item=-place))
    entry = Entry("drill_sent", f"term:{term_on:%Y%m%d}", public={"people": len(some)})
    await carry_out(work, Decision(tuple(rows), tuple(told), (entry,)))


async def drill_of(read: Reading, drill_id: int, persons: Sequence[int]) -> Drill | None:
    """One's own drill."""
    query = select(drills).where(drills.c.id == drill_id, drills.c.person_id.in_(persons))
    return await read.one(query, Drill)


async def reach(read: Reading, term_on: date) -> list[SchoolReach]:
    """Every school with children, the ones that reach fewest first."""
    asked = await read.all(select(drills).where(drills.c.term_on == term_on), Drill)
    received = {(one.person_id, one.school_id) for one in asked if one.answered_at is not None}
    children = await _children(read)
    answered = await _answered_for(read, received)
    found = []
    for unit in (await read.execute(select(units.c.id, units.c.name))).rows:
        mine = {child for child, school in children.items() if school == unit[0]}
        own = [one for one in asked if one.school_id == unit[0]]
        if mine or own:
            taps = sum(one.answered_at is not None for one in own)
            found.append(SchoolReach(unit[1], len(own), taps, len(mine), len(mine - answered)))
    return sorted(found, key=lambda one: (one.percent, -one.unreached, one.school))


async def _children(read: Reading) -> dict[int, int]:
    query = select(students.c.id, students.c.school_id).where(students.c.status.not_in(_GONE))
    return {row[0]: row[1] for row in (await read.execute(query)).rows}


async def _answered_for(read: Reading, received: set[tuple[int, int]]) -> set[int]:
    """Children of whom a guardian has tapped."""
    if not received:
        return set()
    query = (
        select(guardianships.c.student_id, guardianships.c.person_id, students.c.school_id)
        .join(students, students.c.id == guardianships.c.student_id)
        .where(guardianships.c.state == GuardianState.BOUND.value)
    )
    rows = (await read.execute(query)).rows
    return {row[0] for row in rows if (row[1], row[2]) in received}
