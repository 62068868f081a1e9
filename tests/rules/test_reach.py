"""Who is on the repair list, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rules.policy.sections import Reaching
from rules.reach import Known, Proof, ProofKind, RepairReason, repair_reason

NOW = datetime(2026, 12, 1, tzinfo=UTC)
RULES = Reaching(silent_after_days=90, unanswered_after_days=7)


def proof(days: int) -> Proof:
    return Proof(NOW - timedelta(days=days), ProofKind.REPLY)


def asked(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Known(), RepairReason.NEVER),
        (Known(of_family=proof(90)), None),
        (Known(of_family=proof(91)), RepairReason.SILENT),
        # one who can be reached is enough for a child
        (Known(last=proof(300), of_family=proof(2)), None),
        (Known(of_family=proof(2), has_task=True), RepairReason.TASK),
        (Known(of_family=proof(2), asked_at=asked(7)), None),
        (Known(of_family=proof(2), asked_at=asked(8)), RepairReason.UNANSWERED),
        (Known(proof(20), proof(20), asked(8)), RepairReason.UNANSWERED),
        # an answer to an alert since then is as good
        (Known(proof(3), proof(3), asked(8)), None),
    ],
)
def test_why_a_contact_is_repaired(known: Known, expected: RepairReason | None) -> None:
    assert repair_reason(known, NOW, RULES) is expected
