"""An invented county written in the real file formats, for trying out, training and tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from papers.cells import Cell
from papers.problems import RowFlaw
from papers.sample.children import Child, invent_children
from papers.sample.county import County, invent_county
from papers.sample.eligible import eligible_lines, invent_at_home
from papers.sample.faults import FAULTS, Fault, plan_faults
from papers.sample.people import People
from papers.sample.register import Record, register_record
from papers.sample.running import case_lines, category_lines
from papers.sample.tables import (
    attendance_lines,
    day_lines,
    pairing_lines,
    roster_lines,
    staff_lines,
    term_lines,
    terms_of,
    unit_lines,
)
from papers.sample.words import words
from papers.sheets import SheetWriter, new_workbook

FAULTS_FILE = "faults.json"


@dataclass(frozen=True, slots=True)
class SampleReport:
    """What was written.

    `faults`: what a reader must report; `features`: worth knowing, but no fault of the file
    (no_guardian_phone, sibling, several_roles, pairing_gap). Both stand in faults.json as well.
    """

    files: tuple[Path, ...]
    students: int
    schools: int
    classes: int
    faults: tuple[Fault, ...]
    features: tuple[Fault, ...]


def write_sample(
    folder: Path, students: int = 5000, seed: int = 1, *, today: date, faults: int = 30
) -> SampleReport:
    """Write the tables of an invented county into `folder`; the same seed, the same bytes.

    `students`: 200 to 100,000; `today`: decides the school year; `faults`: planted in the
    register. File names: [files] in papers/sample/words.toml.
    """
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(seed)
    people = People(random)
    county = invent_county(students, people, random)
    first_day = terms_of(today)[0][1]
    children = list(invent_children(county, first_day, people, random))
    pairing = list(pairing_lines(county, children))
    lines: dict[str, Iterable[list[Cell]]] = {
        "units": unit_lines(county),
        "staff": staff_lines(county),
        "terms": term_lines(today),
        "days": day_lines(county, today),
        "pairing": [cells for cells, _ in pairing],
        "attendance": attendance_lines(county, children, today),
    }
    for table, rows in lines.items():
        _write(folder, table, rows)
    planted = _write_register(folder, children, first_day.year, random=random, faults=faults)
    whole = _unspoilt(children, planted)
    _write(folder, "cases", case_lines(whole, today))
    _write(folder, "categories", category_lines(whole, today))
    _write(folder, "roster", roster_lines(children, whole))
    at_home = invent_at_home(county, len(children), first_day, people, random)
    _write(folder, "eligible", eligible_lines(whole, at_home))
    gaps = [gap for _, gap in pairing]
    features = (*_register_features(children), *_other_features(county, gaps))
    report = SampleReport(
        files=tuple(folder / name for name in words()["files"].values()),
        students=len(children),
        schools=len(county.schools),
        classes=len(county.classes),
        faults=planted,
        features=features,
    )
    _write_faults(folder, report)
    return report


def _unspoilt(children: list[Child], planted: tuple[Fault, ...]) -> list[Child]:
    """The children whose rows in the register are as they should be."""
    above = len(words()["titles"]["register"]) + 2
    spoilt = {fault.row - above for fault in planted}
    return [child for place, child in enumerate(children) if place not in spoilt]


def _write(folder: Path, table: str, rows: Iterable[list[Cell]]) -> None:
    with new_workbook(folder / words()["files"][table]) as book:
        sheet = _headed(book, table)
        for cells in rows:
            sheet.line(cells)


def _write_register(
    folder: Path, children: list[Child], year: int, *, random: Random, faults: int
) -> tuple[Fault, ...]:
    """The register with its planted faults."""
    whole = [place for place, child in enumerate(children) if child.id_number and child.has_phone]
    plan = plan_faults(whole, faults, random)
    above = len(words()["titles"]["register"]) + 2
    planted: list[Fault] = []
    headers: Sequence[str] = words()["headers"]["register"]
    with _register_sheet(folder) as sheet:
        earlier: Record = {}
        for place, child in enumerate(children):
            record = register_record(child, year, random)
            if place == whole[0]:
                earlier = dict(record)
            if place in plan:
                column, kind, plant = FAULTS[plan[place]]
                plant(record, earlier)
                planted.append(_fault("register", place + above, column, kind))
            sheet.line(record.get(header) for header in headers)
    return tuple(planted)


@contextmanager
def _register_sheet(folder: Path) -> Iterator[SheetWriter]:
    """The register's sheet with titles and header, ready for its rows."""
    with new_workbook(folder / words()["files"]["register"]) as book:
        yield _headed(book, "register")


def _headed(book: Any, table: str) -> SheetWriter:
    headers: Sequence[str] = words()["headers"][table]
    sheet = SheetWriter(book, words()["sheets"][table])
    for title in words()["titles"].get(table, ()):
        sheet.title(title, len(headers))
    sheet.header(headers)
    return sheet


def _register_features(children: list[Child]) -> Iterator[Fault]:
    """Children without any phone, and younger brothers and sisters."""
    above = len(words()["titles"]["register"]) + 2
    seen: set[str] = set()
    for row, child in enumerate(children, above):
        if not child.has_phone:
            yield _fault("register", row, "", "no_guardian_phone")
        if child.family.mother.phone in seen:
            yield _fault("register", row, "", "sibling")
        seen.add(child.family.mother.phone)


def _other_features(county: County, gaps: list[str]) -> Iterator[Fault]:
    """Staff with several roles, and levels of pairing left open."""
    for row, post in enumerate(county.posts, 2):
        if len(post.roles) > 1:
            yield _fault("staff", row, "", "several_roles")
    columns = dict(zip(("leader", "section_contact"), words()["gap_headers"], strict=True))
    for row, gap in enumerate(gaps, len(words()["titles"]["pairing"]) + 2):
        if gap:
            yield _fault("pairing", row, columns[gap], RowFlaw.PAIRING_GAP)


def _fault(table: str, row: int, column: str, kind: str) -> Fault:
    return Fault(words()["files"][table], words()["sheets"][table], row, column, str(kind))


def _write_faults(folder: Path, report: SampleReport) -> None:
    lists = {"faults": report.faults, "features": report.features}
    plain = {name: [asdict(fault) for fault in faults] for name, faults in lists.items()}
    text = json.dumps(plain, ensure_ascii=False, indent=1)
    (folder / FAULTS_FILE).write_text(text + "\n", encoding="utf-8")
