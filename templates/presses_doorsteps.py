"""Presses of those who go from house to house, and of those who look whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class DoorPagePress(Press):
    """Another page of a village."""

    verb: ClassVar[str] = "doorpage"
    task_id: int
    page: int


@dataclass(frozen=True)
class DoorPress(Press):
    """A child of the village, an answer for it, or a look at its address or phone."""

    verb: ClassVar[str] = "door"
    task_id: int
    line_id: int
    act: str  # open | address | phone, or an answer


@dataclass(frozen=True)
class DoorSchoolPress(Press):
    """[已在校就读]: which school; without one another page of them."""

    verb: ClassVar[str] = "doorschool"
    task_id: int
    line_id: int
    school_id: int
    page: int


@dataclass(frozen=True)
class DoorCheckPress(Press):
    """[在我校就读] [不在我校], [属实] [不属实], [已评估], [看照片]."""

    verb: ClassVar[str] = "doorcheck"
    task_id: int
    act: str  # holds | fails | assessed | file
