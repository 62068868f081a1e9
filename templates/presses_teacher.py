"""Presses on the class teacher's cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class RollPress(Press):
    """A key of the day card: all_here, some_missing, page, submit, now, change, strange, back."""

    verb: ClassVar[str] = "roll"
    roll_call_id: int
    act: str
    page: int


@dataclass(frozen=True)
class NamePress(Press):
    """A name in the grid: the tap sets `value`."""

    verb: ClassVar[str] = "name"
    roll_call_id: int
    student_id: int
    value: str


@dataclass(frozen=True)
class SeenPress(Press):
    """[见到了] [还没来] beside a child who is followed, and [已到校]."""

    verb: ClassVar[str] = "seen"
    roll_call_id: int
    student_id: int
    value: str  # seen | not_seen | late


@dataclass(frozen=True)
class ClaimPress(Press):
    """[家长来电] [家长当面] [没人说]: who asked for the leave."""

    verb: ClassVar[str] = "claim"
    roll_call_id: int
    student_id: int
    way: str  # call | in_person | nobody


@dataclass(frozen=True)
class LeavePress(Press):
    """[准假] [先核实], and the approvals of long leave."""

    verb: ClassVar[str] = "leave"
    leave_id: int
    act: str  # grant | verify | approve


@dataclass(frozen=True)
class ChildPress(Press):
    """A child's card and what stands on it."""

    verb: ClassVar[str] = "child"
    student_id: int
    act: str  # open | arrived | contact | phone | address | more | danger | correct


@dataclass(frozen=True)
class ContactPress(Press):
    """A key of the contact log; `step` names the question it answers."""

    verb: ClassVar[str] = "contact"
    student_id: int
    step: str
    value: str


@dataclass(frozen=True)
class CorrectPress(Press):
    """A later correction: the day (ISO) and what it was."""

    verb: ClassVar[str] = "correct"
    student_id: int
    on: str
    kind: str
