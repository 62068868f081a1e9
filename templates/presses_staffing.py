"""Presses of school leaders who change class teachers, pairings and phones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class StaffingPress(Press):
    """[换班主任] [调整包保]: which class or child (`scope`, `target`), and a person or a page."""

    verb: ClassVar[str] = "staffing"
    step: str  # menu | classes | options | children | who | ask | do
    what: str  # class_teacher | paired_teacher | paired_leader | pairing | -
    scope: str  # class | student | -
    target: int
    number: int


@dataclass(frozen=True)
class PhonePress(Press):
    """[停用旧手机]: a page of people, one of them, and the word that it is meant."""

    verb: ClassVar[str] = "oldphone"
    step: str  # list | ask | do
    number: int
