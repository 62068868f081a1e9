"""The rows of all tables as this room takes them: read, checked, in our own codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rules.model.case import Stage
from rules.model.people import PairingLevel, Relation, Role
from rules.model.school import CategoryKind, EnrolmentStatus, SchoolKind

ClassKey = tuple[int, int]
"""Grade and number."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A school."""

    name: str
    code: str | None
    school_kind: SchoolKind | None
    parent: str | None
    township: str | None


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person, the posts of one row."""

    name: str
    unit: str
    roles: tuple[Role, ...]
    phone: str | None
    class_key: ClassKey | None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A family member of a child."""

    name: str
    phone: str | None
    relation: Relation
    position: int
    is_guardian: bool
    is_carer: bool


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A child in a register or on a roster.

    `fills`: fields of the child that the row knows; `at_first`: fields that hold for a new child
    only; `has_flaws`: a value was left empty because it was wrong.
    """

    school: str
    class_key: ClassKey
    name: str
    id_number: str | None
    register_number: str | None
    birth_on: date | None
    fills: Mapping[str, Any] = field(default_factory=dict)
    at_first: Mapping[str, Any] = field(default_factory=dict)
    members: tuple[MemberRow, ...] = ()
    is_roster: bool = False
    flaws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A person as the pairing table names them."""

    name: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class PairingRow:
    """Who answers for a child, a class or a school."""

    school: str
    class_key: ClassKey | None
    name: str | None
    id_number: str | None
    register_number: str | None
    levels: Mapping[PairingLevel, NamedRow]
    section: str | None
    township: str | None

    @property
    def is_child(self) -> bool:
        """Whether it is about one child."""
        return bool(self.name or self.id_number or self.register_number)


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term."""

    name: str
    starts_on: date
    ends_on: date
    school: str | None


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day opened or closed."""

    on: date
    is_open: bool
    label: str
    school: str | None


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One child on one day; `claim` is present, absent, sick or family."""

    on: date
    school: str
    class_key: ClassKey
    name: str | None
    id_number: str | None
    register_number: str | None
    claim: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A running case; the child by its numbers, whoever is responsible by name (and phone)."""

    id_number: str | None
    register_number: str | None
    status: EnrolmentStatus
    since: date
    stage: Stage
    responsible: NamedRow | None
    last_contact_on: date | None


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """Groups that a child belongs to."""

    id_number: str | None
    register_number: str | None
    kinds: tuple[CategoryKind, ...]
    from_on: date | None
    to_on: date | None
    source: str | None


@dataclass(frozen=True, slots=True)
class EligibleRow:
    """A child of the age-eligible list; `fills`: what the row knows besides the name."""

    township: str | None
    village: str
    name: str
    birth_on: date | None
    id_number: str | None
    written: str | None
    fills: Mapping[str, Any]
    sources: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
