"""Terms, and days that are opened or closed."""

from __future__ import annotations

from dataclasses import replace

from storage.importing.batch import Batch
from storage.importing.county import County
from storage.importing.flaws import Fate, ImportFlaw, Verdict, refused
from storage.importing.records import DayRecord, TermRecord
from storage.importing.values import DayRow, TermRow

COUNTY, SCHOOL = "county", "school"


def take_term(county: County, batch: Batch, row: TermRow) -> Verdict:
    """A term is known by its name and school."""
    school = county.school(row.school)
    if row.school and school is None:
        return refused("school", ImportFlaw.SCHOOL)
    key = row.name, school.id if school else None
    found = county.terms.get(key)
    if found is None:
        county.terms[key] = batch.add(TermRecord(0, row.name, row.starts_on, row.ends_on, key[1]))
        return Verdict(Fate.NEW)
    changed = replace(found, starts_on=row.starts_on, ends_on=row.ends_on)
    if changed == found:
        return Verdict(Fate.UNCHANGED)
    county.terms[key] = batch.put(changed)
    return Verdict(Fate.CHANGED)


def take_day(
    county: County, batch: Batch, row: DayRow, *, source: str = "import", by: int | None = None
) -> Verdict:
    """A day is known by its date and school."""
    school = county.school(row.school)
    if row.school and school is None:
        return refused("school", ImportFlaw.SCHOOL)
    key = row.on, school.id if school else None
    found = county.days.get(key)
    if found is None:
        scope = SCHOOL if school else COUNTY
        county.days[key] = batch.add(
            DayRecord(0, row.on, scope, row.is_open, row.label, source, key[1], by)
        )
        return Verdict(Fate.NEW)
    changed = replace(found, is_open=row.is_open, label=row.label)
    if changed == found:
        return Verdict(Fate.UNCHANGED)
    county.days[key] = batch.put(changed)
    return Verdict(Fate.CHANGED)
