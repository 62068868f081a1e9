"""Reading the county that an import is matched with: all of it, or a few classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select

from rules.calendar import Calendar
from rules.model.case import Task
from rules.model.eligible import Village
from rules.model.people import Pairing, Post
from rules.model.reconciling import FindingState
from rules.model.school import SchoolClass, Unit
from rules.policy import Policy
from storage.importing.county import CONTACT, REPAIR, County
from storage.importing.known import SHORT, Known, KnownPerson, Sieve, plain
from storage.importing.records import DayRecord, Review, TermRecord, UnitAlias
from storage.tables import cases, people, school
from storage.tables.eligible import villages
from storage.tables.reconciling import findings
from storage.work import Reading


async def load_county(
    read: Reading, calendar: Calendar, now: datetime, policy: Policy, *, is_new: bool = False
) -> County:
    """Read everything that rows are matched with."""
    county = County(read.vault, calendar, now, policy, is_new)
    await _load_units(read, county)
    await _load_children(read, county)
    await _load_people(read, county)
    await _load_rest(read, county)
    return county


async def load_classes(
    read: Reading, calendar: Calendar, now: datetime, policy: Policy, class_ids: Sequence[int]
) -> County:
    """Read what the rows of a few classes are matched with: all units, and only these children."""
    county = County(read.vault, calendar, now, policy)
    await _load_units(read, county)
    table = school.students
    columns = [table.c[name] for name in Known.__slots__]
    query = select(*columns).where(table.c.class_id.in_(class_ids)).order_by(table.c.id)
    for row in (await read.execute(query)).rows:
        county.take_child(Known(*row))
    return county


async def _load_units(read: Reading, county: County) -> None:
    for alias in await read.all(select(school.unit_aliases), UnitAlias):
        county.unit_names[plain(alias.alias)] = alias.unit_id
    for unit in await read.all(select(school.units).order_by(school.units.c.id), Unit):
        county.take_unit(unit)
    for one in await read.all(select(school.classes), SchoolClass):
        county.take_class(one)


async def _load_children(read: Reading, county: County) -> None:
    table = school.students
    columns = [table.c[name] for name in Known.__slots__]
    for row in (await read.execute(select(*columns).order_by(table.c.id))).rows:
        county.take_child(Known(*row))
    await _load_repairs(read, county)
    confirmed = select(findings.c.student_id).where(
        findings.c.state == FindingState.CONFIRMED.value, findings.c.student_id.is_not(None)
    )
    county.seated_elsewhere |= set(await read.scalars(confirmed))
    for review in await read.all(select(school.reviews), Review):
        county.reviews[review.fingerprint] = review


async def _load_repairs(read: Reading, county: County) -> None:
    for task in await read.all(select(cases.tasks).where(cases.tasks.c.kind == REPAIR), Task):
        if task.state == "open":
            county.repairs[task.subject] = task
        else:
            county.repaired.add((task.subject, task.note or ""))
    waiting = select(cases.tasks.c.subject).where(
        cases.tasks.c.kind == CONTACT, cases.tasks.c.state == "open"
    )
    county.checking |= set(await read.scalars(waiting))


async def _load_people(read: Reading, county: County) -> None:
    """Staff, and which phones are known; families are met batch by batch."""
    county.phones = Sieve(await read.scalars(_phone_marks()))
    holders = select(people.posts.c.person_id)
    await _meet(read, county, people.people.c.id.in_(holders))
    for post in await read.all(select(people.posts).order_by(people.posts.c.id), Post):
        if post.person_id in county.persons:
            county.take_post(post)
    county.met.clear()


def _phone_marks() -> Select[tuple[str]]:
    """As much of each hash as the sieve needs."""
    mark = people.people.c.phone_hash
    return select(func.substr(mark, 1, SHORT)).where(mark.is_not(None))


async def meet_people(
    read: Reading, county: County, phones: Iterable[str | None], ids: Iterable[int] = ()
) -> None:
    """Know whoever has one of these phones or numbers."""
    marks = {county.phone_mark(phone) for phone in phones if phone}
    stored = [mark for mark in marks if county.may_be_stored(mark)]
    table, numbers = people.people, set(ids)
    if stored or numbers:
        await _meet(read, county, or_(table.c.phone_hash.in_(stored), table.c.id.in_(numbers)))


async def _meet(read: Reading, county: County, who: ColumnElement[bool]) -> None:
    table = people.people
    fresh = {county.numbers.real(number) for number in county.persons if number < 0}
    query = select(table.c.id, table.c.name, table.c.phone_hash)
    query = query.where(table.c.left_on.is_(None), who).order_by(table.c.id)
    for row in (await read.execute(query)).rows:
        if row[0] not in county.persons and row[0] not in fresh:
            county.take_person(KnownPerson(*row))


async def _load_rest(read: Reading, county: County) -> None:
    table = people.pairings
    for pairing in await read.all(select(table).order_by(table.c.id), Pairing):
        if pairing.to_on is None or pairing.to_on >= county.today:
            county.pairings[pairing.scope, pairing.scope_id, pairing.level] = pairing
    for term in await read.all(select(school.terms), TermRecord):
        county.terms[term.name, term.school_id] = term
    for village in await read.all(select(villages), Village):
        county.villages[village.township_id, village.name] = village
    query = select(school.days).where(school.days.c.scope != "official")
    for day in await read.all(query, DayRecord):
        county.days[day.on, day.school_id] = day
