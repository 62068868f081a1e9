"""The class roster (花名册): who really sits in a class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from papers.line import Line
from papers.tables.persons import birth_and_sex, id_and_register, written_id
from rules.classnames import ClassName
from rules.identity import Sex


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One child of a class. `school`: name or code as written; both numbers may be missing."""

    school: str
    class_name: ClassName
    name: str
    id_number: str | None
    register_number: str | None
    sex: Sex | None
    born_on: date | None
    seat: str | None
    remark: str | None
    written_id: str | None = None  # an identity number as written, where it does not hold


def read_roster_line(line: Line) -> RosterEntry | None:
    """Read one row; None when it is unusable: no name, no school or no class."""
    name = line.needed("name", line.name("name"))
    school = line.needed("school", line.text("school"))
    class_name = line.needed("class", line.class_name())
    identity, register_number = id_and_register(line)
    born_on, sex = birth_and_sex(line, identity)
    if name is None or school is None or class_name is None:
        return None
    return RosterEntry(
        school=school,
        class_name=class_name,
        name=name,
        id_number=identity.text if identity else None,
        register_number=register_number,
        sex=sex,
        born_on=born_on,
        seat=line.place("seat"),
        remark=line.text("remark"),
        written_id=written_id(
            line, has_number=identity is not None or register_number is not None
        ),
    )
