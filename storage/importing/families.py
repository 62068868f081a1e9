"""A child's family members: persons shared with brothers and sisters, never made twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rules.child.asking import ContactChange
from rules.model.people import Guardianship
from rules.model.school import Student
from storage.importing.batch import Batch
from storage.importing.county import County
from storage.importing.known import KnownPerson
from storage.importing.persons import by_phone, give_phone, make_person
from storage.importing.repairs import open_contact_check
from storage.importing.values import MemberRow
from storage.work import Reading


async def take_members(
    read: Reading,
    county: County,
    batch: Batch,
    child: Student,
    members: Sequence[MemberRow],
    family: Sequence[Guardianship],
) -> bool:
    """Write the members of one child; whether any of it is news.

    A number that is new for somebody known is for the class teacher to check (plan 二(二)1).
    """
    taken: set[int] = set()
    has_news = False
    for member in members:
        person, is_changed = await _person(read, county, batch, member, family)
        has_news |= is_changed
        if person.id not in taken:
            taken.add(person.id)
            is_new = _link(county, batch, child.id, member, (person, family))
            if is_changed and not is_new and member.phone:
                change = ContactChange("phone", county.numbers.real(person.id), member.phone)
                open_contact_check(county, batch, child, change)
            has_news |= is_new
    return has_news


async def _person(
    read: Reading,
    county: County,
    batch: Batch,
    member: MemberRow,
    family: Sequence[Guardianship],
) -> tuple[KnownPerson, bool]:
    """By phone and name, else by name within the family; else somebody new."""
    known = by_phone(county, member.name, member.phone)
    if known is not None:
        return known, False
    for one in family:
        relative = county.persons.get(one.person_id)
        if relative is not None and relative.name == member.name:
            return relative, await give_phone(read, county, batch, relative, member.phone)
    return make_person(county, batch, member.name, member.phone), True


def _link(
    county: County,
    batch: Batch,
    student_id: int,
    member: MemberRow,
    found: tuple[KnownPerson, Sequence[Guardianship]],
) -> bool:
    """The guardianship; who cares for the child is left to people once it is known."""
    person, family = found
    number = county.numbers.real(person.id)
    known = next((one for one in family if one.person_id == number), None)
    if known is None:
        batch.put(
            Guardianship(
                id=batch.numbers.new(),
                student_id=student_id,
                person_id=person.id,
                position=member.position,
                relation=member.relation,
                is_guardian=member.is_guardian,
                is_carer=member.is_carer and not any(one.is_carer for one in family),
                since=county.known_since,
            )
        )
        return True
    changed = replace(
        known,
        position=member.position,
        relation=member.relation,
        is_guardian=member.is_guardian,
    )
    if changed != known:
        batch.put(changed)
    return changed != known
