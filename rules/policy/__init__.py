"""The numbers of the rules: one validated, frozen tree, read from policy.toml."""

from rules.policy.reading import PolicyError
from rules.policy.sections import StaffNames
from rules.policy.spans import Span, Unit, When, due
from rules.policy.tasks import ClimbFrom, Level, TaskPolicy
from rules.policy.tree import Policy

__all__ = [
    "ClimbFrom",
    "Level",
    "Policy",
    "PolicyError",
    "Span",
    "StaffNames",
    "TaskPolicy",
    "Unit",
    "When",
    "due",
]
