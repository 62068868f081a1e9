"""What one number of the policy demands of another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from rules.policy.reading import PolicyError
from rules.policy.spans import Span
from rules.policy.tasks import Level, TaskPolicy

if TYPE_CHECKING:
    from rules.policy.tree import Policy


def check(policy: Policy) -> None:
    """Raise PolicyError where numbers contradict each other (rules.md 2, 6, 7)."""
    _check_order(policy, "roll_call", "ask_at", "due_at")
    _check_order(policy, "roll_call", "evening_ask_at", "evening_due_at")
    _check_order(policy, "whereabouts", "section_at_early", "section_at", "bureau_at")
    _check_order(
        policy,
        "leave",
        "proof_over_school_days",
        "leader_over_school_days",
        "section_over_school_days",
    )
    _check_lasting("safety.repeat_every", policy.safety.repeat_every)
    _check_lasting("case.contact_every", policy.case.contact_every)
    _check_lasting("case.joint_persuasion_every", policy.case.joint_persuasion_every)
    _check_same(policy, "roll_call", "due_at")
    _check_same(policy, "leave_claim", "due_at")
    _check_same(policy, "evening_roll_call", "evening_due_at")
    for kind, task in policy.tasks.items():
        _check_task(f"tasks.{kind}", task)


def _check_order(policy: Policy, section: str, *names: str) -> None:
    table = getattr(policy, section)
    for first, second in pairwise(names):
        if getattr(table, first) > getattr(table, second):
            raise PolicyError(f"{section}.{second}", f"must not be before {section}.{first}")


def _check_same(policy: Policy, kind: str, name: str) -> None:
    if policy.tasks[kind].due != getattr(policy.roll_call, name):
        raise PolicyError(f"tasks.{kind}.due", f"must be the same as roll_call.{name}")


def _check_lasting(key: str, span: Span | None) -> None:
    if span is not None and span.amount < 1:
        raise PolicyError(key, f"must be longer than {span}")


def _check_task(key: str, task: TaskPolicy) -> None:
    if not set(task.ring) <= set(task.remind):
        raise PolicyError(f"{key}.ring", "must name entries of remind only")
    _check_lasting(f"{key}.top_repeat", task.top_repeat)
    rungs = list(Level).index(task.climb_to) + 1
    if len(task.climb) > rungs:
        raise PolicyError(f"{key}.climb", f"has more levels than climb_to allows ({rungs})")
