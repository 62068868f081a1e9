"""Register and rosters as schools have handed them in, class by class (rules.md 8)."""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from rules.decision import Entry
from rules.model.reconciling import ClassList, line_of, plain_line
from rules.reconciling.lines import Line, Side
from rules.reconciling.sorting import LAST_PRIMARY, Lists
from storage.database import Database
from storage.importing.values import EligibleRow
from storage.tables.reconciling import class_lists
from storage.tables.school import units
from storage.work import Reading, Work

Place = tuple[int, int, int]
Plain = tuple[Any, ...]
#: So many schools are written in one unit of work.
SCHOOLS = 5
_NEWEST = pickle.HIGHEST_PROTOCOL


@dataclass
class Collected:
    """What the files of one import say, class by class."""

    #: Each line packed: of a whole county there are many.
    lists: dict[Side, dict[Place, list[bytes]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    #: Rows of an age-eligible list; the import itself keeps them.
    listed: list[EligibleRow] = field(default_factory=list)

    def take(self, side: Side, line: Line) -> None:
        """One row of a register or a roster."""
        self.keep(side, plain_line(line))

    def keep(self, side: Side, plain: Sequence[Any]) -> None:
        """One row that is plain already; its place stands first."""
        school, grade, number, *rest = plain
        self.lists[side][school, grade, number].append(pickle.dumps(tuple(rest), _NEWEST))

    def lines(self, side: Side, place: Place) -> tuple[Plain, ...]:
        """The rows of a class."""
        return tuple((*place, *pickle.loads(one)) for one in self.lists[side][place])

    def places(self) -> list[tuple[Side, Place]]:
        """Every class that a register or a roster names."""
        return [(side, place) for side, classes in self.lists.items() for place in classes]

    def schools(self, side: Side) -> dict[int, list[Place]]:
        """The classes by their schools."""
        found: dict[int, list[Place]] = defaultdict(list)
        for place in self.lists[side]:
            found[place[0]].append(place)
        return found


async def keep_lists(
    database: Database, collected: Collected, now: datetime, term_from: date | None
) -> int:
    """Put what was collected in the place of what stood there; how many classes changed.

    A register export is the whole school: classes that it does not name are gone.  A roster is
    its class; classes handed in before this term began do not count any more.
    """
    changed = 0
    for side in (Side.REGISTER, Side.ROSTER):
        schools = sorted(collected.schools(side).items())
        for first in range(0, len(schools), SCHOOLS):
            async with database.work(now) as work:
                for school_id, places in schools[first : first + SCHOOLS]:
                    found = {place: collected.lines(side, place) for place in places}
                    changed += await _keep(work, side, school_id, found, term_from)
    return changed


async def _keep(
    work: Work,
    side: Side,
    school_id: int,
    found: Mapping[Place, tuple[Plain, ...]],
    term_from: date | None,
) -> int:
    query = select(class_lists).where(class_lists.c.school_id == school_id)
    every = await work.all(query, ClassList)
    known = {one.place: one for one in every if one.side is side}
    stale = [
        one
        for place, one in known.items()
        if place not in found and (side is Side.REGISTER or is_stale(one, term_from))
    ]
    if side is Side.REGISTER:
        await _keep_leavers(work, every, term_from)
    for one in stale:
        await work.execute(delete(class_lists).where(class_lists.c.id == one.id))
    written = 0
    for place, lines in found.items():
        written += await _write(work, side, place, lines, known.get(place))
    if written or stale:
        public = {"side": side.value, "classes": written, "gone": len(stale)}
        work.journal(Entry("lists_kept", f"school:{school_id}", public=public))
    return written + len(stale)


async def _write(
    work: Work, side: Side, place: Place, kept: tuple[Plain, ...], known: ClassList | None
) -> int:
    """A class whose lines are the same only says that they still hold."""
    fresh = ClassList(0, side, *place, work.now, len(kept), kept)
    if known is not None:
        fresh = replace(fresh, id=known.id, version=known.version)
    await work.save(class_lists, fresh)
    return int(known is None or known.lines != kept)


async def _keep_leavers(work: Work, every: Sequence[ClassList], term_from: date | None) -> None:
    """Grade 6 of a register from before this term, when it is replaced: these are the leavers."""
    old = [
        one
        for one in every
        if one.side is Side.REGISTER and one.grade == LAST_PRIMARY and is_stale(one, term_from)
    ]
    if not old:
        return
    for one in every:
        if one.side is Side.LEAVERS:
            await work.execute(delete(class_lists).where(class_lists.c.id == one.id))
    await work.insert_many(
        class_lists, [replace(one, id=0, side=Side.LEAVERS, version=1) for one in old]
    )


def is_stale(one: ClassList, term_from: date | None) -> bool:
    """Whether the list was handed in before the term began."""
    return term_from is not None and one.taken_at.date() < term_from


async def load_lists(
    read: Reading, term_from: date | None, collected: Collected | None = None
) -> Lists:
    """All lists of the county as they hold; `collected` stands in for what it would replace."""
    every = await read.all(
        select(class_lists).order_by(
            class_lists.c.school_id, class_lists.c.grade, class_lists.c.number
        ),
        ClassList,
    )
    merged = await _merged(read)
    renewed = {(one.side, one.school_id) for one in every}
    sides: dict[Side, list[Line]] = {side: [] for side in Side}
    for one in every:
        is_old = one.side is Side.ROSTER and is_stale(one, term_from)
        now_at = merged.get(one.school_id, one.school_id)
        is_renewed = now_at != one.school_id and (one.side, now_at) in renewed
        if not is_old and not is_renewed and not _is_replaced(one, collected):
            found = _lines(one.lines)
            sides[one.side] += [replace(line, school=now_at) for line in found]
    if collected is not None:
        for side, place in collected.places():
            sides[side] += _lines(collected.lines(side, place))
    return Lists(sides[Side.REGISTER], sides[Side.ROSTER], sides[Side.LEAVERS])


async def _merged(read: Reading) -> dict[int, int]:
    """Where the children of schools are that are no more."""
    query = select(units.c.id, units.c.merged_into_id).where(units.c.merged_into_id.is_not(None))
    found = {row[0]: row[1] for row in (await read.execute(query)).rows}
    for number, into in found.items():
        last = into
        for _ in found:
            last = found.get(last, last)
        found[number] = last
    return found


def _is_replaced(one: ClassList, collected: Collected | None) -> bool:
    if collected is None:
        return False
    places = collected.lists[one.side]
    if one.side is Side.REGISTER:
        return one.school_id in {place[0] for place in places}
    return one.place in places


def _lines(plain: Iterable[Any]) -> list[Line]:
    return [line for one in plain if (line := line_of(one)) is not None]
