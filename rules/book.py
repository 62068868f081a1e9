"""What the rules of one county are measured by."""

from __future__ import annotations

from dataclasses import dataclass

from rules.calendar import Calendar
from rules.policy import Policy


@dataclass(frozen=True)
class Book:
    """The county's numbers and its calendar."""

    policy: Policy
    calendar: Calendar
