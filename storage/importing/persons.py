"""Finding the person that a row means: by phone, else by name in the unit; or making them."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from rules.model.people import Person, Post, Role
from storage.importing.batch import Batch
from storage.importing.county import County
from storage.importing.flaws import ImportFlaw
from storage.importing.known import KnownPerson
from storage.tables.people import people
from storage.work import Reading


async def record_of(read: Reading, county: County, batch: Batch, person_id: int) -> Person:
    """The whole record of a person; LookupError when it is gone.

    Somebody whom only a dry run knows has no more than what matching needs.
    """
    waiting = batch.of(Person).get(person_id)
    if waiting is not None:
        return waiting
    written = county.under_way.as_left(Person, person_id) if county.under_way else None
    if written is not None:
        return written
    number = county.numbers.real(person_id)
    if number < 0:
        known = county.persons[person_id]
        return Person(known.id, known.name, None, known.phone_hash)
    found = await read.one(select(people).where(people.c.id == number), Person)
    if found is None:
        raise LookupError(f"person {number}")
    return found


def make_person(county: County, batch: Batch, name: str, phone: str | None) -> KnownPerson:
    """A new person."""
    mark = county.phone_mark(phone) if phone else None
    person = batch.put(Person(batch.numbers.new(), name, phone, mark))
    known = KnownPerson(person.id, name, mark)
    county.take_person(known)
    return known


async def give_phone(
    read: Reading, county: County, batch: Batch, known: KnownPerson, phone: str | None
) -> bool:
    """The person has this phone now; whether that is news."""
    mark = county.phone_mark(phone) if phone else None
    if mark is None or mark == known.phone_hash:
        return False
    record = await record_of(read, county, batch, known.id)
    batch.put(replace(record, phone=phone, phone_hash=mark))
    county.take_person(KnownPerson(known.id, known.name, mark))
    return True


def by_phone(county: County, name: str, phone: str | None) -> KnownPerson | None:
    """The person with this phone and name."""
    for one in with_phone(county, phone):
        if one.name == name:
            return one
    return None


def with_phone(county: County, phone: str | None) -> list[KnownPerson]:
    """Everybody who has this phone."""
    if phone is None:
        return []
    ids = county.by_phone.get(county.phone_mark(phone))
    return [county.persons[one] for one in ids] if ids else []


def staff_with_phone(county: County, phone: str | None) -> KnownPerson | None:
    """The one who has this phone and holds a post."""
    return next((one for one in with_phone(county, phone) if county.posts.get(one.id)), None)


def namesake(county: County, unit_id: int, name: str) -> KnownPerson | ImportFlaw:
    """The one person of this name in this unit."""
    found = county.namesakes_in(unit_id, name)
    if len(found) == 1:
        return county.persons[found[0]]
    return ImportFlaw.PERSONS if found else ImportFlaw.PERSON


def ensure_post(
    county: County,
    batch: Batch,
    person_id: int,
    role: Role,
    unit_id: int,
    class_id: int | None = None,
) -> tuple[Post, bool]:
    """The post, and whether it had to be made."""
    for post in county.posts.get(person_id, ()):
        same = (post.role, post.unit_id, post.class_id) == (role, unit_id, class_id)
        if same and county.is_held(post):
            return post, False
        if same:
            again = batch.put(replace(post, to_on=None, version=post.version))
            county.posts[person_id].remove(post)
            county.posts_in[unit_id].remove(post)
            county.take_post(again)
            return again, True
    post = batch.add(Post(0, person_id, role, unit_id, class_id))
    county.take_post(post)
    return post, True
