"""What a leader says when very many children are missing (the bulk guard).

The marks stand, and calling runs; only the families have not been told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rules.model.attendance import RollCall, RollCallState
from rules.refusals import OldButton


def let_go(roll_call: RollCall, now: datetime) -> RollCall:
    """[确实缺这么多]: the families are told now."""
    _must_be_held(roll_call)
    return replace(roll_call, release_at=now, next_at=now)


def give_back(roll_call: RollCall) -> RollCall:
    """[先别通知，再核对]: the teacher has it again.

    What was recorded stays until the child itself is tapped as seen (X2); that it was handed in
    once keeps the families from being told (`RollCall.is_held_back`).
    """
    _must_be_held(roll_call)
    return replace(
        roll_call,
        state=RollCallState.OPEN,
        release_at=None,
        next_at=None,
        page=None,
    )


def _must_be_held(roll_call: RollCall) -> None:
    if roll_call.state is not RollCallState.HELD:
        raise OldButton
