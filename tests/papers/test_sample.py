from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from papers.headers import Kind
from papers.reading import Table, read_tables
from papers.sample import SampleReport, write_sample
from papers.sample.tables import terms_of
from papers.tables.cases import CaseEntry, CategoryEntry
from papers.tables.pairing import PairingEntry, find_gaps
from papers.tables.register import RegisterEntry
from tests.papers.build import rows_of

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleReport]:
    folder = tmp_path_factory.mktemp("county")
    return folder, write_sample(folder, 5000, seed=1, today=TODAY)


def test_all_planted_faults_are_found_and_nothing_else(
    county: tuple[Path, SampleReport],
) -> None:
    folder, report = county
    planted = {(f.file, f.sheet, f.row, f.column, f.kind) for f in report.faults}

    found = {
        (path.name, row.sheet, row.number, problem.column, str(problem.what))
        for path in folder.glob("*.xlsx")
        for row in rows_of(path)
        for problem in row.problems
    }

    assert len(planted) == 30
    assert found - planted == set()
    assert planted - found == set()


def test_every_file_is_recognised(county: tuple[Path, SampleReport]) -> None:
    kinds = [
        table.kind
        for path in county[1].files
        for table in read_tables(path)
        if isinstance(table, Table)
    ]

    assert sorted(kinds) == sorted(Kind)


def test_the_county_has_its_size(county: tuple[Path, SampleReport]) -> None:
    _, report = county

    assert (report.students, report.schools) == (5000, 40)
    assert {feature.kind for feature in report.features} == {
        "no_guardian_phone",
        "sibling",
        "several_roles",
        "pairing_gap",
    }


def test_the_pairing_gaps_are_those_written_down(county: tuple[Path, SampleReport]) -> None:
    folder, report = county
    rows = [
        (row.number, row.value)
        for row in rows_of(folder / "包保责任表.xlsx")
        if isinstance(row.value, PairingEntry) and not row.value.is_child
    ]

    written = {feature.row for feature in report.features if feature.kind == "pairing_gap"}

    assert {row for row, _ in find_gaps(rows)} == written


def test_every_usable_child_has_a_guardian(county: tuple[Path, SampleReport]) -> None:
    entries = [row.value for row in rows_of(county[0] / "学籍.xlsx")]

    assert all(entry.members for entry in entries if isinstance(entry, RegisterEntry))


def test_the_list_of_faults_is_readable(county: tuple[Path, SampleReport]) -> None:
    folder, report = county

    listed = json.loads((folder / "faults.json").read_text(encoding="utf-8"))

    assert len(listed["faults"]) == len(report.faults)
    assert listed["faults"][0]["kind"] == report.faults[0].kind


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    first = write_sample(tmp_path / "a", 300, seed=7, today=TODAY)
    second = write_sample(tmp_path / "b", 300, seed=7, today=TODAY)
    other = write_sample(tmp_path / "c", 300, seed=8, today=TODAY)

    contents = [[path.read_bytes() for path in r.files] for r in (first, second, other)]

    assert contents[0] == contents[1]
    assert contents[0] != contents[2]


@pytest.mark.parametrize(("students", "faults"), [(200, 0), (200, 60), (900, 5)])
def test_other_sizes_and_numbers_of_faults(tmp_path: Path, students: int, faults: int) -> None:
    report = write_sample(tmp_path, students, today=TODAY, faults=faults)
    rows = rows_of(tmp_path / "学籍.xlsx")

    assert len(rows) == students
    assert sum(len(row.problems) for row in rows) == faults == len(report.faults)


@pytest.mark.parametrize("today", [date(2026, 8, 20), date(2026, 11, 23), date(2027, 7, 31)])
def test_the_terms_are_those_of_the_school_year(today: date) -> None:
    spans = [(start, end) for _, start, end in terms_of(today)]

    assert spans == [
        (date(2026, 9, 1), date(2027, 1, 22)),
        (date(2027, 2, 22), date(2027, 7, 2)),
    ]


def test_running_cases_and_categories_are_readable(county: tuple[Path, SampleReport]) -> None:
    cases = [row.value for row in rows_of(county[0] / "cases.xlsx")]
    groups = [row.value for row in rows_of(county[0] / "categories.xlsx")]

    assert [(one.status, one.stage) for one in cases if isinstance(one, CaseEntry)] == [
        ("enrolled", "verify"),
        ("suspected", "persuade"),
        ("suspected", "report"),
    ]
    assert all(isinstance(one, CaseEntry) and one.responsible_phone for one in cases)
    assert len(groups) > 100
    assert all(isinstance(one, CategoryEntry) and one.kinds for one in groups)


def test_a_young_term_has_no_running_cases(tmp_path: Path) -> None:
    write_sample(tmp_path, 200, seed=1, today=date(2026, 9, 3))

    assert rows_of(tmp_path / "cases.xlsx") == []
