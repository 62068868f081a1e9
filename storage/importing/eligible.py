"""The age-eligible list: new lines, changed ones, and the same.

Nobody is refused, and nobody goes because a newer list leaves a name out: lists of one office are
never whole, and only somebody at the door can say that a child has moved away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import or_, select

from rules.model.eligible import Eligible, Village
from rules.model.school import UnitKind
from rules.reconciling.areas import area_school
from rules.reconciling.nearness import is_similar, is_slip
from storage.importing.batch import Batch
from storage.importing.county import County
from storage.importing.flaws import Flawed, ImportFlaw, Verdict, fate_of
from storage.importing.repairs import About, settle
from storage.importing.values import EligibleRow
from storage.lookups import id_hash
from storage.tables.eligible import eligible
from storage.work import Reading

JOINT = ","


@dataclass
class _Known:
    """The lines that the rows of one batch can mean."""

    by_hash: dict[str, Eligible] = field(default_factory=dict)
    by_name: dict[tuple[int, str], list[Eligible]] = field(default_factory=dict)

    def take(self, line: Eligible) -> None:
        """Know it as it is now."""
        if line.id_hash is not None:
            self.by_hash[line.id_hash] = line
        others = self.by_name.setdefault((line.village_id, line.name), [])
        others[:] = [*(one for one in others if one.id != line.id), line]


async def take_eligible(
    read: Reading, county: County, batch: Batch, rows: Sequence[EligibleRow]
) -> list[Verdict]:
    """A few rows of a list."""
    marks = [id_hash(county.vault, one.id_number) if one.id_number else None for one in rows]
    known = await _load(read, county, rows, [one for one in marks if one])
    return [
        _take(county, batch, known, (row, mark)) for row, mark in zip(rows, marks, strict=True)
    ]


async def _load(
    read: Reading, county: County, rows: Sequence[EligibleRow], marks: Sequence[str]
) -> _Known:
    known = _Known()
    names = {one.name for one in rows}
    query = select(eligible).where(or_(eligible.c.id_hash.in_(marks), eligible.c.name.in_(names)))
    for line in await read.all(query.order_by(eligible.c.id), Eligible):
        known.take(line)
    for line in county.planned_lines.values():
        if line.name in names or line.id_hash in marks:
            known.take(line)
    return known


def _take(
    county: County, batch: Batch, known: _Known, given: tuple[EligibleRow, str | None]
) -> Verdict:
    row, mark = given
    village, flaws = _village(county, batch, row)
    before = known.by_hash.get(mark) if mark else None
    if before is not None and before.name != row.name and not is_similar(before.name, row.name):
        flaws = (*flaws, Flawed("id_number", ImportFlaw.ID_OF_ANOTHER))
        row, mark, before = replace(row, id_number=None, written=row.id_number), None, None
    if before is None:
        before = _by_name(known, row, village)
    after = _as_said(county, row, mark, (village, before))
    if before is None:
        after = batch.add(after)
    elif after != before:
        after = batch.put(replace(after, listed_at=county.now))
    known.take(after)
    if after.id < 0:
        county.planned_lines[after.id] = after
    is_news = _repair(county, batch, row, (after, village, flaws))
    is_changed = before is not None and after != before
    return Verdict(fate_of(is_new=before is None, is_changed=is_changed or is_news), flaws)


def _village(county: County, batch: Batch, row: EligibleRow) -> tuple[Village, tuple[Flawed, ...]]:
    """The village, made where it is new; a township that nobody knows is a flaw."""
    township = county.unit(row.township, UnitKind.TOWNSHIP)
    flaws: tuple[Flawed, ...] = ()
    if township is None and row.township:
        flaws = (Flawed("township", ImportFlaw.TOWNSHIP),)
    known = county.villages.get((township.id if township else None, row.village))
    if township is None and known is None:
        named = [one for (_, name), one in county.villages.items() if name == row.village]
        known = named[0] if len(named) == 1 else None
    if known is None:
        known = batch.add(Village(0, row.village, township.id if township else None))
        county.villages[known.township_id, known.name] = known
    return known, flaws


def _by_name(known: _Known, row: EligibleRow, village: Village) -> Eligible | None:
    """The one line without a number that this row means: the same birth date, and no number that
    speaks against it; or, where nobody knows the birth date, the very same row."""
    fits = [
        one
        for one in known.by_name.get((village.id, row.name), ())
        if one.id_hash is None and one.birth_on == row.birth_on
        if (_is_same_number(one.written, row) if row.birth_on else one.written == row.written)
    ]
    return fits[0] if len(fits) == 1 else None


def _is_same_number(written: str | None, row: EligibleRow) -> bool:
    given = row.id_number or row.written
    if written is None or given is None or written == given:
        return True
    return row.id_number is not None and is_slip(written, given)


def _as_said(
    county: County,
    row: EligibleRow,
    mark: str | None,
    place: tuple[Village, Eligible | None],
) -> Eligible:
    """The line as the row has it; what the row leaves empty stays."""
    village, before = place
    said: dict[str, Any] = {key: value for key, value in row.fills.items() if value is not None}
    said |= {"village_id": county.numbers.real(village.id), "name": row.name}
    if mark is not None:
        said |= {"id_number": row.id_number, "id_hash": mark, "written": None}
    elif row.written is not None and (before is None or before.id_hash is None):
        said["written"] = row.written
    named = {
        one for one in (before.source if before and before.source else "").split(JOINT) if one
    }
    said["source"] = JOINT.join(sorted(named | {*row.sources})) or None
    fresh = before or Eligible(0, village.id, row.name, listed_at=county.now)
    return replace(fresh, **said)


def _repair(
    county: County,
    batch: Batch,
    row: EligibleRow,
    found: tuple[Eligible, Village, Sequence[Flawed]],
) -> bool:
    """What was wrong is for the register clerk of the school whose area it is."""
    line, village, flaws = found
    school = area_school(county.units.values(), village.township_id, village.name)
    if school is None:
        return False
    wrong = (*row.flaws, *(f"{one.column}: {one.what}" for one in flaws))
    return settle(county, batch, About(f"eligible:{line.id}", school.id), wrong)
