"""Which child a row means (data.md): register number, then ID; a name alone only proposes.

Never a second child from a typo: what looks like somebody known goes to the review list.
"""

from __future__ import annotations

from dataclasses import dataclass

from rules.identity import check_digit
from storage.importing.county import County
from storage.importing.flaws import ImportFlaw
from storage.importing.known import Known
from storage.importing.values import AttendanceRow, CaseRow, CategoryRow, ChildRow, PairingRow
from storage.lookups import id_hash, register_hash

NEAR = 2
Numbered = ChildRow | PairingRow | AttendanceRow | CaseRow | CategoryRow


@dataclass(frozen=True, slots=True)
class Match:
    """The child, if it is known; `doubt` names why a person must decide first."""

    child: Known | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """The hashes of a row's numbers."""

    id: str | None
    register: str | None

    @property
    def is_empty(self) -> bool:
        """Whether the row has no number at all."""
        return self.id is None and self.register is None


def marks_of(county: County, row: Numbered) -> Marks:
    """What the row's numbers are looked up by."""
    vault = county.vault
    return Marks(
        id_hash(vault, row.id_number) if row.id_number else None,
        register_hash(vault, row.register_number) if row.register_number else None,
    )


def match(county: County, row: ChildRow, marks: Marks, school_id: int, class_id: int) -> Match:
    """The child that the row means; `marks` are those of the row."""
    first = county.by_register.get(marks.register or "")
    second = county.by_id.get(marks.id or "")
    if first and second and first != second:
        return Match(county.children[first], "two_children")
    if first or second:
        known = county.children[first or second or 0]
        return Match(known, _doubt(county, known, row, marks, school_id))
    return _by_name(county, row, marks, school_id, class_id)


def with_number(county: County, marks: Marks) -> list[int]:
    """The children who have one of these numbers."""
    found = county.by_register.get(marks.register or ""), county.by_id.get(marks.id or "")
    return [one for one in found if one is not None]


def namesakes(county: County, row: ChildRow, school_id: int, class_id: int) -> list[Known]:
    """Children of the school with this name and the same class or birth date."""
    numbers = county.by_name.get((school_id, row.name))
    if not numbers:
        return []
    found = [county.children[one] for one in numbers]
    return [
        one
        for one in found
        if one.class_id == class_id or (row.birth_on is not None and one.birth_on == row.birth_on)
    ]


def is_near(stored: str, given: str) -> bool:
    """Whether two identity numbers may be one with a typo."""
    if len(stored) != len(given):
        return True
    differing = sum(one != other for one, other in zip(stored, given, strict=True))
    is_card = len(stored) == 18 and stored[:17].isdecimal()
    return differing <= NEAR or (is_card and check_digit(stored[:17]) != stored[17])


def one_child(county: County, row: PairingRow | AttendanceRow, school_id: int) -> int | ImportFlaw:
    """The one child of a row that must name a known one."""
    marks = marks_of(county, row)
    known = county.by_register.get(marks.register or "") or county.by_id.get(marks.id or "")
    if known:
        return known
    found = [county.children[one] for one in county.by_name.get((school_id, row.name or ""), ())]
    if row.class_key is not None:
        one_class = county.classes.get((school_id, *row.class_key))
        found = [one for one in found if one_class and one.class_id == one_class.id]
    if len(found) == 1 and not _contradicts(found[0], marks):
        return found[0].id
    return ImportFlaw.CHILDREN if len(found) > 1 else ImportFlaw.CHILD


def child_by_number(county: County, row: CaseRow | CategoryRow) -> int | ImportFlaw:
    """The known child that a row names by number alone."""
    marks = marks_of(county, row)
    known = county.by_register.get(marks.register or "") or county.by_id.get(marks.id or "")
    return known or ImportFlaw.CHILD


def _contradicts(known: Known, marks: Marks) -> bool:
    """Whether the row has a number of which the child has another one."""
    other_id = marks.id is not None and known.id_hash not in (None, marks.id)
    return other_id or (
        marks.register is not None and known.register_hash not in (None, marks.register)
    )


def _doubt(
    county: County, known: Known, row: ChildRow, marks: Marks, school_id: int
) -> str | None:
    """Why a child that was found by a number may still be another, or elsewhere."""
    if _is_somebody_else(known, row, marks):
        return "other_name"
    real = county.numbers.real
    return "elsewhere" if row.is_roster and real(known.school_id) != real(school_id) else None


def _is_somebody_else(known: Known, row: ChildRow, marks: Marks) -> bool:
    """One number fits, but neither the name nor the other number does."""
    other_id = bool(marks.id and known.id_hash and marks.id != known.id_hash)
    other_register = bool(
        marks.register and known.register_hash and marks.register != known.register_hash
    )
    return known.name != row.name and (other_id or other_register)


def _by_name(county: County, row: ChildRow, marks: Marks, school_id: int, class_id: int) -> Match:
    found = namesakes(county, row, school_id, class_id)
    if not found:
        return Match()
    alone = found[0] if len(found) == 1 else None
    if alone and alone.id not in county.seen and _is_same(alone, row, marks, class_id):
        return Match(alone)
    if marks.id is not None and all(one.id_hash for one in found):
        return Match(found[0], "near")  # the caller compares the digits
    return Match(found[0], "proposed")


def _is_same(known: Known, row: ChildRow, marks: Marks, class_id: int) -> bool:
    """The same name in the same class, and nothing speaks against it."""
    if known.class_id != class_id:
        return False
    if known.birth_on and row.birth_on and known.birth_on != row.birth_on:
        return False
    if marks.is_empty and row.is_roster:
        return True
    if marks.is_empty:
        return known.id_hash is None and known.register_hash is None
    clash = marks.register and known.register_hash and marks.register != known.register_hash
    return known.id_hash is None and not clash
