"""From lines of the pairing table and posts to the rungs of a chain (rules.md 6, The chain)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rules.chain import Chain, Rung
from rules.model.people import Level, Pairing, PairingLevel, PairingScope, Post, Role

NARROWEST_FIRST = tuple(PairingScope)


@dataclass(frozen=True)
class Place:
    """Where a chain begins: a child, a class, a school, or the bureau (no school)."""

    student_id: int | None = None
    class_id: int | None = None
    school_id: int | None = None
    township_id: int | None = None
    parent_id: int | None = None
    is_village: bool = False

    @property
    def scopes(self) -> dict[PairingScope, int]:
        """The lines of the pairing table that may cover this place, narrowest first."""
        ids = (self.student_id, self.class_id, self.school_id, self.township_id)
        pairs = zip(NARROWEST_FIRST, ids, strict=True)
        return {scope: one for scope, one in pairs if one is not None}


@dataclass(frozen=True)
class Found:
    """What the tables say about some places on a day."""

    lines: tuple[Pairing, ...]
    posts: tuple[Post, ...]
    persons: Mapping[int, Rung]

    def paired(self, place: Place, level: PairingLevel) -> int | None:
        """The narrowest line wins; of equal ones the oldest."""
        lines = [one for one in self.lines if one.level is level]
        for scope, scope_id in place.scopes.items():
            for line in lines:
                if line.scope is scope and line.scope_id == scope_id:
                    return line.person_id
        return None

    def holders(self, role: Role, unit_id: int | None = None) -> tuple[int, ...]:
        """Who holds a post, in a unit or anywhere."""
        held = [one for one in self.posts if one.role is role and unit_id in (None, one.unit_id)]
        return tuple(dict.fromkeys(one.person_id for one in held))

    def class_teacher(self, place: Place) -> int | None:
        """The class teacher of the place's class."""
        taught = (
            post.person_id
            for post in self.posts
            if post.role is Role.CLASS_TEACHER and post.class_id == place.class_id
        )
        return next(taught, None) if place.class_id else None

    def responsible_teacher(self, place: Place) -> int | None:
        """The paired teacher, or else the class teacher."""
        return self.paired(place, PairingLevel.TEACHER) or self.class_teacher(place)

    def rung(self, level: Level, person_id: int | None, unit_id: int | None) -> Rung:
        """The place of a person at a level; a vacancy for None."""
        known = self.persons.get(person_id or 0, Rung(level))
        return replace(known, level=level, unit_id=unit_id)


def build_chain(place: Place, found: Found) -> Chain:
    """Owner, leader, head, section, bureau leader, as far as the place has them."""
    section = _bureau_rung(place, found, Level.SECTION)
    rungs = (
        *(_school_rungs(place, found) if place.school_id else ()),
        section,
        _bureau_rung(place, found, Level.BUREAU_LEADER),
    )
    sections = (section.person_id,) if section.person_id else ()
    return Chain(
        rungs,
        admin_ids=found.holders(Role.ADMIN),
        section_ids=sections or found.holders(Role.EDUCATION_SECTION),
    )


def _school_rungs(place: Place, found: Found) -> tuple[Rung, ...]:
    """Owner, leader and head.

    A leader is missed only where there is a class: clerks need none.
    """
    own = _responsible(place, found)
    leader = found.paired(place, PairingLevel.LEADER) or (own if place.is_village else None)
    has_leader = leader is not None or place.class_id is not None
    return (
        found.rung(Level.OWNER, found.responsible_teacher(place), place.school_id),
        *([found.rung(Level.LEADER, leader, place.school_id)] if has_leader else []),
        *(
            found.rung(Level.HEAD, one, place.school_id)
            for one in _heads(place, found, own, leader)
        ),
    )


def _responsible(place: Place, found: Found) -> int | None:
    """The head; in a village school without one, whoever leads it."""
    own = first_of(found.holders(Role.HEAD, place.school_id))
    if own is None and place.is_village:
        return first_of(found.holders(Role.LEADER, place.school_id))
    return own


def _heads(
    place: Place, found: Found, own: int | None, leader: int | None
) -> tuple[int | None, ...]:
    """The head.  In a village school its own responsible person, unless that person stands at
    the leader's level already, and the central school's head (rules.md 6, The chain)."""
    if not place.is_village:
        return (own,)
    central = first_of(found.holders(Role.HEAD, place.parent_id)) if place.parent_id else None
    heads = (own if own != leader else None, central)
    return tuple(one for one in heads if one is not None) or (None,)


def _bureau_rung(place: Place, found: Found, level: Level) -> Rung:
    """Who is paired to the school or its township; above the bureau's own people, any of them."""
    is_section = level is Level.SECTION
    column = PairingLevel.SECTION if is_section else PairingLevel.BUREAU_LEADER
    person = found.paired(place, column)
    if person is None and place.school_id is None:
        role = Role.EDUCATION_SECTION if is_section else Role.BUREAU_LEADER
        person = first_of(found.holders(role))
    return found.rung(level, person, place.township_id or place.school_id)


def first_of(persons: Iterable[int]) -> int | None:
    """The first of some people, if there is one."""
    return next(iter(persons), None)
