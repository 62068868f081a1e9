"""What the upper stages of a case leave on record: papers, service, referrals, closings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class PaperKind(StrEnum):
    """The papers of plan 二(二)4, each with a docx template of its own."""

    NOTICE = "notice"  # 劝返通知书 with 送达回证, by the school
    REPORT = "report"  # 书面报告 with the persuasion log, by the school
    TOWNSHIP = "township"  # 通报 to the township, by the bureau
    COUNTY = "county"  # 报告 to the county government, by the bureau
    HANDOVER = "handover"  # 交接单 for the township, by the bureau
    SUPERVISION = "supervision"  # 督办函, by the bureau


#: Issued by the bureau; the others by the school.
OF_BUREAU = frozenset(
    {PaperKind.TOWNSHIP, PaperKind.COUNTY, PaperKind.HANDOVER, PaperKind.SUPERVISION}
)


class PaperState(StrEnum):
    """A number is given with the approval, so that no draft leaves a gap (rules.md 5)."""

    SUBMITTED = "submitted"
    RETURNED = "returned"  # 退回修改: whoever prepared it has it again
    APPROVED = "approved"
    VOID = "void"  # the need went away before anybody approved it


@dataclass(frozen=True)
class Paper:
    """One official paper of a case, from its draft to the stamped copy."""

    id: int
    kind: PaperKind
    case_id: int
    student_id: int
    unit_id: int  # the school or the bureau whose paper it is
    state: PaperState
    prepared_by: int | None  # None: the program, when a stage opened
    prepared_at: datetime
    round: int = 1  # of the case: a relapse begins another round of papers
    referral_id: int | None = None  # of papers for one township
    words: str | None = None  # what the preparer adds in own words
    content: str | None = None  # what it says, as JSON, frozen when its draft is written
    comment: str | None = None  # of the last return
    returns: int = 0
    year: int | None = None
    number: int | None = None
    approved_by: int | None = None
    approved_at: datetime | None = None
    acting_for: int | None = None  # in whose place it was approved (代, 代批)
    draft_file_id: int | None = None  # docx without ID and address, for the approver
    file_id: int | None = None  # docx as approved, with number and date, to print and stamp
    stamped_file_id: int | None = None
    render_at: datetime | None = None  # when time writes its docx
    version: int = 1


class ServiceWay(StrEnum):
    """送达方式; a chat message is none of them (rules.md 5)."""

    SIGNED = "signed"
    REFUSED = "refused"  # before two witnesses
    POSTED = "posted"


@dataclass(frozen=True)
class Service:
    """送达回证: how a notice was served."""

    id: int
    paper_id: int
    case_id: int
    student_id: int
    way: ServiceWay
    on: date
    by: int
    at: datetime
    proof_file_id: int
    receiver: str | None = None  # who took it
    witnesses: str | None = None  # two names where it was refused
    acting_for: int | None = None
    version: int = 1


class ReferralState(StrEnum):
    """waiting: not sent yet; sent: the township was notified, or told by the program."""

    WAITING = "waiting"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"  # 不属本乡镇, back at the section
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


#: A township in one of these states has nothing to do with the case any more.
OVER = frozenset({ReferralState.WITHDRAWN, ReferralState.ENDED})


@dataclass(frozen=True)
class Referral:
    """A case notified to one township (联动劝返)."""

    id: int
    case_id: int
    student_id: int
    township_id: int
    is_residence: bool  # False: the township of the school
    state: ReferralState
    opened_at: datetime
    round: int = 1
    sent_at: datetime | None = None
    sent_by: int | None = None  # None with `sent_at`: told by the program, the paper is still due
    receipt_file_id: int | None = None
    accepted_at: datetime | None = None
    accepted_by: int | None = None
    responsible: str | None = None  # the person whom the township named
    declined_at: datetime | None = None
    reason: str | None = None
    last_contact_at: datetime | None = None
    version: int = 1


class ClosingReason(StrEnum):
    """The fixed list; there is no reason 'unreachable' (rules.md 5)."""

    TRANSFERRED = "transferred"
    SUSPENSION = "suspension"
    HOME_TEACHING = "home_teaching"
    ABROAD = "abroad"
    DECEASED = "deceased"
    OVER_AGE = "over_age"
    GRADUATED = "graduated"
    IDENTITY_ERROR = "identity_error"
    DUPLICATE = "duplicate"  # the same child twice on the register
    NOT_OURS = "not_ours"  # on the register by mistake, never a pupil here


class ClosingState(StrEnum):
    """Whose word a closing waits for."""

    AT_RECEIVER = "at_receiver"  # the school that the child is said to attend now
    AT_HEAD = "at_head"
    AT_SECTION = "at_section"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


#: Not decided yet.
PENDING = frozenset({ClosingState.AT_RECEIVER, ClosingState.AT_HEAD, ClosingState.AT_SECTION})


@dataclass(frozen=True)
class Closing:
    """A case that is to end without the child's return: reason, proof, and who agreed.

    The proof is a file; of a transfer within the county it is the receiving school's word.
    """

    id: int
    case_id: int
    student_id: int
    reason: ClosingReason
    state: ClosingState
    asked_by: int
    asked_at: datetime
    proof_file_id: int | None = None
    words: str | None = None
    until_on: date | None = None  # end of a suspension
    receiving_id: int | None = None  # the school of the county where the child is said to be
    confirmed_by: int | None = None  # who said [在我校就读] there
    confirmed_at: datetime | None = None
    head_by: int | None = None
    head_at: datetime | None = None
    section_by: int | None = None
    section_at: datetime | None = None
    comment: str | None = None
    version: int = 1
