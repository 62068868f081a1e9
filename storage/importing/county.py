"""What the county has already, as far as rows are matched with it; read once per import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from rules.calendar import Calendar
from rules.identity import fold
from rules.model.case import Task
from rules.model.people import Pairing, Post, Role
from rules.model.school import SchoolClass, Unit, UnitKind
from rules.policy import Policy
from storage.importing.batch import Numbers
from storage.importing.records import DayRecord, Review, TermRecord, UnitAlias
from storage.lookups import phone_hash
from storage.sealing import Vault
from storage.tables import cases, people, school
from storage.work import Reading

REPAIR = "data_repair"


@dataclass(frozen=True, slots=True)
class Known:
    """A child as far as matching needs it."""

    id: int
    school_id: int
    class_id: int
    name: str
    birth_on: date | None
    id_hash: str | None
    register_hash: str | None


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person likewise."""

    id: int
    name: str
    phone_hash: str | None


@dataclass
class County:
    """Everything that an import looks things up in; new rows join at once, under placeholders."""

    vault: Vault
    calendar: Calendar
    now: datetime
    policy: Policy
    is_new: bool = False
    numbers: Numbers = field(default_factory=Numbers)
    units: dict[int, Unit] = field(default_factory=dict)
    unit_names: dict[str, int] = field(default_factory=dict)
    classes: dict[tuple[int, int, int], SchoolClass] = field(default_factory=dict)
    children: dict[int, Known] = field(default_factory=dict)
    by_id: dict[str, int] = field(default_factory=dict)
    by_register: dict[str, int] = field(default_factory=dict)
    by_name: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    persons: dict[int, KnownPerson] = field(default_factory=dict)
    by_phone: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    posts: dict[int, list[Post]] = field(default_factory=lambda: defaultdict(list))
    posts_in: dict[int, list[Post]] = field(default_factory=lambda: defaultdict(list))
    pairings: dict[tuple[str, int, str], Pairing] = field(default_factory=dict)
    terms: dict[tuple[str, int | None], TermRecord] = field(default_factory=dict)
    days: dict[tuple[date, int | None], DayRecord] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    repairs: dict[str, Task] = field(default_factory=dict)
    repaired: set[tuple[str, str]] = field(default_factory=set)
    #: Children, and staff, that a row of this table has been matched with.
    seen: set[int] = field(default_factory=set)
    #: Posts and pairings that a row of this table has named.
    confirmed: set[int] = field(default_factory=set)
    #: Identity numbers of new children, by placeholder: a dry run finds them nowhere else.
    planned: dict[int, str | None] = field(default_factory=dict)
    #: Persons met in this batch; those without a post are not kept beyond it.
    met: set[int] = field(default_factory=set)
    #: Children listed on the roster of a class in this import.
    listed: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def today(self) -> date:
        """The county's date."""
        return self.calendar.local_date(self.now)

    def unit(self, name: str | None, *kinds: UnitKind) -> Unit | None:
        """The unit of this name, code or alias, if it is of one of these kinds."""
        found = self.units.get(self.unit_names.get(plain(name or ""), 0))
        return found if found and (not kinds or found.kind in kinds) else None

    def school(self, name: str | None) -> Unit | None:
        """The school of this name or code."""
        return self.unit(name, UnitKind.SCHOOL)

    def take_unit(self, unit: Unit) -> None:
        """Know this unit from now on."""
        self.units[unit.id] = unit
        for name in filter(None, (unit.name, unit.code)):
            self.unit_names[plain(name)] = unit.id

    def take_class(self, one: SchoolClass) -> None:
        """Know this class from now on."""
        self.classes[one.school_id, one.grade, one.number] = one

    def take_child(self, known: Known) -> None:
        """Know this child, as it now is, from now on."""
        old = self.children.get(known.id)
        if old is not None:
            self.by_name[old.school_id, old.name].remove(old.id)
        self.children[known.id] = known
        self.by_name[known.school_id, known.name].append(known.id)
        if known.id_hash:
            self.by_id[known.id_hash] = known.id
        if known.register_hash:
            self.by_register[known.register_hash] = known.id

    def take_person(self, known: KnownPerson) -> None:
        """Know this person, as they now are, for this batch; staff beyond it."""
        if known.id in self.persons:
            self._unlist(self.persons[known.id])
        self.persons[known.id] = known
        self.met.add(known.id)
        if known.phone_hash:
            self.by_phone[known.phone_hash].append(known.id)

    def part(self) -> None:
        """A batch is over: families are met again when a row names them."""
        for number in self.met:
            if not self.posts.get(number):
                self._unlist(self.persons.pop(number))
        self.met.clear()

    def _unlist(self, known: KnownPerson) -> None:
        """Nobody finds this person by this phone any more."""
        mark = known.phone_hash
        if mark in self.by_phone:
            self.by_phone[mark].remove(known.id)
            if not self.by_phone[mark]:
                del self.by_phone[mark]

    def take_post(self, post: Post) -> None:
        """Know this post from now on."""
        self.posts[post.person_id].append(post)
        self.posts_in[post.unit_id].append(post)

    def holder(self, unit_id: int | None, role: Role) -> int | None:
        """Who holds this post in this unit today."""
        if unit_id is None:
            return None
        fits = (one for one in self.posts_in[unit_id] if one.role is role and self.is_held(one))
        return next((one.person_id for one in fits), None)

    def is_held(self, post: Post) -> bool:
        """Whether the post is not over."""
        return post.to_on is None or post.to_on >= self.today

    def namesakes_in(self, unit_id: int, name: str) -> list[int]:
        """The persons of this name who hold a post in this unit."""
        found = {one.person_id for one in self.posts_in[unit_id] if self.is_held(one)}
        return sorted(one for one in found if self.persons[one].name == name)

    def forget_table(self) -> None:
        """Another table begins: what rows of the last one have named does not matter to it."""
        self.seen.clear()
        self.confirmed.clear()
        self.listed.clear()

    def settle(self, stored: dict[int, int]) -> None:
        """A batch is written: placeholders have become ids, and the records are found there."""
        self.numbers.stored |= stored
        self.planned.clear()


