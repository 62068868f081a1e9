"""`guixiao reconcile`: a dry run says it, --yes does it, and the review list comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import Settings
from papers.sheets import SheetWriter, new_workbook
from tests.support.importing import SCHOOL, STAFF, UNITS, a_child, an_id, write_csv

Guixiao = Callable[..., Result]
TERM = [{"学期": "全年", "开始": "2026-01-01", "结束": "2027-12-31", "学校": ""}]


@pytest.fixture
def guixiao(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Guixiao:
    """The command in an empty folder, with a county of two schools."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("LOCALE", "en")

    def run(*words: object) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words])

    tables = {"units": UNITS, "staff": STAFF, "terms": TERM}
    paths = [write_csv(tmp_path / f"{name}.csv", rows) for name, rows in tables.items()]
    assert run("import", *paths, "--yes").exit_code == 0
    return run


def seated(name: str, number: int | None, school: str = SCHOOL) -> dict[str, str]:
    known = an_id(number) if number else ""
    return {
        "学校": school,
        "年级": "三年级",
        "班级": "2班",
        "姓名": name,
        "身份证号": known,
        "座号": "",
    }


def files(folder: Path) -> list[Path]:
    register = [a_child("李一", 1), a_child("王二", 2), a_child("赵三", 3), a_child("钱四", 4)]
    roster = [seated("李一", 1), seated("王仁", 2), seated("钱四", 4, "南坪小学")]
    return [
        write_csv(folder / "register.csv", register),
        write_csv(folder / "roster.csv", roster),
    ]


def said(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_dry_run_says_it_and_changes_nothing(guixiao: Guixiao, tmp_path: Path) -> None:
    first = said(guixiao("reconcile", *files(tmp_path), "--json"))
    assert first["counts"] == {"matched": 2, "elsewhere": 1, "missing": 1}
    assert first["review"] == 1
    assert first["done"] is False
    empty = said(guixiao("reconcile", "--json"))
    assert empty["counts"] == {"matched": 0}


def test_done_again_and_reviewed(guixiao: Guixiao, tmp_path: Path) -> None:
    first = said(guixiao("reconcile", *files(tmp_path), "--yes", "--json"))
    assert first["new"] == {"elsewhere": 1, "missing": 1}
    again = said(guixiao("reconcile", *files(tmp_path), "--yes", "--json"))
    assert (again["new"], again["gone"], again["new_review"]) == ({}, 0, 0)
    path = tmp_path / "review.xlsx"
    plain = guixiao("reconcile", "--review", path)
    assert "1 pairs to look at" in plain.output
    assert "review.xlsx. Write yes or no" in plain.output
    assert path.stat().st_mode & 0o077 == 0
    fill_in(path, "no")
    done = said(guixiao("reconcile", path, "--yes", "--json"))
    assert done["review"] == 0
    assert done["new"] == {"missing": 1, "unregistered": 1}
    missing = said(guixiao("export", "registered_not_present", "--json"))
    assert sorted(row["name"] for row in missing["rows"]) == ["王二", "赵三", "钱四"]
    assert guixiao("export", "unregistered", "-o", tmp_path / "u.xlsx").exit_code == 0


def fill_in(path: Path, answer: str) -> None:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    with new_workbook(path) as book:
        sheet = SheetWriter(book, "pairs")
        sheet.header([str(one) for one in rows[0]])
        for row in rows[1:]:
            sheet.line([str(row[0]), answer, *map(str, row[2:])])


def test_no_such_file(guixiao: Guixiao) -> None:
    assert guixiao("reconcile", "nowhere.csv").exit_code == 2


def test_a_roster_that_loses_a_school_is_held(guixiao: Guixiao, tmp_path: Path) -> None:
    children = [a_child(f"甲{number}", number) for number in range(1, 31)]
    register = write_csv(tmp_path / "register.csv", children)
    roster = write_csv(tmp_path / "roster.csv", [seated("甲1", 1)])
    held = said(guixiao("reconcile", register, roster, "--yes", "--json"))
    assert held["counts"] == {"matched": 1}
    assert held["held"] == [{"school": SCHOOL, "missing": 29}]
    assert "29 registered children" in guixiao("reconcile").output
    sure = said(guixiao("reconcile", "--yes", "--sure", "--json"))
    assert sure["new"] == {"missing": 29}


def test_the_drill_names_schools_that_reach_nobody(guixiao: Guixiao, tmp_path: Path) -> None:
    assert guixiao("import", *files(tmp_path)[:1], "--yes").exit_code == 0
    found = said(guixiao("drill", "--json"))
    assert found["people"] == 0
    assert found["schools"][0]["unreached"] == 4
    assert "0 people were asked" in guixiao("drill", "--yes").output


def test_the_age_eligible_list_is_compared_with_both(guixiao: Guixiao, tmp_path: Path) -> None:
    row = {"乡镇": "城关镇", "村/居委会": "柳湾村", "监护人": "某某", "来源": "公安"}
    children = [("李一", 1), ("赵三", 3), ("周六", 6), ("吴七", 7)]
    listed = [{**row, "姓名": name, "身份证号": an_id(number)} for name, number in children]
    listed[2] |= {"来源": "公安、乡镇"}
    path = write_csv(tmp_path / "list.csv", listed)
    first = said(guixiao("reconcile", *files(tmp_path), path, "--json"))["listed"]
    assert (first["listed_due"], first["listed_entered"], first["listed_sought"]) == (4, 2, 2)
    assert said(guixiao("reconcile", "--json"))["listed"] == {}
    done = guixiao("reconcile", *files(tmp_path), path, "--yes")
    assert "4 due in school, 2 in school; 2 to ask for at home (2 new)" in done.output
    again = said(guixiao("reconcile", "--yes", "--json"))["listed"]
    assert (again["listed_new"], again["listed_gone"]) == (0, 0)
    sought = said(guixiao("export", "out_of_school", "--json"))["rows"]
    assert [(one["village"], one["name"], one["door_answer"]) for one in sought] == [
        ("柳湾村", "吴七", "waiting"),
        ("柳湾村", "周六", "waiting"),
    ]
    written = guixiao("export", "out_of_school", "-o", tmp_path / "o.xlsx")
    assert written.exit_code == 0
    sheet = CalamineWorkbook.from_path(tmp_path / "o.xlsx").get_sheet_by_index(0).to_python()
    assert sheet[0][0] == "适龄儿童少年未入学台账"
    assert sheet[2][:4] == ["序号", "乡镇", "村/居委会", "姓名"]
    assert "待入户" in sheet[3]
    assert "公安、乡镇" in sheet[4]
