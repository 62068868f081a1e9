"""What a case has on paper in its present round, and which townships have to do with it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, or_, select

from rules.calendar import SchoolCalendar
from rules.child.facts import Ladder
from rules.model.case import Case, Contact
from rules.model.ladder import PENDING, Closing, Paper, PaperKind, Referral
from rules.model.people import Role
from rules.model.school import Student, Unit, UnitKind
from storage.tables.cases import contacts
from storage.tables.ladder import closings, papers, referrals
from storage.tables.people import people, posts
from storage.tables.school import units
from storage.work import Reading

_PENDING = tuple(state.value for state in PENDING)


async def ladder_of(
    read: Reading, case: Case, student: Student, calendar: SchoolCalendar, today: date
) -> Ladder:
    """Everything about the upper stages of this case."""
    school = await read.one(select(units).where(units.c.id == student.school_id), Unit)
    bureau = await read.scalar(select(units.c.id).where(units.c.kind == UnitKind.BUREAU.value))
    township_id = school.township_id if school else None
    sent = await _referrals(read, case)
    residence_id = await _residence(read, student, township_id)
    places = {one for one in (township_id, residence_id, *(r.township_id for r in sent)) if one}
    return Ladder(
        papers=await _papers(read, case),
        referrals=sent,
        contacts=await _contacts(read, case, calendar),
        closing=await pending_closing(read, case),
        last_numbers=await _last_numbers(read, student.school_id, bureau, today.year),
        bureau_unit_id=bureau,
        township_id=township_id,
        residence_id=residence_id,
        township_contacts=await township_contacts(read, places, today),
    )


async def _papers(read: Reading, case: Case) -> tuple[Paper, ...]:
    query = select(papers).where(papers.c.case_id == case.id, papers.c.round == case.round)
    return tuple(await read.all(query.order_by(papers.c.id), Paper))


async def _referrals(read: Reading, case: Case) -> tuple[Referral, ...]:
    query = select(referrals).where(
        referrals.c.case_id == case.id, referrals.c.round == case.round
    )
    return tuple(await read.all(query.order_by(referrals.c.id), Referral))


async def _contacts(read: Reading, case: Case, calendar: SchoolCalendar) -> tuple[Contact, ...]:
    """The contact log since the absence began; a relapse begins anew."""
    since = calendar.at_local(case.first_absent_on, "00:00")
    query = select(contacts).where(contacts.c.case_id == case.id, contacts.c.at >= since)
    return tuple(await read.all(query.order_by(contacts.c.at, contacts.c.id), Contact))


async def pending_closing(read: Reading, case: Case) -> Closing | None:
    """The request to end this case that is not decided yet."""
    query = select(closings).where(closings.c.case_id == case.id, closings.c.state.in_(_PENDING))
    return await read.one(query, Closing)


async def _last_numbers(
    read: Reading, school_id: int, bureau_id: int | None, year: int
) -> dict[tuple[int, PaperKind], int]:
    """The last number of each series of the school and the bureau this year."""
    query = (
        select(papers.c.unit_id, papers.c.kind, func.max(papers.c.number))
        .where(
            papers.c.unit_id.in_([school_id, bureau_id or 0]),
            papers.c.year == year,
            papers.c.number.is_not(None),
        )
        .group_by(papers.c.unit_id, papers.c.kind)
    )
    found = await read.execute(query)
    return {(unit, PaperKind(kind)): number for unit, kind, number in found.rows}


async def _residence(read: Reading, student: Student, township_id: int | None) -> int | None:
    """The other township that the child's address names; None when it names none, or several."""
    if not student.address:
        return None
    query = select(units).where(units.c.kind == UnitKind.TOWNSHIP.value)
    named = [one.id for one in await read.all(query, Unit) if one.name in student.address]
    others = [one for one in named if one != township_id]
    return others[0] if len(others) == 1 and len(named) == 1 else None


async def township_contacts(
    read: Reading, township_ids: Collection[int], today: date
) -> dict[int, int]:
    """Who acts for each township today: the oldest post that is held."""
    query = (
        select(posts.c.unit_id, func.min(posts.c.person_id))
        .join(people, people.c.id == posts.c.person_id)
        .where(
            posts.c.unit_id.in_(township_ids),
            posts.c.role == Role.TOWNSHIP.value,
            people.c.left_on.is_(None),
            or_(posts.c.from_on.is_(None), posts.c.from_on <= today),
            or_(posts.c.to_on.is_(None), posts.c.to_on >= today),
        )
        .group_by(posts.c.unit_id)
    )
    found = await read.execute(query)
    return {int(unit): int(person) for unit, person in found.rows}
