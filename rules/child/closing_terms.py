"""What each reason to end a case without a return leads to (rules.md 4 and 5)."""

from __future__ import annotations

from dataclasses import dataclass

from rules.model.case import Ending
from rules.model.ladder import ClosingReason
from rules.model.school import EnrolmentStatus


@dataclass(frozen=True)
class Terms:
    """What a reason leads to, and whether the section decides in every stage (rules.md 4)."""

    ending: Ending
    status: EnrolmentStatus
    by_section: bool = False


#: The proof of each is a file: document, confirmation, or a picture of the register; of a transfer
#: within the county it is the receiving school's word.
REASONS = {
    ClosingReason.TRANSFERRED: Terms(Ending.TRANSFERRED, EnrolmentStatus.TRANSFERRED),
    ClosingReason.SUSPENSION: Terms(
        Ending.LAWFUL_EXIT, EnrolmentStatus.SUSPENSION, by_section=True
    ),
    ClosingReason.HOME_TEACHING: Terms(
        Ending.LAWFUL_EXIT, EnrolmentStatus.HOME_TEACHING, by_section=True
    ),
    ClosingReason.ABROAD: Terms(Ending.LAWFUL_EXIT, EnrolmentStatus.LEFT, by_section=True),
    ClosingReason.DECEASED: Terms(Ending.LAWFUL_EXIT, EnrolmentStatus.LEFT, by_section=True),
    ClosingReason.OVER_AGE: Terms(Ending.LAWFUL_EXIT, EnrolmentStatus.LEFT, by_section=True),
    ClosingReason.GRADUATED: Terms(Ending.LAWFUL_EXIT, EnrolmentStatus.LEFT, by_section=True),
    ClosingReason.IDENTITY_ERROR: Terms(Ending.DATA_FAULT, EnrolmentStatus.LEFT, by_section=True),
    ClosingReason.DUPLICATE: Terms(Ending.DATA_FAULT, EnrolmentStatus.LEFT),
    ClosingReason.NOT_OURS: Terms(Ending.DATA_FAULT, EnrolmentStatus.LEFT),
}
