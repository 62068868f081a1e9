"""Lists as they were handed in, and what comparing them found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from rules.reconciling.lines import Line, Side
from rules.reconciling.nearness import Why
from rules.reconciling.sorting import Kind


@dataclass(frozen=True)
class ClassList:
    """One class as one list has it; `lines` as `plain_line` makes them, without the place."""

    id: int
    side: Side
    school_id: int
    grade: int
    number: int
    taken_at: datetime
    children: int
    lines: tuple[tuple[Any, ...], ...] = field(repr=False, default=())
    version: int = 1

    @property
    def place(self) -> tuple[int, int, int]:
        """School, grade, class."""
        return self.school_id, self.grade, self.number


@dataclass(frozen=True)
class Reconciliation:
    """One run over the county, and what it counted."""

    id: int
    at: datetime
    counts: Mapping[str, int]
    version: int = 1


class FindingState(StrEnum):
    """What the school that was asked has said."""

    OPEN = "open"
    CONFIRMED = "confirmed"  # [在我校就读] [已报到]
    DENIED = "denied"
    ENDED = "ended"


@dataclass(frozen=True)
class FoundLine:
    """One child that register and rosters say different things of, from run to run."""

    id: int
    kind: Kind
    mark: str
    state: FindingState
    register_school_id: int | None
    roster_school_id: int | None
    student_id: int | None
    body: Mapping[str, Any] = field(repr=False)
    opened_at: datetime
    answered_at: datetime | None = None
    answered_by: int | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    version: int = 1

    @property
    def registered(self) -> Line | None:
        """The line of the register."""
        return line_of(self.body.get("registered"))

    @property
    def seated(self) -> Line | None:
        """The line of the roster."""
        return line_of(self.body.get("seated"))

    @property
    def line(self) -> Line:
        """Whose name and numbers hold."""
        found = self.registered or self.seated
        if found is None:
            raise LookupError(f"finding {self.id} without a line")
        return found


@dataclass(frozen=True)
class DoubtPair:
    """Two lines before a person; `decision`: same or other."""

    id: int
    why: Why
    mark: str
    school_id: int
    register_school_id: int
    roster_school_id: int
    body: Mapping[str, Any] = field(repr=False)
    opened_at: datetime
    ended_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: int | None = None
    decision: str | None = None
    version: int = 1

    @property
    def registered(self) -> Line:
        """The line of the register."""
        return _needed(line_of(self.body.get("registered")))

    @property
    def seated(self) -> Line:
        """The line of the roster."""
        return _needed(line_of(self.body.get("seated")))


def plain_line(line: Line) -> list[Any]:
    """A line as JSON keeps it, its place first."""
    born_on = line.birth_on.isoformat() if line.birth_on else None
    numbers = [line.id_number, line.register_number, line.written]
    place = [line.school, line.grade, line.number]
    return [*place, line.name, born_on, *numbers, line.sex, line.is_expected]


def line_of(plain: Any) -> Line | None:
    """The way back of `plain_line`."""
    if plain is None:
        return None
    school, grade, number, name, born_on, *rest = plain
    return Line(
        school, grade, number, name, date.fromisoformat(born_on) if born_on else None, *rest
    )


def _needed(line: Line | None) -> Line:
    if line is None:
        raise LookupError("a pair without a line")
    return line
