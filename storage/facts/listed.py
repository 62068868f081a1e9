"""What tasks about the age-eligible list are about, in words: a village, or a child on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Select, select

from rules.model.school import Student
from rules.reconciling.eligible import village_number
from storage.naming import child_name
from storage.tables.eligible import doorsteps, eligible, villages
from storage.tables.school import units
from storage.work import Reading

VILLAGE, LISTED, LINE = "village", "eligible", "doorstep"


async def subjects_of(read: Reading, subjects: Iterable[str]) -> dict[str, str]:
    """The names behind those subjects that are of the list."""
    asked: dict[str, set[int]] = defaultdict(set)
    for one in subjects:
        sort, _, number = one.partition(":")
        if sort in (VILLAGE, LISTED, LINE) and number.isdigit():
            asked[sort].add(int(number))
    found: dict[str, str] = {}
    for sort, ids in asked.items():
        for row in (await read.execute(_query(sort, ids))).rows:
            name = str(row[1]) if sort == VILLAGE else listed_name(read, row[2], str(row[1]))
            found[f"{sort}:{row[0]}"] = name
    return found


def _query(sort: str, ids: set[int]) -> Select[tuple[object, ...]]:
    if sort == VILLAGE:
        return select(villages.c.id, villages.c.name).where(villages.c.id.in_(ids))
    if sort == LISTED:
        return select(eligible.c.id, eligible.c.name, eligible.c.id).where(eligible.c.id.in_(ids))
    return (
        select(doorsteps.c.id, eligible.c.name, eligible.c.id)
        .join(eligible, eligible.c.id == doorsteps.c.eligible_id)
        .where(doorsteps.c.id.in_(ids))
    )


def listed_name(read: Reading, number: int, name: str) -> str:
    """A child of the list is named to staff like every other."""
    return child_name(read, Student(number, 0, 0, name))


async def village_of_line(read: Reading, number: int) -> str:
    """Township and village of what a line of the list has in the place of a school."""
    names = (await village_numbers(read)).get(number)
    return "".join(names) if names else ""


async def village_numbers(read: Reading) -> dict[int, tuple[str, str]]:
    """Township and village by that number."""
    query = select(units.c.name, villages.c.name).select_from(
        villages.outerjoin(units, units.c.id == villages.c.township_id)
    )
    rows = (await read.execute(query)).rows
    return {village_number(row[0] or "", row[1]): (row[0] or "", row[1]) for row in rows}
