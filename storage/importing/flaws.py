"""What is wrong with a row that could be read, seen against what the county already has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules.identity import Flaw


class ImportFlaw(Flaw):
    """The value is the key of the sentence."""

    SCHOOL = "school_not_found"
    CLASS = "class_not_found"
    CHILD = "child_not_found"
    CHILDREN = "child_several"
    PARENT = "parent_not_found"
    TOWNSHIP = "township_not_found"
    ID_OF_ANOTHER = "id_of_another"
    PERSON = "person_not_found"
    PERSONS = "person_several"
    PHONE = "phone_of_another"
    REVIEW = "on_review_list"
    UNIT_KIND = "unit_kind_missing"
    UNIT_CODE = "unit_code_of_another"
    FUTURE = "day_in_future"
    NO_LESSONS = "day_without_lessons"
    CASE_LATER = "case_started_later"
    CASE_WITHOUT_DAYS = "case_without_days"
    CASE_TOO_EARLY = "case_too_early"
    NOT_YOUR_CLASS = "class_not_yours"


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Flawed:
    """One problem: the column by our key, and the code."""

    column: str
    what: ImportFlaw


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row."""

    fate: Fate
    flaws: tuple[Flawed, ...] = ()


def refused(column: str, what: ImportFlaw) -> Verdict:
    """A row that changes nothing."""
    return Verdict(Fate.REFUSED, (Flawed(column, what),))


def fate_of(*, is_new: bool, is_changed: bool) -> Fate:
    """New wins over changed."""
    if is_new:
        return Fate.NEW
    return Fate.CHANGED if is_changed else Fate.UNCHANGED
