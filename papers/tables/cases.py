"""What ran on paper before: running cases, and the groups that children belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from papers.line import Line
from papers.problems import CellFlaw, RowFlaw
from papers.tables.persons import id_and_register
from papers.values import read_date
from rules.identity import Flaw, read_phone

_WITH_PHONE = re.compile(r"^(?P<name>.*?)[\s/,，、;；:：（(]*(?P<phone>[0-9][0-9\- ]{6,})[)）]?$")


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """A running case. `status`, `stage`: codes of the groups `case_status` and `case_stage`."""

    id_number: str | None
    register_number: str | None
    status: str
    started_on: date
    stage: str
    responsible: str | None
    responsible_phone: str | None
    last_contact_on: date | None


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    """The groups that a child belongs to. `kinds`: codes of the group `category`."""

    id_number: str | None
    register_number: str | None
    kinds: tuple[str, ...]
    from_on: date | None
    to_on: date | None
    source: str | None


def read_case_line(line: Line) -> CaseEntry | None:
    """Read one row; None when child, status, start or stage is missing or unreadable."""
    id_number, register_number = _child(line)
    status = line.needed("status", line.code("status", "case_status"))
    started_on = line.needed("started_on", line.read("started_on", read_date))
    stage = line.needed("stage", line.code("stage", "case_stage"))
    name, phone = _person(line)
    last_contact_on = line.read("last_contact_on", read_date)
    if id_number is None and register_number is None:
        return None
    if status is None or started_on is None or stage is None:
        return None
    if last_contact_on is not None and last_contact_on < started_on:
        line.report("last_contact_on", RowFlaw.CONTACT_BEFORE)
        last_contact_on = None
    return CaseEntry(
        id_number, register_number, status, started_on, stage, name, phone, last_contact_on
    )


def read_category_line(line: Line) -> CategoryEntry | None:
    """Read one row; None when the child or every group is missing or unreadable."""
    id_number, register_number = _child(line)
    kinds = line.codes("category", "category")
    if not line.text("category"):
        line.report("category", CellFlaw.MISSING, key="category")
    from_on, to_on = line.read("from_on", read_date), line.read("to_on", read_date)
    if from_on is not None and to_on is not None and to_on < from_on:
        line.report("to_on", RowFlaw.DATES_REVERSED)
        to_on = None
    if not kinds or (id_number is None and register_number is None):
        return None
    source = line.text("source")
    return CategoryEntry(
        id_number, register_number, kinds, from_on, to_on, source[:80] if source else None
    )


def _child(line: Line) -> tuple[str | None, str | None]:
    identity, register_number = id_and_register(line)
    if identity is None and register_number is None:
        line.needed("id_number", None)
    return (identity.text if identity else None), register_number


def _person(line: Line) -> tuple[str | None, str | None]:
    """A name, with a phone behind it where names are not enough."""
    text = line.name("responsible")
    found = _WITH_PHONE.match(line.text("responsible") or "")
    if found is None:
        return text, line.phone("phone")
    phone = read_phone(found["phone"])
    if isinstance(phone, Flaw):
        line.report("responsible", phone)
        return None, None
    return found["name"].strip() or None, phone
