"""Attendance filed as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from papers.line import Line
from papers.problems import CellFlaw
from papers.tables.persons import id_and_register
from papers.values import read_date
from rules.classnames import ClassName


@dataclass(frozen=True, slots=True)
class AttendanceEntry:
    """One child on one day, by name or number. `mark`: present, absent, sick or personal."""

    day: date
    school: str
    class_name: ClassName
    name: str | None
    id_number: str | None
    register_number: str | None
    mark: str


def read_attendance_line(line: Line) -> AttendanceEntry | None:
    """Read one row; None when day, school, class, child or mark is missing or unreadable."""
    day = line.needed("day", line.read("day", read_date))
    school = line.needed("school", line.text("school"))
    class_name = line.needed("class", line.class_name())
    mark = line.needed("mark", line.code("mark", "attendance"))
    name = line.name("name")
    identity, register_number = id_and_register(line)
    if name is None and identity is None and register_number is None:
        line.report("name", CellFlaw.MISSING, key="name")
        return None
    if day is None or school is None or class_name is None or mark is None:
        return None
    id_number = identity.text if identity else None
    return AttendanceEntry(day, school, class_name, name, id_number, register_number, mark)
