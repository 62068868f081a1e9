"""The groups that children belong to, with dates and source (rules.md 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from rules.model.school import Category, CategoryKind
from storage.importing.batch import Batch
from storage.importing.county import County
from storage.importing.flaws import Fate, ImportFlaw, Verdict, fate_of, refused
from storage.importing.matching import child_by_number
from storage.importing.values import CategoryRow
from storage.tables.ladder import categories
from storage.work import Reading

Key = tuple[int, CategoryKind]
Known = defaultdict[Key, list[Category]]


async def take_categories(
    read: Reading, county: County, batch: Batch, rows: Sequence[CategoryRow]
) -> list[Verdict]:
    """A few rows: each group of each child once, with the latest dates and source."""
    named = [child_by_number(county, row) for row in rows]
    known = await _known(read, {one for one in named if not isinstance(one, ImportFlaw)})
    return [
        refused("id_number", child)
        if isinstance(child, ImportFlaw)
        else _take(county, batch, known, child, row)
        for child, row in zip(named, rows, strict=True)
    ]


async def _known(read: Reading, children: set[int]) -> Known:
    """Every line of each group of these children, oldest first."""
    query = select(categories).where(categories.c.student_id.in_(children))
    known: Known = defaultdict(list)
    for one in await read.all(query.order_by(categories.c.id), Category):
        known[one.student_id, one.kind].append(one)
    return known


def _take(county: County, batch: Batch, known: Known, child: int, row: CategoryRow) -> Verdict:
    fates = {_take_kind(county, batch, known, (child, kind), row) for kind in row.kinds}
    return Verdict(fate_of(is_new=Fate.NEW in fates, is_changed=Fate.CHANGED in fates))


def _take_kind(county: County, batch: Batch, known: Known, key: Key, row: CategoryRow) -> Fate:
    """Of two rows about the same group and time, the first counts."""
    named = (*key, row.from_on)
    if named in county.grouped:
        return Fate.UNCHANGED
    county.grouped.add(named)
    before = _meant(known[key], row)
    if before is None:
        known[key].append(batch.add(Category(0, *key, row.from_on, row.to_on, row.source)))
        return Fate.NEW
    said = {"from_on": row.from_on, "to_on": row.to_on, "source": row.source}
    after = replace(before, **{name: value for name, value in said.items() if value is not None})  # type: ignore[arg-type]
    if after == before:
        return Fate.UNCHANGED
    known[key][known[key].index(before)] = batch.put(after)
    return Fate.CHANGED if before.id > 0 else Fate.NEW


def _meant(lines: Sequence[Category], row: CategoryRow) -> Category | None:
    """The line that began on the same day, else the latest; None where the row tells of another
    time in the group, before or after it."""
    same = [one for one in lines if one.from_on == row.from_on]
    if same:
        return same[0]
    latest = lines[-1] if lines else None
    if latest is None or row.from_on is None:
        return latest
    is_later = latest.to_on is not None and row.from_on > latest.to_on
    is_earlier = None not in (latest.from_on, row.to_on) and row.to_on < latest.from_on  # type: ignore[operator]
    return None if is_later or is_earlier else latest
