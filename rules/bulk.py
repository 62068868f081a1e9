"""What a leader says when very many children are missing (the bulk guard)."""

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
    """[先别通知，再核对]: the teacher has it again; what was tapped stays."""
    _must_be_held(roll_call)
    return replace(
        roll_call,
        state=RollCallState.OPEN,
        submitted_at=None,
        submitted_by=None,
        release_at=None,
        next_at=None,
        page=None,
    )


def _must_be_held(roll_call: RollCall) -> None:
    if roll_call.state is not RollCallState.HELD:
        raise OldButton
