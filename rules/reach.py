"""Whether a family can be reached, and whose contact has to be repaired (plan 二(二)1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.policy.sections import Reaching


class ProofKind(StrEnum):
    """What proved that a guardian was reached."""

    REPLY = "reply"
    LEAVE = "leave"  # filed by the guardian
    ASKED = "asked"  # [收到] under the question of the term
    BOUND = "bound"  # agreed in the chat
    CONFIRMED = "confirmed"  # a new number or address that the class teacher confirmed
    PHONE = "phone"  # the contact log of the child: somebody of the family was reached
    VISIT = "visit"
    MESSAGE = "message"
    OTHER = "other"


@dataclass(frozen=True, order=True)
class Proof:
    """The last time that a guardian was reached, and how."""

    at: datetime
    kind: ProofKind


class RepairReason(StrEnum):
    """Why a contact is on the repair list, the weightiest first."""

    TASK = "task"  # a repair is open
    UNANSWERED = "unanswered"  # the question of the term
    NEVER = "never"  # nobody of the family was ever reached
    SILENT = "silent"  # nobody of the family for a long time


@dataclass(frozen=True)
class Known:
    """What is on record of one guardian at one moment."""

    last: Proof | None = None
    of_family: Proof | None = None  # of any guardian of the child
    asked_at: datetime | None = None  # this term's question, still unanswered
    has_task: bool = False


def repair_reason(known: Known, at: datetime, rules: Reaching) -> RepairReason | None:
    """Why this contact has to be repaired; None while it is good.

    One guardian who can be reached is enough for a child.  Who has not answered the question of
    the term is asked after all the same, unless something was heard of them since.
    """
    if known.has_task:
        return RepairReason.TASK
    if _is_unanswered(known, at, rules):
        return RepairReason.UNANSWERED
    if known.of_family is None:
        return RepairReason.NEVER
    is_silent = at - known.of_family.at > timedelta(days=rules.silent_after_days)
    return RepairReason.SILENT if is_silent else None


def _is_unanswered(known: Known, at: datetime, rules: Reaching) -> bool:
    if known.asked_at is None or (known.last is not None and known.last.at >= known.asked_at):
        return False
    return at - known.asked_at > timedelta(days=rules.unanswered_after_days)
