"""Children of a register or a roster: new, changed, the same, or for a person to look at."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from rules.model.case import CaseState
from rules.model.people import Guardianship
from rules.model.school import SchoolClass, Student, Unit
from storage.importing.batch import Batch
from storage.importing.county import County
from storage.importing.families import take_members
from storage.importing.flaws import Fate, ImportFlaw, Verdict, fate_of, refused
from storage.importing.known import Known
from storage.importing.loading import meet_people
from storage.importing.matching import (
    Marks,
    Match,
    is_near,
    marks_of,
    match,
    namesakes,
    with_number,
)
from storage.importing.past import keep_past
from storage.importing.repairs import settle_repair
from storage.importing.reviews import decided, hold
from storage.importing.units import ensure_class
from storage.importing.values import ChildRow
from storage.tables.cases import cases
from storage.tables.people import guardianships
from storage.tables.school import students
from storage.work import Reading

#: After so many rows the event loop gets a turn: more rows come in, and a batch that is being
#: written comes a step further.
TURN_EVERY = 8


@dataclass
class Loaded:
    """The whole records behind the rows of one batch."""

    children: dict[int, Student] = field(default_factory=dict)
    families: dict[int, list[Guardianship]] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    """A row, and where it says that the child is."""

    row: ChildRow
    school: Unit
    place: SchoolClass
    marks: Marks


async def take_children(
    read: Reading, county: County, batch: Batch, rows: Sequence[ChildRow]
) -> list[Verdict]:
    """A few rows, each child whole with its family."""
    placed = [_place(county, batch, row) for row in rows]
    loaded = await _load(read, county, [one for one in placed if one is not None])
    verdicts = []
    for at, one in enumerate(placed):
        if at % TURN_EVERY == 0:
            await asyncio.sleep(0)
        if one is None:
            verdicts.append(refused("school", ImportFlaw.SCHOOL))
        else:
            verdicts.append(await _take(read, county, batch, one, loaded))
    return verdicts


async def close_rosters(read: Reading, county: County, batch: Batch) -> None:
    """Whoever is of a listed class, but not on its roster, is not on it any more; somebody whom a
    case looks for stays in the roll call until seen (X2)."""
    table = students
    for class_id, listed in county.listed.items():
        followed = select(cases.c.student_id).where(cases.c.state != CaseState.CLOSED.value)
        query = select(table).where(
            table.c.class_id == class_id, table.c.on_roster, table.c.id.not_in(followed)
        )
        for child in await read.all(query, Student):
            if child.id not in {county.numbers.real(one) for one in listed}:
                batch.put(replace(child, on_roster=False))


def _place(county: County, batch: Batch, row: ChildRow) -> Placed | None:
    school = county.school(row.school)
    if school is None:
        return None
    place = ensure_class(county, batch, school, row.class_key)
    return Placed(row, school, place, marks_of(county, row))


async def _load(read: Reading, county: County, placed: Sequence[Placed]) -> Loaded:
    """Everything known about whomever these rows could mean."""
    wanted: set[int] = set()
    for one in placed:
        wanted.update(with_number(county, one.marks))
        wanted.update(
            known.id for known in namesakes(county, one.row, one.school.id, one.place.id)
        )
    written = _under_way(county, wanted)
    by_number = {county.numbers.real(one): one for one in wanted - written.keys()}
    loaded = Loaded(written | {one: _planned(county, one) for one in by_number if one < 0})
    if any(one > 0 for one in by_number):
        await _load_stored(read, by_number, loaded)
    await _meet_families(read, county, placed, loaded)
    return loaded


def _under_way(county: County, wanted: Collection[int]) -> dict[int, Student]:
    """Those whom the batch before this one has written: rows have named them, and only their
    numbers matter by now."""
    batch = county.under_way
    written = {one: batch.as_left(Student, one) for one in wanted} if batch else {}
    return {number: child for number, child in written.items() if child is not None}


async def _load_stored(read: Reading, by_number: dict[int, int], loaded: Loaded) -> None:
    """The children whom the database has, with their families."""
    for child in await read.all(select(students).where(students.c.id.in_(by_number)), Student):
        loaded.children[by_number[child.id]] = child
    query = select(guardianships).where(guardianships.c.student_id.in_(by_number))
    for link in await read.all(query, Guardianship):
        loaded.families.setdefault(by_number[link.student_id], []).append(link)


def _planned(county: County, number: int) -> Student:
    """A child whom only a dry run knows, as far as matching needs it."""
    known = county.children[number]
    return Student(
        id=number,
        school_id=known.school_id,
        class_id=known.class_id,
        name=known.name,
        birth_on=known.birth_on,
        id_number=county.planned.get(number),
        id_hash=known.id_hash,
        register_hash=known.register_hash,
    )


async def _meet_families(
    read: Reading, county: County, placed: Sequence[Placed], loaded: Loaded
) -> None:
    """Everybody whom these rows name, and everybody who is of these families already."""
    phones = [member.phone for one in placed for member in one.row.members]
    links = [link.person_id for family in loaded.families.values() for link in family]
    await meet_people(read, county, phones, links)


async def _take(
    read: Reading, county: County, batch: Batch, placed: Placed, loaded: Loaded
) -> Verdict:
    found = _cleared(county, placed, loaded)
    if found.child and found.child.id in county.seen:
        return Verdict(Fate.UNCHANGED)  # the row before it counts; the reader has reported it
    if found.doubt:
        found = decided(county, placed.row, found)
    if found.doubt:
        hold(county, batch, placed.row, placed.school.id, found)
        return refused("name", ImportFlaw.REVIEW)
    child, fate = _stored(county, batch, placed, found.child, loaded)
    family = loaded.families.get(child.id, [])
    has_news = await take_members(read, county, batch, child, placed.row.members, family)
    has_news |= settle_repair(county, batch, placed.row, child)
    if has_news and fate is Fate.UNCHANGED:
        fate = Fate.CHANGED
    return Verdict(fate)


def _cleared(county: County, placed: Placed, loaded: Loaded) -> Match:
    """A namesake with a number that is not even near is another child."""
    row = placed.row
    found = match(county, row, placed.marks, placed.school.id, placed.place.id)
    if found.doubt != "near" or row.id_number is None:
        return found
    for known in namesakes(county, row, placed.school.id, placed.place.id):
        record = loaded.children.get(known.id)
        if record and record.id_number and is_near(record.id_number, row.id_number):
            return Match(known, "near")
    return Match()


def _stored(
    county: County, batch: Batch, placed: Placed, known: Known | None, loaded: Loaded
) -> tuple[Student, Fate]:
    """The child as it is now; put into the batch if that is news."""
    if known is None:
        number = batch.numbers.new()
        child = batch.put(_new(placed, number, county.known_since))
        county.planned[child.id] = child.id_number
    else:
        before = loaded.children[known.id]
        child = replace(before, **_news(county, placed, known))
        if child != before:
            batch.put(child)
            keep_past(county, batch, before, child)
    _remember(county, placed, child, known)
    if known is None:
        return child, Fate.NEW
    return child, fate_of(is_new=False, is_changed=child != before)


def _new(placed: Placed, number: int, since: datetime | None) -> Student:
    row = placed.row
    given = {name: value for name, value in row.fills.items() if value is not None}
    return Student(
        id=number,
        school_id=placed.school.id,
        class_id=placed.place.id,
        name=row.name,
        birth_on=row.birth_on,
        id_number=row.id_number,
        id_hash=placed.marks.id,
        register_number=row.register_number,
        register_hash=placed.marks.register,
        since=since,
        **given,
        **row.at_first,
    )


def _news(county: County, placed: Placed, known: Known) -> dict[str, Any]:
    """What the row says of a known child; what it leaves empty stays as it is."""
    row, marks = placed.row, placed.marks
    said: dict[str, Any] = {
        "name": row.name,
        "birth_on": row.birth_on,
        "school_id": county.numbers.real(placed.school.id),
        "class_id": county.numbers.real(placed.place.id),
        **row.fills,
    }
    if not row.is_roster and county.numbers.real(known.id) in county.seated_elsewhere:
        del (
            said["school_id"],
            said["class_id"],
        )  # B has said [在我校就读]; only its register is late
    if marks.id:
        said |= {"id_number": row.id_number, "id_hash": marks.id}
    if marks.register:
        said |= {"register_number": row.register_number, "register_hash": marks.register}
    return {name: value for name, value in said.items() if value is not None}


def _remember(county: County, placed: Placed, child: Student, known: Known | None) -> None:
    """Later rows find the child as it is now."""
    number = known.id if known else child.id
    county.seen.add(number)
    if placed.row.is_roster:
        county.listed[county.numbers.real(placed.place.id)].add(number)
    county.take_child(
        Known(
            number,
            placed.school.id,
            placed.place.id,
            child.name,
            child.birth_on,
            child.id_hash,
            child.register_hash,
        )
    )
