"""The pairing table: who answers at which level for a child, a class or a school."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from rules.model.people import Pairing, PairingLevel, PairingScope, Role
from rules.model.school import Unit, UnitKind
from storage.importing.batch import Batch
from storage.importing.county import County
from storage.importing.flaws import Fate, Flawed, ImportFlaw, Verdict, fate_of
from storage.importing.known import KnownPerson
from storage.importing.matching import one_child
from storage.importing.persons import (
    by_phone,
    ensure_post,
    make_person,
    namesake,
    staff_with_phone,
)
from storage.importing.units import ensure_class, ensure_unit
from storage.importing.values import NamedRow, PairingRow

ROLES = {
    PairingLevel.TEACHER: Role.TEACHER,
    PairingLevel.LEADER: Role.LEADER,
    PairingLevel.SECTION: Role.SECTION,
    PairingLevel.BUREAU_LEADER: Role.BUREAU_LEADER,
    PairingLevel.TOWNSHIP: Role.TOWNSHIP,
}
COLUMNS = {
    PairingLevel.TEACHER: "teacher",
    PairingLevel.LEADER: "leader",
    PairingLevel.SECTION: "section_contact",
    PairingLevel.BUREAU_LEADER: "bureau_leader",
    PairingLevel.TOWNSHIP: "township_contact",
}


def take_pairing(county: County, batch: Batch, row: PairingRow, bureau: str) -> Verdict:
    """One row; `bureau` is the name of the bureau where none is known yet."""
    school = county.school(row.school)
    if school is None:
        return Verdict(Fate.REFUSED, (Flawed("school", ImportFlaw.SCHOOL),))
    scope = _scope(county, batch, row, school)
    if isinstance(scope, ImportFlaw):
        return Verdict(Fate.REFUSED, (Flawed("name", scope),))
    flaws: list[Flawed] = []
    fates = {Fate.UNCHANGED}
    for level, named in row.levels.items():
        unit = _unit_of(county, batch, row, level, school, bureau)
        person = _person(county, batch, named, level, unit)
        if isinstance(person, ImportFlaw):
            flaws.append(Flawed(COLUMNS[level], person))
        else:
            fates.add(_pair(county, batch, scope, level, person.id))
    fate = fate_of(is_new=Fate.NEW in fates, is_changed=Fate.CHANGED in fates)
    return Verdict(fate, tuple(flaws))


def _scope(
    county: County, batch: Batch, row: PairingRow, school: Unit
) -> tuple[PairingScope, int] | ImportFlaw:
    if row.is_child:
        child = one_child(county, row, school.id)
        return child if isinstance(child, ImportFlaw) else (PairingScope.STUDENT, child)
    if row.class_key is None:
        return PairingScope.SCHOOL, school.id
    return PairingScope.CLASS, ensure_class(county, batch, school, row.class_key).id


def _unit_of(
    county: County,
    batch: Batch,
    row: PairingRow,
    level: PairingLevel,
    school: Unit,
    bureau: str,
) -> Unit:
    """Where the person of this column works."""
    if level in (PairingLevel.TEACHER, PairingLevel.LEADER):
        return school
    if level is PairingLevel.SECTION and row.section:
        return ensure_unit(county, batch, UnitKind.SECTION, row.section)
    if level is PairingLevel.TOWNSHIP:
        known = county.units.get(school.township_id or 0)
        if row.township or known is None:
            return ensure_unit(county, batch, UnitKind.TOWNSHIP, row.township or school.name)
        return known
    offices = (one for one in county.units.values() if one.kind is UnitKind.BUREAU)
    return next(offices, None) or ensure_unit(county, batch, UnitKind.BUREAU, bureau)


def _person(
    county: County, batch: Batch, named: NamedRow, level: PairingLevel, unit: Unit
) -> KnownPerson | ImportFlaw:
    """The person named; one whom no staff table named is taken from here."""
    if named.phone is None:
        return namesake(county, unit.id, named.name)
    known = by_phone(county, named.name, named.phone)
    if known is None and staff_with_phone(county, named.phone) is not None:
        return ImportFlaw.PHONE
    if known is None:
        alone = namesake(county, unit.id, named.name)
        if isinstance(alone, KnownPerson) and alone.phone_hash is None:
            return alone
    known = known or make_person(county, batch, named.name, named.phone)
    if not county.posts.get(known.id):
        ensure_post(county, batch, known.id, ROLES[level], unit.id)
    return known


def _pair(
    county: County,
    batch: Batch,
    scope: tuple[PairingScope, int],
    level: PairingLevel,
    person_id: int,
) -> Fate:
    key = (scope[0], scope[1], level)
    found = county.pairings.get(key)
    if found is not None and county.numbers.real(found.person_id) == county.numbers.real(
        person_id
    ):
        return Fate.UNCHANGED
    if found is None:
        county.pairings[key] = batch.add(Pairing(0, *scope, level, person_id))
        return Fate.NEW
    if found.id in county.confirmed:  # this table has named somebody else already
        return Fate.UNCHANGED
    county.pairings[key] = _succeed(county, batch, found, person_id)
    county.confirmed.add(county.pairings[key].id)
    return Fate.CHANGED


def _succeed(county: County, batch: Batch, old: Pairing, person_id: int) -> Pairing:
    """Somebody else from today on; before the first run, from the beginning."""
    if county.is_new or old.id < 0:
        return batch.put(replace(old, person_id=person_id))
    batch.put(replace(old, to_on=county.today - timedelta(days=1)))
    return batch.add(replace(old, person_id=person_id, from_on=county.today, version=1))
