"""What an official paper says: read from the record once, and kept as it was shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.model.case import Reason
from rules.model.ladder import PaperKind, ServiceWay
from rules.model.people import Relation
from rules.model.school import Confirmation, EnrolmentStatus


@dataclass(frozen=True)
class ChildPart:
    """The child, without number and address."""

    name: str
    grade: int
    number: int
    sex: str | None = None  # m | f
    birth_on: date | None = None
    boards: bool = False


@dataclass(frozen=True)
class Relative:
    """One of the family; the carer may be somebody else than the guardian."""

    name: str
    relation: Relation
    is_guardian: bool = True
    is_carer: bool = False


@dataclass(frozen=True)
class AbsencePart:
    """The running absence: counted school days, and those of them without a roll call."""

    first_on: date
    counted: int
    untaken: int
    days: tuple[date, ...] = ()
    untaken_days: tuple[date, ...] = ()


@dataclass(frozen=True)
class StatusPart:
    """The enrolment status, and who confirmed it (privacy D10)."""

    status: EnrolmentStatus
    confirmation: Confirmation
    since: date | None = None
    confirmed_by: str | None = None
    confirmed_on: date | None = None


@dataclass(frozen=True)
class ContactLine:
    """One line of the persuasion log."""

    on: date
    means: str
    by: str | None
    reached: bool
    acting_for: str | None = None
    whom: str | None = None
    reason: Reason | None = None
    result: str | None = None
    agreed_on: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class ServicePart:
    """How the notice was served."""

    way: ServiceWay
    on: date
    by: str | None
    until: date | None = None
    receiver: str | None = None
    witnesses: str | None = None
    acting_for: str | None = None


@dataclass(frozen=True)
class Reference:
    """An earlier paper that this one names."""

    number: str
    on: date


@dataclass(frozen=True)
class Silence:
    """What the case went on without, and whose act that was."""

    mark: str
    on: date
    person: str | None = None


@dataclass(frozen=True)
class LateDuty:
    """A task of the case that was due before the paper was written."""

    kind: str
    due_on: date
    owner: str | None = None


@dataclass(frozen=True)
class OfficialPeriods:
    """The county's periods that papers name."""

    notice_days: int
    township_accepts: int
    joint_persuasion: int


@dataclass(frozen=True)
class PaperContent:
    """Everything that one paper says, but for its number, its date, ID number and address."""

    kind: PaperKind
    written_on: date
    school: str
    bureau: str
    child: ChildPart
    absence: AbsencePart
    status: StatusPart
    periods: OfficialPeriods
    addressee: str | None = None  # the township, or who is urged
    is_to_township: bool = False
    is_residence: bool = False  # it goes to the township where the child lives
    townships: tuple[str, ...] = ()  # all that have something to do with the case
    class_teacher: str | None = None
    responsible: str | None = None
    head: str | None = None
    section_contact: str | None = None
    township_contact: str | None = None
    relatives: tuple[Relative, ...] = ()
    contacts: tuple[ContactLine, ...] = ()
    notice: Reference | None = None
    service: ServicePart | None = None
    report: Reference | None = None
    silences: tuple[Silence, ...] = ()
    late: tuple[LateDuty, ...] = ()
    why: str | None = None  # why the present stage was reached
    words: str | None = None  # the preparer's own


@dataclass(frozen=True)
class Issue:
    """An approved paper's number, date and who signed it."""

    number: str
    on: date
    signed_by: str | None = None
    acting_for: str | None = None


@dataclass(frozen=True)
class PrivatePart:
    """What never goes through chat: for the edition that the command line writes."""

    id_number: str | None = None
    address: str | None = None
    phones: tuple[tuple[str, str], ...] = ()  # of the relatives, by name
