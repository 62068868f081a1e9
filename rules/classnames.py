"""Class names: one normal form (grade 1 to 9, class number) for all the ways they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rules.identity import Flaw, fold

_DIGITS = "零一二三四五六七八九"
_NUMBER = r"[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_GRADE = re.compile(
    r"^(?:小学)?(?:(?P<junior>初中|初)(?P<year>[1-3一二三])|(?P<grade>[1-9一二三四五六七八九]))"
    r"(?P<word>年级)?(?P<rest>.*)$"
)
_CLASS = re.compile(rf"^\(?(?P<number>{_NUMBER})\)?班?$")
_COMPACT = re.compile(r"^0?(?P<grade>[1-9])(?P<number>[0-9]{2})班?$")


class ClassFlaw(Flaw):
    """Why a class name says nothing."""

    GRADE = "grade_unknown"
    NUMBER = "class_unknown"
    DISAGREE = "class_disagrees"


@dataclass(frozen=True, slots=True, order=True)
class ClassName:
    """A class of a school: grade 1 to 9 (7: first year of junior school), class number 1 to 99."""

    grade: int
    number: int

    @property
    def label(self) -> str:
        """The display form, 三(2)班."""
        return f"{_DIGITS[self.grade]}({self.number})班"


@lru_cache(maxsize=256)
def read_grade(text: str) -> int | Flaw:
    """Read 三年级, 3年级, 3, 03, 三, 七年级, 初一, 初中一年级 as a grade from 1 to 9."""
    plain = _plain(text)
    found = _GRADE.match(re.sub(r"^0(?=[1-9]$)", "", plain))
    if found is None or found["rest"] not in ("", "级"):
        return ClassFlaw.GRADE
    return _grade_of(found)


@lru_cache(maxsize=4096)
def read_class(text: str, grade: int | None = None) -> ClassName | Flaw:
    """Read a class name; `grade` is what a grade column beside it says (None: no such column).

    With a grade, 2, 02, 2班, (2)班 and 二班 are enough; without, the text must say it: 三年级2班,
    三(2)班, 3年级2班, 0302, 302, 七年级(1)班, 初一3班.  A text that says another grade is a flaw.
    """
    plain = _plain(text)
    found = _whole(plain)
    bare = _CLASS.match(plain)
    if grade is not None and bare is not None and found is None:
        return _valid(grade, _number(bare["number"])) or ClassFlaw.NUMBER
    if found is None:
        return ClassFlaw.GRADE if bare else ClassFlaw.NUMBER
    if grade is not None and grade != found.grade:
        return ClassFlaw.DISAGREE
    return found


def _plain(text: str) -> str:
    """Without spaces, in half width, all brackets round."""
    return re.sub(r"\s+", "", fold(text)).translate(str.maketrans("[]【】〔〕", "()()()"))


def _whole(plain: str) -> ClassName | None:
    """A class name that says both grade and number."""
    compact = _COMPACT.match(plain)
    if compact is not None:
        return _valid(int(compact["grade"]), int(compact["number"]))
    found = _GRADE.match(plain)
    if found is None or not found["rest"]:
        return None
    rest = re.sub(r"^[.\-－—_]", "", found["rest"])
    number = _CLASS.match(rest)
    if number is None or not (found["word"] or found["junior"] or _is_apart(found, rest)):
        return None
    return _valid(_grade_of(found), _number(number["number"]))


def _is_apart(found: re.Match[str], rest: str) -> bool:
    """Whether the number is set off from the grade: 三(2), 3-2, 三2, 三二班; not 32 or 二十班."""
    if rest != found["rest"] or rest[0] == "(":
        return True
    return not found["grade"].isascii() and rest[0] != "十"


def _grade_of(found: re.Match[str]) -> int:
    """The grade that the match says; the first junior year is 7."""
    return 6 + _number(found["year"]) if found["junior"] else _number(found["grade"])


def _number(text: str) -> int:
    """Arabic or Chinese digits up to 99 as a number (0 when it is none)."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.index(text) if len(text) == 1 else 0
    return 10 * (_DIGITS.index(tens) if tens else 1) + (_DIGITS.index(ones) if ones else 0)


def _valid(grade: int, number: int) -> ClassName | None:
    return ClassName(grade, number) if number > 0 else None
