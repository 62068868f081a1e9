"""What an attendance sheet would do, as the sender reads it before saying yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from storage.facts.binding import class_of
from storage.facts.rosters import roll_call_on
from storage.sheets import Sheet, known_of
from storage.work import Reading

#: So many problems are spelled out; of the rest the number is said.
PROBLEMS = 10


@dataclass(frozen=True)
class DayCount:
    """One class and day of the sheet."""

    grade: int
    number: int
    on: date
    present: int
    absent: int
    sick: int
    family: int
    #: Children with an open case whom the sheet calls present: somebody has to have seen them.
    unseen: int


@dataclass(frozen=True)
class Flaw:
    """One problem, in the reader's language; row 0: the file as a whole."""

    row: int
    column: str
    problem: str


@dataclass(frozen=True)
class SheetCheck:
    """The counts, what is wrong, and the draft that [确认] carries out."""

    draft_id: int
    new: int
    unchanged: int
    days: tuple[DayCount, ...]
    flaws: tuple[Flaw, ...]
    more_flaws: int
    errors: int


async def count_days(read: Reading, sheets: Sequence[Sheet]) -> tuple[DayCount, ...]:
    """A line for each class and day."""
    return tuple([await _count(read, sheet) for sheet in sheets])


async def _count(read: Reading, sheet: Sheet) -> DayCount:
    one = await class_of(read, sheet.class_id)
    known = await known_of(read, sheet)
    said = [says for _, says in sheet.rows]
    present = {child for child, says in sheet.rows if says == "present"}
    is_taken = await roll_call_on(read, sheet.class_id, sheet.on) is not None
    return DayCount(
        grade=one.grade,
        number=one.number,
        on=sheet.on,
        present=said.count("present"),
        absent=said.count("absent"),
        sick=said.count("sick"),
        family=said.count("family"),
        unseen=len(present & set(known.followed) - set(known.marked)) if is_taken else 0,
    )
