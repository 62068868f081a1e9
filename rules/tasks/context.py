"""What the engine needs to know beside the task itself."""

from __future__ import annotations

from dataclasses import dataclass

from rules.calendar import SchoolCalendar
from rules.chain import Chain
from rules.model.case import Case, Task
from rules.model.people import Level
from rules.policy import Policy, TaskPolicy


@dataclass(frozen=True)
class TaskContext:
    """The numbers, the days and the people of one task, as they are now.

    `policy` is the one that the case started with, else the county's; `is_early` says that the
    child is one for whom the section is told earlier (rules.md 7); `open_gaps` are the subjects
    of the gap tasks that are open already.
    """

    policy: Policy
    calendar: SchoolCalendar
    chain: Chain
    case: Case | None = None
    is_early: bool = False
    open_gaps: frozenset[str] = frozenset()
    earned: int | None = None

    @property
    def heard(self) -> int:
        """Up to which level somebody knows of an open task of this case."""
        if self.case is None:
            return Level.OWNER
        return self.case.level if self.earned is None else self.earned

    def kind(self, task: Task) -> TaskPolicy:
        """The numbers of the task's kind."""
        return self.policy.tasks[task.kind]
