"""Who people are: persons, the posts they hold, and who answers for which child."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum


class Role(StrEnum):
    """A post that a person holds in a unit (mission.md, People)."""

    GUARDIAN = "guardian"
    CLASS_TEACHER = "class_teacher"
    TEACHER = "teacher"
    LEADER = "leader"
    HEAD = "head"
    REPORT_CLERK = "report_clerk"
    REGISTER_CLERK = "register_clerk"
    SECTION = "section"
    EDUCATION_SECTION = "education_section"
    BUREAU_LEADER = "bureau_leader"
    TOWNSHIP = "township"
    INSPECTOR = "inspector"
    ADMIN = "admin"


class Level(IntEnum):
    """The rungs of the pairing chain, from the owner of a task upward (rules.md 6)."""

    OWNER = 0
    LEADER = 1
    HEAD = 2
    SECTION = 3
    BUREAU_LEADER = 4


@dataclass(frozen=True)
class Person:
    """A human being whom the program may have to reach."""

    id: int
    name: str
    phone: str | None = None
    phone_hash: str | None = None
    language: str = "zh"
    chat_id: int | None = None
    bound_at: datetime | None = None
    blocked_at: datetime | None = None
    stopped_at: datetime | None = None
    left_on: date | None = None
    version: int = 1

    @property
    def is_reachable(self) -> bool:
        """Whether a message to this person can arrive: bound, not blocked, not left."""
        return self.chat_id is not None and self.blocked_at is None and self.left_on is None


@dataclass(frozen=True)
class Post:
    """One role of one person in one unit; class teachers also name their class."""

    id: int
    person_id: int
    role: Role
    unit_id: int
    class_id: int | None = None
    from_on: date | None = None
    to_on: date | None = None
    version: int = 1


class PairingScope(StrEnum):
    """What a line of the pairing table covers; the narrowest line wins."""

    STUDENT = "student"
    CLASS = "class"
    SCHOOL = "school"
    TOWNSHIP = "township"


class PairingLevel(StrEnum):
    """The columns of the pairing table (包保责任表)."""

    TEACHER = "teacher"
    LEADER = "leader"
    SECTION = "section"
    BUREAU_LEADER = "bureau_leader"
    TOWNSHIP = "township"


@dataclass(frozen=True)
class Pairing:
    """Who answers at one level for one child, class, school or township (plan 二(三))."""

    id: int
    scope: PairingScope
    scope_id: int
    level: PairingLevel
    person_id: int
    from_on: date | None = None
    to_on: date | None = None
    version: int = 1


@dataclass(frozen=True)
class Deputy:
    """Who acts for an absent person from one day to another, both included (rules.md 6, Away)."""

    id: int
    person_id: int
    deputy_id: int
    from_on: date
    to_on: date
    named_by: int
    ended_at: datetime | None = None
    version: int = 1


class Relation(StrEnum):
    """How a guardian is related to the child (成员关系)."""

    FATHER = "father"
    MOTHER = "mother"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    OTHER = "other"


class GuardianState(StrEnum):
    """How far one guardian's chat is linked to one child."""

    UNBOUND = "unbound"
    CLAIMED = "claimed"  # said who they are and agreed; the class teacher has not confirmed yet
    BOUND = "bound"
    PHONE_ONLY = "phone_only"  # refused the chat channel; nobody asks again
    STOPPED = "stopped"
    WRONG_PERSON = "wrong_person"


class ContactFlag(StrEnum):
    """Whether a guardian may be written to; never visible to guardians (rules.md 5, D18)."""

    NORMAL = "normal"
    EMERGENCIES = "emergencies"
    NO_CONTACT = "no_contact"


@dataclass(frozen=True)
class Guardianship:
    """One guardian of one child; guardian, actual carer and phone owner may be three people."""

    id: int
    student_id: int
    person_id: int
    position: int = 1
    relation: Relation = Relation.OTHER
    is_guardian: bool = True
    is_carer: bool = False
    parent_consent: bool = False  # a parent has agreed to the carer's chat (chat or paper)
    state: GuardianState = GuardianState.UNBOUND
    claimed_at: datetime | None = None
    confirmed_by: int | None = None
    confirmed_at: datetime | None = None
    flag: ContactFlag = ContactFlag.NORMAL
    flag_pending: ContactFlag | None = None  # set by the teacher, waits for the leader
    since: datetime | None = None  # when the program learnt of it; None: from the beginning
    version: int = 1


@dataclass(frozen=True)
class PastLink:
    """How far a guardian's chat was linked to the child until the moment at which it changed."""

    id: int
    guardianship_id: int
    state: GuardianState
    until: datetime
    version: int = 1


@dataclass(frozen=True)
class Invite:
    """A one-time code, stored hashed (data.md, Binding)."""

    id: int
    code_hash: str
    person_id: int
    guardianship_id: int | None
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by_chat: int | None = None
    revoked_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True)
class Consent:
    """That a person agreed or refused, to which text, when and how (D1)."""

    id: int
    person_id: int
    guardianship_id: int | None
    text_version: str
    agreed: bool
    way: str  # chat | paper | parent_chat
    at: datetime
    chat_id: int | None = None
    withdrawn_at: datetime | None = None
    version: int = 1
