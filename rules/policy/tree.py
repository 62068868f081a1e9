"""The tree of all numbers of rules.md, with their defaults."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.policy.checks import check
from rules.policy.reading import PolicyError, read_table, write_table
from rules.policy.reports import Reports
from rules.policy.sections import (
    Alerts,
    Binding,
    BulkGuard,
    CalendarRules,
    CaseRules,
    Engine,
    Episode,
    Intake,
    Leave,
    Limits,
    Noise,
    Privacy,
    QuietHours,
    Reaching,
    Reconciliation,
    RollCall,
    SafetyLane,
    Status,
    Whereabouts,
)
from rules.policy.tasks import TaskPolicy, default_tasks


@dataclass(frozen=True)
class Policy:
    """All numbers of the rules; `Policy()` holds the defaults of rules.md."""

    calendar: CalendarRules = field(default_factory=CalendarRules)
    roll_call: RollCall = field(default_factory=RollCall)
    leave: Leave = field(default_factory=Leave)
    episode: Episode = field(default_factory=Episode)
    status: Status = field(default_factory=Status)
    case: CaseRules = field(default_factory=CaseRules)
    safety: SafetyLane = field(default_factory=SafetyLane)
    engine: Engine = field(default_factory=Engine)
    noise: Noise = field(default_factory=Noise)
    quiet_hours: QuietHours = field(default_factory=QuietHours)
    alerts: Alerts = field(default_factory=Alerts)
    binding: Binding = field(default_factory=Binding)
    whereabouts: Whereabouts = field(default_factory=Whereabouts)
    bulk_guard: BulkGuard = field(default_factory=BulkGuard)
    limits: Limits = field(default_factory=Limits)
    privacy: Privacy = field(default_factory=Privacy)
    reports: Reports = field(default_factory=Reports)
    reconciliation: Reconciliation = field(default_factory=Reconciliation)
    reach: Reaching = field(default_factory=Reaching)
    intake: Intake = field(default_factory=Intake)
    tasks: Mapping[str, TaskPolicy] = field(default_factory=default_tasks, hash=False)

    def __post_init__(self) -> None:
        """Check what one number demands of another; PolicyError names the key."""
        check(self)

    @classmethod
    def from_toml(cls, text: str) -> Policy:
        """Read a policy file; keys that it leaves out keep their defaults.

        Anything wrong raises PolicyError with the dotted name of the key.
        """
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise PolicyError("policy", f"is no TOML: {error}") from error
        return cls.from_table(table)

    @classmethod
    def from_table(cls, table: Mapping[str, object]) -> Policy:
        """Read a parsed policy; see `from_toml`."""
        return read_table(cls(), dict(table))

    def to_json(self) -> str:
        """Return the numbers that differ from the defaults, as JSON that `from_json` reads."""
        return json.dumps(write_table(self, Policy()), separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Policy:
        """Return the policy that `to_json` wrote, exactly; anything else raises PolicyError."""
        try:
            table = json.loads(text)
        except json.JSONDecodeError as error:
            raise PolicyError("policy", f"is no JSON: {error}") from error
        return read_table(cls(), table)