def plain(name: str) -> str:
    """A name of a unit without the differences that do not count."""
    return "".join(fold(name).split())


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
    for review in await read.all(select(school.reviews), Review):
        county.reviews[review.fingerprint] = review


async def _load_repairs(read: Reading, county: County) -> None:
    for task in await read.all(select(cases.tasks).where(cases.tasks.c.kind == REPAIR), Task):
        if task.state == "open":
            county.repairs[task.subject] = task
        else:
            county.repaired.add((task.subject, task.note or ""))


async def _load_people(read: Reading, county: County) -> None:
    """Staff; families are met batch by batch."""
    holders = select(people.posts.c.person_id)
    await _meet(read, county, people.people.c.id.in_(holders))
    for post in await read.all(select(people.posts).order_by(people.posts.c.id), Post):
        if post.person_id in county.persons:
            county.take_post(post)
    county.met.clear()


async def meet_people(
    read: Reading, county: County, phones: Iterable[str | None], ids: Iterable[int] = ()
) -> None:
    """Know whoever has one of these phones or numbers."""
    marks = {phone_hash(county.vault, phone) for phone in phones if phone}
    table = people.people
    await _meet(read, county, or_(table.c.phone_hash.in_(marks), table.c.id.in_(set(ids))))


async def _meet(read: Reading, county: County, who: ColumnElement[bool]) -> None:
    table = people.people
    known = {county.numbers.real(number) for number in county.persons}
    query = select(table.c.id, table.c.name, table.c.phone_hash)
    query = query.where(table.c.left_on.is_(None), who).order_by(table.c.id)
    for row in (await read.execute(query)).rows:
        if row[0] not in known:
            county.take_person(KnownPerson(*row))


async def _load_rest(read: Reading, county: County) -> None:
    table = people.pairings
    for pairing in await read.all(select(table).order_by(table.c.id), Pairing):
        if pairing.to_on is None or pairing.to_on >= county.today:
            county.pairings[pairing.scope, pairing.scope_id, pairing.level] = pairing
    for term in await read.all(select(school.terms), TermRecord):
        county.terms[term.name, term.school_id] = term
    query = select(school.days).where(school.days.c.scope != "official")
    for day in await read.all(query, DayRecord):
        county.days[day.on, day.school_id] = day


def bumped(record: Any) -> Any:
    """A record as it stands after it was changed once."""
    return replace(record, version=record.version + 1)


def chunks(rows: Iterable[Any], size: int) -> Iterable[list[Any]]:
    """Lists of up to `size` rows."""
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
