"""The presses of linking a chat, leaving it, and a person's own settings.

Before a chat is linked the code itself travels in the press: whoever sends it has seen the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class ClaimPress(Press):
    """[我是父亲] [我是母亲] [我是照看人]."""

    verb: ClassVar[str] = "iam"
    code: str
    claimed_as: str


@dataclass(frozen=True)
class AgreePress(Press):
    """[同意，接收通知]."""

    verb: ClassVar[str] = "agree"
    code: str
    claimed_as: str


@dataclass(frozen=True)
class PhoneMePress(Press):
    """[不用，打电话]."""

    verb: ClassVar[str] = "phoneme"
    code: str


@dataclass(frozen=True)
class OthersPress(Press):
    """[一起接通]: the same consent for the person's other children."""

    verb: ClassVar[str] = "also"
    person_id: int
    claimed_as: str


@dataclass(frozen=True)
class NotOthersPress(Press):
    """[不用，打电话] for the other children."""

    verb: ClassVar[str] = "alsono"
    person_id: int


@dataclass(frozen=True)
class BackPress(Press):
    """After /stop: agree once more (1), or leave it at that (0)."""

    verb: ClassVar[str] = "comeback"
    person_id: int
    wants: int


@dataclass(frozen=True)
class ConfirmPress(Press):
    """[是本人]."""

    verb: ClassVar[str] = "istrue"
    task_id: int


@dataclass(frozen=True)
class RejectPress(Press):
    """[不是，作废]."""

    verb: ClassVar[str] = "notthem"
    task_id: int


@dataclass(frozen=True)
class ParentPress(Press):
    """[家长已同意（纸质）]."""

    verb: ClassVar[str] = "parentok"
    task_id: int


@dataclass(frozen=True)
class ParentSaysPress(Press):
    """[同意] (1), [不同意] (0): a parent about somebody who cares for the child."""

    verb: ClassVar[str] = "parentsays"
    link_id: int
    agrees: int


@dataclass(frozen=True)
class ClaimCardPress(Press):
    """[处理] in the list of a class: the card of one claim."""

    verb: ClassVar[str] = "claimcard"
    task_id: int


@dataclass(frozen=True)
class LivePress(Press):
    """[现场绑定] (1), or its end (0)."""

    verb: ClassVar[str] = "live"
    class_id: int
    on: int


@dataclass(frozen=True)
class MyClassPress(Press):
    """Another class of the same teacher."""

    verb: ClassVar[str] = "myclass"
    class_id: int


@dataclass(frozen=True)
class LanguagePress(Press):
    """[中文] [English]."""

    verb: ClassVar[str] = "lang"
    language: str


@dataclass(frozen=True)
class StopPress(Press):
    """[确定] (1), [点错了] (0)."""

    verb: ClassVar[str] = "stopchat"
    sure: int
