"""Units: schools with their townships and central schools, and the classes that rows speak of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rules.model.school import SchoolClass, Unit, UnitKind
from storage.importing.batch import Batch
from storage.importing.county import County
from storage.importing.flaws import Fate, Flawed, ImportFlaw, Verdict, fate_of, refused
from storage.importing.known import plain
from storage.importing.records import UnitAlias
from storage.importing.values import ClassKey, UnitRow


def take_units(county: County, batch: Batch, rows: Sequence[UnitRow]) -> list[Verdict]:
    """First every school, then who is whose central school, which may stand further down; at
    last, which school was merged into which."""
    gone = {place: one for place, row in enumerate(rows) if (one := _gone(county, row, rows))}
    before = {row.name: county.school(row.code) or county.school(row.name) for row in rows}
    verdicts = [
        Verdict(Fate.UNCHANGED) if place in gone else _take(county, batch, row)
        for place, row in enumerate(rows)
    ]
    return [
        _merge(county, batch, row, gone[place])
        if place in gone
        else _with_parent(county, batch, row, verdict, before[row.name])
        for place, (row, verdict) in enumerate(zip(rows, verdicts, strict=True))
    ]


def _gone(county: County, row: UnitRow, rows: Sequence[UnitRow]) -> Unit | None:
    """The school that a row declares to be merged: its code stands under another school's name,
    which has a row with its own code, and its own name stands nowhere any more."""
    old = county.units.get(county.unit_names.get(plain(row.code or ""), 0))
    if old is None or plain(old.name) == plain(row.name):
        return None
    has_own_row = any(
        plain(one.name) == plain(row.name) and one.code not in (None, row.code) for one in rows
    )
    is_named = any(plain(one.name) == plain(old.name) for one in rows)
    is_code = plain(old.code or "") == plain(row.code or "")
    return old if is_code and has_own_row and not is_named else None


def _merge(county: County, batch: Batch, row: UnitRow, old: Unit) -> Verdict:
    """The old school's names lead to the new one from now on; its children follow when this is
    written (storage/importing/merging.py)."""
    new = county.school(row.name)
    if new is None or old.merged_into_id is not None or new.id == old.id:
        return Verdict(Fate.UNCHANGED)
    county.take_unit(batch.put(replace(old, merged_into_id=new.id)))
    return Verdict(Fate.CHANGED)


def ensure_unit(county: County, batch: Batch, kind: UnitKind, name: str) -> Unit:
    """The unit of this kind and name; made when it is not there."""
    found = county.unit(name, kind)
    if found is None:
        found = batch.add(Unit(0, kind, name))
        county.take_unit(found)
    return found


def ensure_class(county: County, batch: Batch, school: Unit, key: ClassKey) -> SchoolClass:
    """The class of this school; made when it is not there."""
    found = county.classes.get((school.id, *key))
    if found is None:
        found = batch.add(
            SchoolClass(0, school.id, *key, since=None if county.is_new else county.today)
        )
        county.take_class(found)
    return found


def _take(county: County, batch: Batch, row: UnitRow) -> Verdict:
    named = county.school(row.name)
    found = county.school(row.code) or named
    if found is not None and named is not None and found.id != named.id:
        return refused("code", ImportFlaw.UNIT_CODE)
    township = (
        ensure_unit(county, batch, UnitKind.TOWNSHIP, row.township).id if row.township else None
    )
    if found is None:
        if row.school_kind is None:
            return refused("kind", ImportFlaw.UNIT_KIND)
        made = Unit(0, UnitKind.SCHOOL, row.name, row.code, row.school_kind, None, township)
        county.take_unit(batch.add(made))
        return Verdict(Fate.NEW)
    changed = replace(
        found,
        name=row.name,
        code=row.code or found.code,
        school_kind=row.school_kind or found.school_kind,
        township_id=township or found.township_id,
    )
    if changed == found:
        return Verdict(Fate.UNCHANGED)
    _keep_old_names(county, batch, found, changed)
    county.take_unit(batch.put(changed))
    return Verdict(Fate.CHANGED)


def _keep_old_names(county: County, batch: Batch, old: Unit, new: Unit) -> None:
    """An old code or name still finds the school."""
    for before, now in ((old.code, new.code), (old.name, new.name)):
        if (
            before
            and before != now
            and plain(before)
            not in county.unit_names.keys()
            - {
                plain(old.name),
                plain(old.code or ""),
            }
        ):
            batch.add(UnitAlias(0, old.id, before))


def _with_parent(
    county: County, batch: Batch, row: UnitRow, verdict: Verdict, before: Unit | None
) -> Verdict:
    unit, parent = county.school(row.name), county.school(row.parent)
    if unit is None or row.parent is None:
        return verdict
    if parent is None or parent.id == unit.id:
        return Verdict(verdict.fate, (*verdict.flaws, Flawed("parent", ImportFlaw.PARENT)))
    if unit.parent_id == parent.id:
        return verdict
    county.take_unit(batch.put(replace(unit, parent_id=parent.id)))
    return Verdict(fate_of(is_new=before is None, is_changed=True), verdict.flaws)
