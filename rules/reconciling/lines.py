"""One child as a list names it, and the lists that are compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Side(StrEnum):
    """Which list a line stands on."""

    REGISTER = "register"  # 学籍
    ROSTER = "roster"  # 花名册
    LEAVERS = "leavers"  # grade 6 of the year before


@dataclass(frozen=True, slots=True)
class Line:
    """One child on one list.

    `written`: an identity number as the list has it, where it does not hold; `is_expected`: the
    child should sit in a class (a register also lists who has left, and home teaching).
    """

    school: int
    grade: int
    number: int
    name: str
    birth_on: date | None = None
    id_number: str | None = None
    register_number: str | None = None
    written: str | None = None
    sex: str | None = None
    is_expected: bool = True

    @property
    def place(self) -> tuple[int, int, int]:
        """School, grade, class."""
        return self.school, self.grade, self.number

    @property
    def digits(self) -> str | None:
        """The identity number as far as the list knows it, right or wrong."""
        inner = self.register_number if (self.register_number or "").startswith("G") else None
        return self.id_number or self.written or (inner[1:] if inner else None)

    @property
    def has_number(self) -> bool:
        """Whether a number that holds stands there."""
        return self.id_number is not None or self.register_number is not None

    @property
    def identity(self) -> str:
        """The same for the same child on the same list of the same school, whatever its class."""
        birth = self.birth_on.isoformat() if self.birth_on else ""
        parts = (self.register_number, self.id_number, self.written, self.name, birth)
        return "|".join([str(self.school), *(one or "" for one in parts)])
