"""Whom the story is about: three classes of the invented county, and who stands above them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from papers.sample import write_sample
from papers.sample.children import Child, invent_children
from papers.sample.county import County, School, SchoolClass, invent_county
from papers.sample.people import People
from papers.sample.tables import terms_of
from papers.sample.words import words
from papers.sheets import SheetWriter, new_workbook

STUDENTS, SEED = 320, 7
FIRST_OF_TERM = date(2026, 9, 1)


@dataclass(frozen=True)
class Plot:
    """`main` and `other` are of one school and have one leader, who is not the head; the leader
    of `silent` is the head of another school."""

    county: County
    main: SchoolClass
    other: SchoolClass
    silent: SchoolClass
    children: dict[SchoolClass, list[Child]]
    files: tuple[Path, ...]

    @property
    def schools(self) -> tuple[School, School]:
        """The two schools that take part."""
        return self.main.school, self.silent.school

    def simple(self, place: SchoolClass) -> list[Child]:
        """Children without brothers and sisters at school, whose parents are at home."""
        homes = Counter(
            child.family.mother.phone for found in self.children.values() for child in found
        )
        names = Counter(child.name for child in self.children[place])
        return [child for child in self.children[place] if _is_simple(child, homes, names)]


def _is_simple(child: Child, homes: Counter[str], names: Counter[str]) -> bool:
    family = child.family
    is_plain = not (family.carer or family.is_monitored or child.disability or child.boards)
    is_alone = homes[family.mother.phone] == 1 and names[child.name] == 1
    return is_plain and is_alone and child.has_phone and bool(child.id_number)


def write_county(folder: Path, students: int = STUDENTS) -> Plot:
    """Write the tables into `folder`, and say who is who in them."""
    report = write_sample(folder, students, SEED, today=FIRST_OF_TERM, faults=0)
    random = Random(SEED)
    people = People(random)
    county = invent_county(students, people, random)
    children: dict[SchoolClass, list[Child]] = {place: [] for place in county.classes}
    for child in invent_children(county, FIRST_OF_TERM, people, random):
        children[child.school_class].append(child)
    others = ("attendance", "cases", "categories", "roster", "eligible")
    untold = {words()["files"][table] for table in others}
    files = tuple(path for path in report.files if path.name not in untold)
    plot = _plot(county, children, files)
    _write_terms(folder, plot)
    return plot


def _write_terms(folder: Path, plot: Plot) -> None:
    """The two schools of the story begin; without a term nothing is asked of the others."""
    with new_workbook(folder / words()["files"]["terms"]) as book:
        sheet = SheetWriter(book, words()["sheets"]["terms"])
        sheet.header(words()["headers"]["terms"])
        for name, first, last in terms_of(FIRST_OF_TERM):
            for school in plot.schools:
                sheet.line([name, first, last, school.name])


def _plot(
    county: County, children: dict[SchoolClass, list[Child]], files: tuple[Path, ...]
) -> Plot:
    led = [one for one in county.classes if one.leader != one.school.head and one.grade < 7]
    main = next(one for one in led if one.grade == 4)
    other = next(one for one in led if one.school is main.school and one.grade == 6)
    silent = next(
        one
        for one in county.classes
        if one.school.kind == "central_primary" and one.grade == 3 and one.number == 1
    )
    return Plot(county, main, other, silent, children, files)
