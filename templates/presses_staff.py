"""Presses of leaders, the bureau, and whoever owns a plain task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class TaskPress(Press):
    """[处理] opens the card of a task; `done` ends a plain one, the others decide it."""

    verb: ClassVar[str] = "task"
    task_id: int
    act: str  # open | done | shot | sign | leave_ok


@dataclass(frozen=True)
class StatusPress(Press):
    """[确认疑似辍学] [有异议]; [维持疑似辍学] [撤回，在校]."""

    verb: ClassVar[str] = "status"
    task_id: int
    act: str  # confirm | object | uphold | withdraw


@dataclass(frozen=True)
class ApprovalPress(Press):
    """[批准] [退回修改] [查看材料]; [代批] at the section."""

    verb: ClassVar[str] = "approval"
    task_id: int
    act: str  # approve | return | papers


@dataclass(frozen=True)
class SuperiorPress(Press):
    """[催一下] [我来办] [暂缓几天] [已阅] [批示] under somebody else's task."""

    verb: ClassVar[str] = "superior"
    task_id: int
    act: str  # nudge | take | pause | note | instruct


@dataclass(frozen=True)
class HandPress(Press):
    """[换人办]: a page of the school's staff, or who it is (`person_id` above 0)."""

    verb: ClassVar[str] = "hand"
    task_id: int
    person_id: int
    page: int


@dataclass(frozen=True)
class PausePress(Press):
    """So many working days; the reason comes as text."""

    verb: ClassVar[str] = "pause"
    task_id: int
    days: int


@dataclass(frozen=True)
class OverduePress(Press):
    """The overdue card: one person's tasks, or [全部催一下] (`owner_id` 0: everybody's)."""

    verb: ClassVar[str] = "overdue"
    school_id: int
    owner_id: int
    act: str  # open | nudge


@dataclass(frozen=True)
class TakeRollPress(Press):
    """[点名] [代点名]: the day card of a class."""

    verb: ClassVar[str] = "takeroll"
    roll_call_id: int


@dataclass(frozen=True)
class BulkPress(Press):
    """[确实缺这么多] [先别通知，再核对]."""

    verb: ClassVar[str] = "bulk"
    roll_call_id: int
    act: str  # real | check


@dataclass(frozen=True)
class CasePress(Press):
    """[看经过] (page 0), and then a page of the case's timeline, counted from 1."""

    verb: ClassVar[str] = "case"
    case_id: int
    page: int


@dataclass(frozen=True)
class MyTasksPress(Press):
    """[我的待办]: a page of what is open for me."""

    verb: ClassVar[str] = "mytasks"
    page: int


@dataclass(frozen=True)
class AwayPress(Press):
    """Who stands in for a person, from when, for how many days; or back early."""

    verb: ClassVar[str] = "away"
    step: str  # open | page | others | who | from | days | end
    person_id: int
    number: int
