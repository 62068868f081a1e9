"""What rows are matched with, noun by noun: places, children, people.  New ones join at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from rules.identity import fold
from rules.model.people import Post
from rules.model.school import SchoolClass, Unit, UnitKind

#: So many hexadecimal digits of a phone's hash are looked at before the database is asked.
SHORT = 8
_BITS = 1 << 25


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


class Sieve:
    """Which hashes were put in: "no" is certain, of many others one in a hundred gets a "yes".

    A bit for each, where a set of a county's phones would take a hundred times as much.
    """

    def __init__(self, marks: Iterable[str] = ()) -> None:
        """`marks`: beginnings of hashes, SHORT digits each."""
        self._bits = bytearray(_BITS // 8)
        for mark in marks:
            self.add(mark)

    def add(self, mark: str) -> None:
        """Say yes to this one from now on."""
        at = int(mark, 16) % _BITS
        self._bits[at >> 3] |= 1 << (at & 7)

    def __contains__(self, mark: str) -> bool:
        """Whether it may have been put in."""
        at = int(mark, 16) % _BITS
        return bool(self._bits[at >> 3] & 1 << (at & 7))


@dataclass(kw_only=True)
class Places:
    """Units by their names, and classes."""

    units: dict[int, Unit] = field(default_factory=dict)
    unit_names: dict[str, int] = field(default_factory=dict)
    classes: dict[tuple[int, int, int], SchoolClass] = field(default_factory=dict)

    def unit(self, name: str | None, *kinds: UnitKind) -> Unit | None:
        """The unit of this name, code or alias, if it is of one of these kinds; of one that was
        merged into another, the other."""
        found = self.units.get(self.unit_names.get(plain(name or ""), 0))
        while found is not None and found.merged_into_id is not None:
            found = self.units.get(found.merged_into_id)
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


@dataclass(kw_only=True)
class Children:
    """Children by everything that tells one from another."""

    children: dict[int, Known] = field(default_factory=dict)
    by_id: dict[str, int] = field(default_factory=dict)
    by_register: dict[str, int] = field(default_factory=dict)
    by_name: dict[tuple[int, str], tuple[int, ...]] = field(default_factory=dict)

    def take_child(self, known: Known) -> None:
        """Know this child, as it now is, from now on."""
        old = self.children.get(known.id)
        if old is not None:
            place = old.school_id, old.name
            self.by_name[place] = tuple(one for one in self.by_name[place] if one != old.id)
        self.children[known.id] = known
        place = known.school_id, known.name
        self.by_name[place] = (*self.by_name.get(place, ()), known.id)
        if known.id_hash:
            self.by_id[known.id_hash] = known.id
        if known.register_hash:
            self.by_register[known.register_hash] = known.id


@dataclass(kw_only=True)
class People:
    """Staff, and the families that this batch and the one before it have met."""

    persons: dict[int, KnownPerson] = field(default_factory=dict)
    by_phone: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    posts: dict[int, list[Post]] = field(default_factory=lambda: defaultdict(list))
    posts_in: dict[int, list[Post]] = field(default_factory=lambda: defaultdict(list))
    #: Phones that the database may have; None: nobody has looked.
    phones: Sieve | None = None
    #: Persons met in this batch, and in the one before it, whose commit may be under way.
    met: set[int] = field(default_factory=set)
    met_before: set[int] = field(default_factory=set)

    def take_person(self, known: KnownPerson) -> None:
        """Know this person, as they now are, for this batch and the next; staff beyond them."""
        if known.id in self.persons:
            self._unlist(self.persons[known.id])
        self.persons[known.id] = known
        self.met.add(known.id)
        if known.phone_hash:
            self.by_phone[known.phone_hash].append(known.id)
            if self.phones is not None:
                self.phones.add(known.phone_hash[:SHORT])

    def may_be_stored(self, phone_hash: str) -> bool:
        """Whether asking the database for this phone is worth while."""
        return self.phones is None or phone_hash[:SHORT] in self.phones

    def going(self) -> list[int]:
        """Whom the batch before this one has met last: whoever reads sees them by now."""
        return [one for one in self.met_before - self.met if not self.posts.get(one)]

    def part(self) -> None:
        """A batch is over: earlier families are met again when a row names them."""
        for number in self.going():
            self._unlist(self.persons.pop(number))
        self.met_before, self.met = self.met, set()

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


def plain(name: str) -> str:
    """A name of a unit without the differences that do not count."""
    return "".join(fold(name).split())
