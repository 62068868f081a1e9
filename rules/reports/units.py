"""Who owes a report: every school without a 上级中心校, together with its village schools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from rules.model.school import Unit, UnitKind


@dataclass(frozen=True)
class School:
    """A school, and since when it has had a class: None for ever, `date.max` for none at all."""

    unit: Unit
    first_class_on: date | None = None

    def works_on(self, on: date) -> bool:
        """Whether it had a class by that day: a school that opens in mid-term owes nothing for
        the weeks before, one that was merged or has no class owes nothing any more."""
        is_there = self.unit.merged_into_id is None
        return is_there and (self.first_class_on is None or self.first_class_on <= on)


@dataclass(frozen=True)
class ReportingUnit:
    """Who signs for which schools; the unit's own school stands first where it works itself."""

    unit: Unit
    villages: tuple[Unit, ...] = ()

    @property
    def school_ids(self) -> tuple[int, ...]:
        """All the schools that the report is about."""
        return (self.unit.id, *(one.id for one in self.villages))


def reporting_units(schools: Iterable[School], on: date) -> tuple[ReportingUnit, ...]:
    """The units that owe a report on this day, by name (rules.md 9).

    The village schools of a central school that was merged report through the school it went to.
    A central school whose own classes are gone still reports for its village schools.
    """
    known = {one.unit.id: one for one in schools if one.unit.kind is UnitKind.SCHOOL}
    below: dict[int, list[Unit]] = {}
    for school in known.values():
        central = central_of(school.unit, known)
        if school.works_on(on) and central is not None:
            below.setdefault(central, []).append(school.unit)
    tops = (
        one
        for one in known.values()
        if central_of(one.unit, known) is None
        and one.unit.merged_into_id is None
        and (one.works_on(on) or one.unit.id in below)
    )
    return tuple(
        ReportingUnit(one.unit, tuple(sorted(below.get(one.unit.id, ()), key=_order)))
        for one in sorted(tops, key=lambda one: _order(one.unit))
    )


def central_of(unit: Unit, schools: Mapping[int, School]) -> int | None:
    """Through which school this one reports; None: it reports itself."""
    found = schools.get(unit.parent_id or 0)
    seen = {unit.id}
    while found is not None and found.unit.id not in seen:
        seen.add(found.unit.id)
        further = found.unit.merged_into_id or found.unit.parent_id
        if further is None:
            return found.unit.id
        found = schools.get(further)
    return None


def _order(unit: Unit) -> tuple[str, int]:
    return unit.name, unit.id
