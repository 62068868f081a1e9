"""适龄儿童底册: who has to be in school, by township, police and disabled persons' federation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from papers.line import Line
from papers.tables.persons import birth_and_sex, valid_id, written_id
from rules.identity import Sex


@dataclass(frozen=True, slots=True)
class EligibleEntry:
    """One child of a village. `sources`: codes of the group `list_source`."""

    township: str | None
    village: str | None
    name: str
    id_number: str | None
    sex: Sex | None
    born_on: date | None
    guardian: str | None
    phone: str | None
    address: str | None
    sources: tuple[str, ...]
    remark: str | None
    written_id: str | None = None  # an identity number as written, where it does not hold


def read_eligible_line(line: Line) -> EligibleEntry | None:
    """Read one row; None only without a name: a child without a village is still a child."""
    name = line.needed("name", line.name("name"))
    village = line.needed("village", line.text("village"))
    identity = valid_id(line, "id_number")
    born_on, sex = birth_and_sex(line, identity)
    guardian, phone = line.name("guardian"), line.phone("guardian_phone")
    sources = line.codes("source", "list_source")
    if name is None:
        return None
    return EligibleEntry(
        township=line.text("township"),
        village=village,
        name=name,
        id_number=identity.text if identity else None,
        sex=sex,
        born_on=born_on,
        guardian=guardian,
        phone=phone,
        address=line.text("address"),
        sources=sources,
        remark=line.text("remark"),
        written_id=written_id(line, has_number=identity is not None),
    )
