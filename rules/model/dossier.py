"""A case on paper (一生一案): what storage reads, and what the printable page shows.

People stand by name, everything that has words by its code; numbers of people are masked already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Kin:
    """One guardian of the child."""

    name: str
    relation: str
    is_carer: bool
    phone: str | None
    is_bound: bool


@dataclass(frozen=True)
class ChildSheet:
    """Whom the case is about, as the reader may see it."""

    name: str
    sex: str | None
    birth_on: date | None
    id_number: str | None
    register_number: str | None
    school: str
    township: str | None
    grade: int
    number: int
    boards: bool
    status: str
    confirmation: str
    kin: tuple[Kin, ...]


@dataclass(frozen=True)
class CaseSheet:
    """How the case stands."""

    id: int
    stage: str
    state: str
    opened_at: datetime
    first_absent_on: date
    counted: int
    untaken: int
    round: int
    responsible: str | None
    marks: tuple[str, ...]
    watch_until: date | None
    ended_as: str | None
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True)
class DutyLine:
    """Who answered at one level, and when."""

    level: str
    scope: str
    place: str
    who: str
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True)
class TaskLine:
    """One task, whose it was, and what became of it."""

    kind: str
    owner: str
    opened_at: datetime
    due_at: datetime
    state: str
    done_at: datetime | None
    done_by: str | None
    acting_for: str | None
    outcome: str | None
    level: int


@dataclass(frozen=True)
class StatusLine:
    """One step of the enrolment status, and who confirmed it (privacy D10)."""

    old: str
    new: str
    effective_on: date
    at: datetime
    by: str | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    objection: str | None
    is_objected: bool


@dataclass(frozen=True)
class StageLine:
    """The case went on to a stage, or past somebody's silence (`mark`)."""

    at: datetime
    stage: str | None
    why: str | None
    mark: str | None
    who: str | None


@dataclass(frozen=True)
class DayLine:
    """One school day: what it was, and who said so."""

    on: date
    session: str
    state: str
    counts: int | None
    by: str | None
    at: datetime | None
    is_late: bool


@dataclass(frozen=True)
class LeaveLine:
    """One leave."""

    kind: str
    from_on: date
    back_on: date | None
    asked_by: str | None
    way: str
    asked_at: datetime
    state: str
    decided_by: str | None
    has_proof: bool


@dataclass(frozen=True)
class SentLine:
    """A message to a guardian, and whether it went out."""

    at: datetime
    kind: str
    to: str
    state: str
    cause: str | None


@dataclass(frozen=True)
class ReplyLine:
    """Something a guardian said."""

    at: datetime
    who: str
    answer: str
    body: str | None
    sha256: str | None
    is_emptied: bool = False  # the words' period is over


@dataclass(frozen=True)
class ContactLine:
    """One line of the contact log (劝返记录)."""

    at: datetime
    by: str
    acting_for: str | None
    means: str
    reached: bool
    whom: str | None
    result: str | None
    reason: str | None
    agreed_on: date | None
    note: str | None
    sha256: str | None


@dataclass(frozen=True)
class PaperLine:
    """One official paper."""

    kind: str
    number: int | None
    year: int | None
    round: int
    unit: str
    state: str
    prepared_by: str | None
    prepared_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    acting_for: str | None
    returns: int
    comment: str | None
    sha256: str | None
    stamped_sha256: str | None


@dataclass(frozen=True)
class ServiceLine:
    """How a notice was served (送达回证)."""

    number: int | None
    year: int | None
    way: str
    on: date
    by: str
    acting_for: str | None
    receiver: str | None
    witnesses: str | None
    sha256: str | None


@dataclass(frozen=True)
class ReferralLine:
    """What one township had to do with the case."""

    township: str
    is_residence: bool
    state: str
    opened_at: datetime
    sent_at: datetime | None
    sent_by: str | None
    accepted_at: datetime | None
    accepted_by: str | None
    responsible: str | None
    declined_at: datetime | None
    reason: str | None
    last_contact_at: datetime | None
    sha256: str | None


@dataclass(frozen=True)
class ClosingLine:
    """One request to end the case without a return, and who agreed."""

    reason: str
    state: str
    asked_by: str
    asked_at: datetime
    words: str | None
    receiving: str | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    head_by: str | None
    head_at: datetime | None
    section_by: str | None
    section_at: datetime | None
    comment: str | None
    sha256: str | None


@dataclass(frozen=True)
class SearchLine:
    """One run of the safety lane."""

    why: str
    opened_at: datetime
    last_seen: str | None
    rounds: int
    ended_at: datetime | None
    ended_by: str | None
    ended_as: str | None
    found_note: str | None


@dataclass(frozen=True)
class FileLine:
    """One attachment."""

    received_at: datetime
    by: str | None
    media_type: str
    size: int
    sha256: str
    is_removed: bool


@dataclass(frozen=True)
class LookLine:
    """Somebody looked at the child's record (privacy D5)."""

    at: datetime
    who: str | None
    what: str


@dataclass(frozen=True)
class MomentLine:
    """One line of the journal; `number` is its place in the chain."""

    number: int
    at: datetime
    on: date
    kind: str
    by: str | None
    acting_for: str | None
    facts: Facts


@dataclass(frozen=True)
class Proof:
    """What the check of the chain found; `of_case` counts the lines of this case."""

    lines: int
    head: str
    of_case: int
    is_whole_chain: bool
    broken_at: int | None = None
    broken_by: str | None = None


@dataclass(frozen=True)
class Dossier:
    """Everything about one case, in the order in which an inspector reads it."""

    case: CaseSheet
    child: ChildSheet
    duties: tuple[DutyLine, ...]
    tasks: tuple[TaskLine, ...]
    statuses: tuple[StatusLine, ...]
    stages: tuple[StageLine, ...]
    days: tuple[DayLine, ...]
    leaves: tuple[LeaveLine, ...]
    sent: tuple[SentLine, ...]
    replies: tuple[ReplyLine, ...]
    contacts: tuple[ContactLine, ...]
    papers: tuple[PaperLine, ...]
    services: tuple[ServiceLine, ...]
    referrals: tuple[ReferralLine, ...]
    closings: tuple[ClosingLine, ...]
    searches: tuple[SearchLine, ...]
    files: tuple[FileLine, ...]
    looks: tuple[LookLine, ...] | None  # None: not for this reader
    moments: tuple[MomentLine, ...]
    proof: Proof
    reader: str | None
    made_at: datetime
