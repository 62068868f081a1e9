"""The register export (学籍): of its seventy columns only those that the duty work needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from papers.line import Line
from papers.problems import CellFlaw
from papers.tables.persons import birth_and_sex, valid_id, written_id
from papers.values import read_month, read_yes_no
from rules.classnames import ClassName
from rules.identity import IdNumber, Sex, read_register_number, read_school_code

NO_NUMBER_NEEDED = "other"


@dataclass(frozen=True, slots=True)
class Member:
    """A family member: `relation` is a code of the group `relation` in papers/codes.toml."""

    name: str | None
    relation: str | None
    relation_note: str | None
    phone: str | None
    is_guardian: bool | None
    address: str | None


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One child as registered. None: empty in the file, or wrong and reported.

    `school`: ten-digit code, else the name as written. `enrolled_in`: first day of the month.
    `id_type`, `state`, `boarding`, `health`, `disability`, `left_behind`: codes of the groups of
    these names in papers/codes.toml. `id_number`: 18 characters that hold when `id_type` is
    `identity_card` (or empty), else as written. Source: the national register's template.
    """

    school: str
    class_name: ClassName
    name: str
    sex: Sex | None
    born_on: date | None
    id_type: str | None
    id_number: str | None
    register_number: str | None
    state: str | None
    seat: str | None
    enrolled_in: date | None
    boarding: str | None
    health: str | None
    disability: str | None
    inclusion: bool | None
    left_behind: str | None
    migrant: bool | None
    orphan: bool | None
    address: str | None
    home_address: str | None
    phone: str | None
    members: tuple[Member, ...]
    written_id: str | None = None  # an identity number as written, where it does not hold


def read_register_line(line: Line) -> RegisterEntry | None:
    """Read one row; None when it is unusable: no name, no school or no class."""
    name = line.needed("name", line.name("name"))
    school = _school(line)
    class_name = line.needed("class", line.class_name())
    id_type = line.code("id_type", "id_type")
    id_text, identity = _identity(line, id_type)
    born_on, sex = birth_and_sex(line, identity)
    register_number = line.read("register_number", read_register_number)
    state, boarding = line.code("state", "state"), line.code("boarding", "boarding")
    health, disability = line.code("health", "health"), line.code("disability", "disability")
    enrolled_in = line.again("enrolled_in", read_month)
    inclusion = line.code("inclusion", "inclusion")
    left_behind = line.code("left_behind", "left_behind")
    migrant, orphan = (line.again(key, read_yes_no) for key in ("migrant", "orphan"))
    phone = line.phone("phone")
    members = tuple(member for number in (1, 2) if (member := _member(line, number)))
    if name is None or school is None or class_name is None:
        return None
    return RegisterEntry(
        school=school,
        class_name=class_name,
        name=name,
        sex=sex,
        born_on=born_on,
        id_type=id_type,
        id_number=id_text,
        register_number=register_number,
        state=state,
        seat=line.place("seat"),
        enrolled_in=enrolled_in,
        boarding=boarding,
        health=health,
        disability=disability,
        inclusion=None if inclusion is None else inclusion == "yes",
        left_behind=left_behind,
        migrant=migrant,
        orphan=orphan,
        address=line.text("address"),
        home_address=line.text("home_address"),
        phone=phone,
        members=members,
        written_id=written_id(line, has_number=id_text is not None),
    )


def _school(line: Line) -> str | None:
    """The school's code; where there is none, its name."""
    code = line.again("school_code", read_school_code)
    if code is not None:
        return code
    key = "school" if line.has("school") and not line.raw("school_code") else "school_code"
    name = line.text("school")
    return name or line.needed(key, None, "school")


def _identity(line: Line, id_type: str | None) -> tuple[str | None, IdNumber | None]:
    """The number as text, and what it says when it is an identity card's."""
    if id_type in (None, "identity_card"):
        identity = valid_id(line, "id_number")
        line.needed("id_number", identity)
        return (identity.text, identity) if identity else (None, None)
    if id_type != NO_NUMBER_NEEDED and not line.raw("id_number"):
        line.report("id_number", CellFlaw.MISSING, key="id_number")
    return line.read("id_number", lambda text: text.replace(" ", "").upper()), None


def _member(line: Line, number: int) -> Member | None:
    """Family member 1 or 2; None when neither a name nor a phone stands there."""
    prefix = f"member{number}_"
    name, phone = line.name(prefix + "name"), line.phone(prefix + "phone")
    if name is None and not line.text(prefix + "phone"):
        return None
    if name is None:
        line.report(prefix + "name", CellFlaw.MISSING, key="member_name")
    return Member(
        name=name,
        relation=line.code(prefix + "relation", "relation"),
        relation_note=line.text(prefix + "relation_note"),
        phone=phone,
        is_guardian=line.again(prefix + "is_guardian", read_yes_no),
        address=line.text(prefix + "address"),
    )
