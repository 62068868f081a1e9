"""Attendance sheets: rows are matched with classes and children; what follows is a rule's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from storage.importing.county import County
from storage.importing.flaws import Fate, ImportFlaw, Verdict, refused
from storage.importing.matching import one_child
from storage.importing.values import AttendanceRow

Claims = dict[tuple[int, date], list[tuple[int, str]]]
#: Takes one class and day: (class, day, [(child, present | absent | sick | family)]).
TakeAttendance = Callable[[int, date, Sequence[tuple[int, str]]], Awaitable[bool]]


def match_attendance(county: County, row: AttendanceRow, claims: Claims) -> Verdict:
    """Add the row to the claims of its class and day."""
    school = county.school(row.school)
    if school is None:
        return refused("school", ImportFlaw.SCHOOL)
    place = county.classes.get((school.id, *row.class_key))
    if place is None:
        return refused("class", ImportFlaw.CLASS)
    child = one_child(county, row, school.id)
    if isinstance(child, ImportFlaw):
        return refused("name", child)
    real = county.numbers.real
    claims.setdefault((real(place.id), row.on), []).append((real(child), row.claim))
    return Verdict(Fate.UNCHANGED)


async def hand_over(claims: Claims, take: TakeAttendance) -> int:
    """Give each class and day to whoever decides; how many brought something new."""
    return sum([await take(*key, rows) for key, rows in sorted(claims.items())])
