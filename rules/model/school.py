"""Units, classes and children."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class UnitKind(StrEnum):
    """Schools, townships and the offices of the bureau."""

    SCHOOL = "school"
    TOWNSHIP = "township"
    SECTION = "section"
    BUREAU = "bureau"


class SchoolKind(StrEnum):
    """类别 of the units table (data.md)."""

    CENTRAL_PRIMARY = "central_primary"
    VILLAGE_PRIMARY = "village_primary"
    COUNTY_PRIMARY = "county_primary"
    COUNTY_JUNIOR = "county_junior"
    TOWNSHIP_JUNIOR = "township_junior"
    PRIVATE = "private"
    SPECIAL = "special"


@dataclass(frozen=True)
class Unit:
    """A school, a township, a bureau section, or the bureau itself."""

    id: int
    kind: UnitKind
    name: str
    code: str | None = None
    school_kind: SchoolKind | None = None
    parent_id: int | None = None  # a village school's central school
    township_id: int | None = None
    merged_into_id: int | None = None  # where the children of a school that is no more are
    version: int = 1


@dataclass(frozen=True)
class SchoolClass:
    """One class of one school."""

    id: int
    school_id: int
    grade: int
    number: int
    live_binding_until: datetime | None = None  # the class teacher's [现场绑定] hour
    since: date | None = None  # of a class that was not there from the beginning
    version: int = 1


class EnrolmentStatus(StrEnum):
    """rules.md 4."""

    ENROLLED = "enrolled"
    SUSPECTED = "suspected"
    DROPOUT = "dropout"
    HOME_TEACHING = "home_teaching"
    SUSPENSION = "suspension"
    TRANSFERRED = "transferred"
    LEFT = "left"  # abroad, deceased, over age, graduated, identity error


class Confirmation(StrEnum):
    """Whether a school leader has confirmed a status that the program set (D10)."""

    CONFIRMED = "confirmed"
    AWAITED = "awaited"  # shown as 待确认
    OBJECTED = "objected"  # shown as 有异议


@dataclass(frozen=True)
class Student:
    """A child of compulsory-school age."""

    id: int
    school_id: int
    class_id: int
    name: str
    sex: str | None = None  # m | f
    birth_on: date | None = None
    id_kind: str = "1"
    id_number: str | None = None
    id_hash: str | None = None
    register_number: str | None = None
    register_hash: str | None = None
    seat: str | None = None
    boards: bool = False
    left_behind: str | None = None  # none | one | both
    health: str | None = None
    disability: str | None = None
    address: str | None = None
    status: EnrolmentStatus = EnrolmentStatus.ENROLLED
    status_on: date | None = None
    confirmation: Confirmation = Confirmation.CONFIRMED
    suspected_on: date | None = None  # first day of the present suspicion; the month starts here
    on_roster: bool = True
    since: datetime | None = None  # when the program learnt of the child; None: from the beginning
    version: int = 1

    @property
    def is_disabled(self) -> bool:
        """By the register, which says "none" of all others."""
        return self.disability not in (None, "none")


@dataclass(frozen=True)
class PastPupil:
    """What the register said of a child until it was corrected: what ledgers print."""

    id: int
    student_id: int
    until: datetime
    name: str
    sex: str | None
    birth_on: date | None
    id_number: str | None
    register_number: str | None
    disability: str | None
    left_behind: str | None
    version: int = 1


@dataclass(frozen=True)
class PastPlace:
    """Where a child was until it moved to another class or school."""

    id: int
    student_id: int
    school_id: int
    class_id: int
    until: datetime
    version: int = 1


@dataclass(frozen=True)
class StatusChange:
    """One step in a child's enrolment history (rules.md 4)."""

    id: int
    student_id: int
    case_id: int | None
    old: EnrolmentStatus
    new: EnrolmentStatus
    effective_on: date
    at: datetime
    by: int | None
    confirmed_by: int | None = None
    confirmed_at: datetime | None = None
    objection: str | None = None
    version: int = 1


class CategoryKind(StrEnum):
    """rules.md 10: they raise priority, not the tone, and never appear in chat with guardians."""

    MONITORED = "monitored"  # 建档立卡脱贫户及监测对象
    ORPHAN = "orphan"
    UNSUPPORTED = "unsupported"  # 事实无人抚养
    DISABLED = "disabled"
    LEFT_BEHIND = "left_behind"  # by civil affairs; the register's flag stands at the child
    MIGRANT = "migrant"
    IN_DIFFICULTY = "in_difficulty"


@dataclass(frozen=True)
class Category:
    """A child belongs to a group from one day to another, and who says so."""

    id: int
    student_id: int
    kind: CategoryKind
    from_on: date | None = None
    to_on: date | None = None
    source: str | None = None
    version: int = 1


@dataclass(frozen=True)
class WeekSentence:
    """The class teacher's one sentence of a week, for families who get the Friday total."""

    id: int
    class_id: int
    on: date
    text: str
    by: int
    at: datetime
    version: int = 1
