"""Attendance sheets: rows are matched with classes and children; what follows is a rule's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from sqlalchemy import select

from rules.model.attendance import Session
from rules.sheets import is_news
from storage.facts.rosters import roll_call_on
from storage.importing.county import County
from storage.importing.flaws import Fate, ImportFlaw, Verdict, refused
from storage.importing.matching import one_child
from storage.importing.values import AttendanceRow
from storage.tables.attendance import marks
from storage.work import Reading

Claims = dict[tuple[int, date], list[tuple[int, str]]]
#: Takes one class and day: (class, day, [(child, present | absent | sick | family)]).
TakeAttendance = Callable[[int, date, Sequence[tuple[int, str]]], Awaitable[bool]]
#: A row that means a known child: class, day, child, what it says.
Matched = tuple[int, date, int, str]


async def match_rows(
    read: Reading, county: County, rows: Sequence[AttendanceRow], claims: Claims
) -> list[Verdict]:
    """Match rows and say of each whether it brings anything new."""
    matched = [_match(county, row) for row in rows]
    known = [one for one in matched if isinstance(one, tuple)]
    marked = await _marked(read, known)
    roll_calls = {key: await roll_call_on(read, *key) for key in {one[:2] for one in known}}
    verdicts = []
    for one in matched:
        if isinstance(one, Verdict):
            verdicts.append(one)
            continue
        class_id, on, child, says = one
        claims.setdefault((class_id, on), []).append((child, says))
        is_new = is_news(roll_calls[class_id, on], (child, says), is_marked=(child, on) in marked)
        verdicts.append(Verdict(Fate.NEW if is_new else Fate.UNCHANGED))
    return verdicts


def _match(county: County, row: AttendanceRow) -> Matched | Verdict:
    """The class and the child of a row, or what is wrong with it."""
    school = county.school(row.school)
    if school is None:
        return refused("school", ImportFlaw.SCHOOL)
    place = county.classes.get((school.id, *row.class_key))
    if place is None:
        return refused("class", ImportFlaw.CLASS)
    if row.on > county.today:
        return refused("day", ImportFlaw.FUTURE)
    terms = county.calendar.terms
    if terms and not county.calendar.is_school_day(school.id, place.grade, row.on):
        return refused("day", ImportFlaw.NO_LESSONS)
    child = one_child(county, row, school.id)
    if isinstance(child, ImportFlaw):
        return refused("name", child)
    real = county.numbers.real
    if real(county.children[child].class_id) != real(place.id):
        return refused("name", ImportFlaw.CHILD)
    return real(place.id), row.on, real(child), row.claim


async def _marked(read: Reading, rows: Sequence[Matched]) -> set[tuple[int, date]]:
    """The children and days of which a mark exists."""
    query = select(marks.c.student_id, marks.c.on).where(
        marks.c.student_id.in_([child for _, _, child, _ in rows]),
        marks.c.on.in_({on for _, on, _, _ in rows}),
        marks.c.session == Session.MORNING.value,
    )
    return {(row[0], row[1]) for row in (await read.execute(query)).rows}


async def hand_over(claims: Claims, take: TakeAttendance) -> int:
    """Give each class and day to whoever decides; how many brought something new."""
    return sum([await take(*key, rows) for key, rows in sorted(claims.items())])
