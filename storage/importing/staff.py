"""Staff: persons with their posts (data.md, staff)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from rules.model.people import Person, Role
from rules.model.school import Unit, UnitKind
from storage.importing.batch import Batch
from storage.importing.county import County
from storage.importing.flaws import ImportFlaw, Verdict, fate_of, refused
from storage.importing.known import KnownPerson
from storage.importing.persons import (
    by_phone,
    ensure_post,
    give_phone,
    make_person,
    namesake,
    record_of,
    staff_with_phone,
)
from storage.importing.units import ensure_class, ensure_unit
from storage.importing.values import StaffRow
from storage.work import Reading

#: Where people of these roles work; everybody else works in a school.
WORKS_IN = {
    Role.SECTION: UnitKind.SECTION,
    Role.EDUCATION_SECTION: UnitKind.SECTION,
    Role.TOWNSHIP: UnitKind.TOWNSHIP,
    Role.BUREAU_LEADER: UnitKind.BUREAU,
    Role.INSPECTOR: UnitKind.BUREAU,
    Role.ADMIN: UnitKind.BUREAU,
}


async def take_staff(read: Reading, county: County, batch: Batch, row: StaffRow) -> Verdict:
    """One row: the person, and each of the posts."""
    unit = unit_for(county, batch, row.unit, row.roles[0])
    if unit is None:
        return refused("unit", ImportFlaw.SCHOOL)
    found = await _person(read, county, batch, row, unit)
    if isinstance(found, ImportFlaw):
        return refused("name", found)
    person, is_new, is_changed = found
    for role in row.roles:
        is_changed |= _take_post(county, batch, person, role, unit, row)
    return Verdict(fate_of(is_new=is_new, is_changed=is_changed))


def unit_for(county: County, batch: Batch, name: str, role: Role) -> Unit | None:
    """The unit that is meant; offices and townships are made, schools are not."""
    found = county.unit(name)
    kind = WORKS_IN.get(role)
    if found is not None or kind is None:
        return found
    return ensure_unit(county, batch, kind, name)


async def _person(
    read: Reading, county: County, batch: Batch, row: StaffRow, unit: Unit
) -> tuple[KnownPerson, bool, bool] | ImportFlaw:
    """Who it is, whether they are new, and whether something about them changed."""
    known = by_phone(county, row.name, row.phone)
    if known is not None:
        return known, False, False
    renamed = staff_with_phone(county, row.phone)
    if renamed is not None:
        return await _renamed(read, county, batch, renamed, row.name), False, True
    found = namesake(county, unit.id, row.name)
    if found is ImportFlaw.PERSON or (found is ImportFlaw.PERSONS and row.phone):
        return make_person(county, batch, row.name, row.phone), True, True
    if isinstance(found, ImportFlaw):
        return found
    if found.phone_hash and row.phone and found.id in county.seen:
        return make_person(county, batch, row.name, row.phone), True, True
    changed = await give_phone(read, county, batch, found, row.phone)
    return county.persons[found.id], False, changed


async def _renamed(
    read: Reading, county: County, batch: Batch, known: KnownPerson, name: str
) -> KnownPerson:
    if known.id in county.seen:  # two names for one phone in one table: two people
        return known
    record: Person = await record_of(read, county, batch, known.id)
    batch.put(replace(record, name=name))
    renamed = KnownPerson(known.id, name, known.phone_hash)
    county.take_person(renamed)
    return renamed


def _take_post(
    county: County, batch: Batch, person: KnownPerson, role: Role, unit: Unit, row: StaffRow
) -> bool:
    county.seen.add(person.id)
    class_id = None
    if role is Role.CLASS_TEACHER:
        if row.class_key is None:
            return False
        class_id = ensure_class(county, batch, unit, row.class_key).id
    post, is_new = ensure_post(county, batch, person.id, role, unit.id, class_id)
    county.confirmed.add(post.id)
    if is_new and class_id is not None:
        _succeed(county, batch, class_id, post.id)
    return is_new


def _succeed(county: County, batch: Batch, class_id: int, post_id: int) -> None:
    """A class has one class teacher: who had it before and is not in this table has it no more."""
    for held in list(county.posts.values()):
        for post in list(held):
            is_other = post.class_id == class_id and post.id != post_id
            if is_other and county.is_held(post) and post.id not in county.confirmed:
                ended = batch.put(replace(post, to_on=county.today - timedelta(days=1)))
                held[held.index(post)] = ended
