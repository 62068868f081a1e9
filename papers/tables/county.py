"""Our own templates: units, staff, terms and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from papers.line import Line
from papers.problems import CellFlaw, RowFlaw
from papers.values import read_date
from rules.classnames import ClassName
from rules.identity import read_school_code


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A school. `kind`: a code of the group `unit_kind`; `parent`: the central school's name."""

    name: str
    code: str | None
    kind: str | None
    parent: str | None
    township: str | None


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """One person in one unit. `roles`: codes of the group `role`."""

    name: str
    unit: str
    roles: tuple[str, ...]
    phone: str | None
    class_name: ClassName | None


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A term, both days included. `school`: None means all schools."""

    name: str
    starts_on: date
    ends_on: date
    school: str | None


@dataclass(frozen=True, slots=True)
class DayEntry:
    """A day that is not as the official calendar has it. `plan`: `school` or `closed`."""

    day: date
    plan: str
    note: str | None
    school: str | None


def read_unit_line(line: Line) -> UnitEntry | None:
    """Read one row; None when it is unusable: no name."""
    name = line.needed("name", line.text("name"), "school")
    code = line.read("code", read_school_code)
    kind = line.needed("kind", line.code("kind", "unit_kind"), "unit_kind")
    if name is None:
        return None
    return UnitEntry(name, code, kind, line.text("parent"), line.text("township"))


def read_staff_line(line: Line) -> StaffEntry | None:
    """Read one row; None when it is unusable: no name, no unit or no role."""
    name = line.needed("name", line.name("name"))
    unit = line.needed("unit", line.text("unit"))
    roles, phone = line.codes("role", "role"), line.phone("phone")
    if not line.text("role"):
        line.report("role", CellFlaw.MISSING, key="role")
    class_name = line.class_name()
    if "class_teacher" in roles:
        line.needed("class", class_name)
    if name is None or unit is None or not roles:
        return None
    return StaffEntry(name, unit, roles, phone, class_name)


def read_term_line(line: Line) -> TermEntry | None:
    """Read one row; None when it is unusable: no name, no dates, or the end before the start."""
    name = line.needed("name", line.text("name"))
    starts_on = line.needed("starts_on", line.read("starts_on", read_date))
    ends_on = line.needed("ends_on", line.read("ends_on", read_date))
    if name is None or starts_on is None or ends_on is None:
        return None
    if ends_on < starts_on:
        line.report("ends_on", RowFlaw.DATES_REVERSED)
        return None
    return TermEntry(name, starts_on, ends_on, line.text("school"))


def read_day_line(line: Line) -> DayEntry | None:
    """Read one row; None when it is unusable: no date or no plan."""
    day = line.needed("day", line.read("day", read_date))
    plan = line.needed("plan", line.code("plan", "day_plan"))
    if day is None or plan is None:
        return None
    return DayEntry(day, plan, line.text("note"), line.text("school"))
