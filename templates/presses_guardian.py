"""Presses of guardians."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class ReplyPress(Press):
    """An answer to a day's question."""

    verb: ClassVar[str] = "reply"
    question_id: int
    answer: str


@dataclass(frozen=True)
class AlertPress(Press):
    """Another page of keys on the day's card: first | other | wrong | card."""

    verb: ClassVar[str] = "alert"
    question_id: int
    page: str


@dataclass(frozen=True)
class WrongPersonPress(Press):
    """[确定] [点错了] after 发错人了: yes | no."""

    verb: ClassVar[str] = "wrong"
    question_id: int
    sure: str


@dataclass(frozen=True)
class UntilPress(Press):
    """哪天能来上学: an ISO day, or `unknown`."""

    verb: ClassVar[str] = "until"
    reply_id: int
    on: str


@dataclass(frozen=True)
class TalkPress(Press):
    """想和谁说: teacher | leader."""

    verb: ClassVar[str] = "talk"
    reply_id: int
    who: str


@dataclass(frozen=True)
class ElsewherePress(Press):
    """[在那边上学] [没有上学]: yes | no."""

    verb: ClassVar[str] = "elsewhere"
    reply_id: int
    attends: str


@dataclass(frozen=True)
class NotTherePress(Press):
    """[孩子没去] under the welcome; the ISO day on which the child was seen."""

    verb: ClassVar[str] = "notthere"
    case_id: int
    on: str


@dataclass(frozen=True)
class IllPress(Press):
    """孩子今天好些了吗: comes_today | still_ill | call_me, and the ISO day of the question."""

    verb: ClassVar[str] = "ill"
    leave_id: int
    answer: str
    on: str


@dataclass(frozen=True)
class VisitedPress(Press):
    """[来过] [没来过]: yes | no, and the ISO day of the visit."""

    verb: ClassVar[str] = "visited"
    case_id: int
    came: str
    on: str


@dataclass(frozen=True)
class WhichPress(Press):
    """Whom something is about that was sent: the child, or 0 for none of them."""

    verb: ClassVar[str] = "which"
    reply_id: int
    student_id: int


@dataclass(frozen=True)
class AskLeavePress(Press):
    """A step of [我要请假]: child | kind | from | back | date | send | drop, and its value."""

    verb: ClassVar[str] = "askleave"
    step: str
    value: str


@dataclass(frozen=True)
class CallMePress(Press):
    """[找老师] about one child."""

    verb: ClassVar[str] = "callme"
    student_id: int


@dataclass(frozen=True)
class MyContactPress(Press):
    """`/contact`: phone | address | drop."""

    verb: ClassVar[str] = "mycontact"
    field: str
