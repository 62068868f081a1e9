"""`guixiao report`: a week as JSON and as xlsx, and the table of rhythms."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner, Result

from bot.cli import app
from rules.decision import Decision
from rules.model.attendance import Leave, LeaveState
from rules.model.case import Contact
from rules.model.reports import DueState, ReportDue
from rules.policy import Policy
from rules.reports.figures import COLUMNS
from rules.reports.signing import Signature, sign
from storage.carrying import carry_out
from storage.database import Database
from storage.tables.attendance import leaves
from storage.tables.cases import contacts
from storage.tables.reports import report_dues
from tests.support.county import County, found_county
from tests.support.databases import KEYS
from tests.support.reporting import add_school

ZONE = ZoneInfo("Asia/Shanghai")
NONE = dict.fromkeys(COLUMNS, 0) | {"enrolled": 5, "home_due": None, "home_done": None}


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 9, day, hour, tzinfo=ZONE)


def due_of(unit: int) -> ReportDue:
    first, last = at(7, 0).date(), at(13, 0).date()
    due = ReportDue(0, "weekly", unit, "2026-W37", first, last, at(4, 12), at(10, 8), at(11, 12))
    return replace(due, state=DueState.OPEN)


async def _filled(url: str) -> County:
    database = await Database.open(url, KEYS)
    async with database.work(at(11, 10)) as work:
        county = await found_county(work)
        other = await add_school(work, county, "城关中学", "何校长", "吴七")
        due = replace(due_of(county.school_id), id=-1)
        (stored,) = await carry_out(work, Decision((due,)))
        await work.insert(report_dues, due_of(other))
        head = county.people["head"]
        signature = Signature(head, at(11, 10), NONE, 0)
        await carry_out(work, sign(stored, signature, Policy().reports))
    await database.close()
    return county


@pytest.fixture
def county(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LOCALE", "zh")
    monkeypatch.setenv("FIELD_KEY", base64.b64encode(KEYS.fields[0]).decode())
    monkeypatch.setenv("JOURNAL_KEY", base64.b64encode(KEYS.journal).decode())
    return asyncio.run(_filled(sqlite_url))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["report", *arguments])


def test_a_week_as_json(county: County) -> None:
    found = json.loads(run("--json").stdout)
    assert (found["week"], found["expected"], found["received"]) == ("2026-W37", 2, 1)
    assert (found["on_time"], found["percent"], found["missing"]) == (1, 50.0, ["城关中学"])
    missing, signed = found["units"]
    assert missing["figures"] is None
    assert signed["figures"]["suspected"] == 0
    assert signed["figures"]["home_due"] is None
    assert run("weekly", "2026-09-09", "--json").stdout == run("--json").stdout


def test_a_week_as_xlsx(county: County, tmp_path: Path) -> None:
    path = tmp_path / "week.xlsx"
    done = run("weekly", "2026-W37", "-o", str(path))
    assert done.exit_code == 0, done.output
    assert path.stat().st_mode & 0o077 == 0
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert "第37周" in str(rows[1][0])
    assert "上报率 50%" in str(rows[1][0])
    assert rows[3][1] == "城关中学"
    assert set(rows[3][3:21]) == {"缺报"}
    assert rows[4][3] == 5.0
    assert rows[4][16:18] == ["", ""]
    assert rows[4][22:24] == ["张敏", "张敏"]
    assert rows[5][3] == 5.0
    assert "另有 1 个单位缺报" in str(rows[5][21])
    assert "记录链：" in str(rows[7][0])


def test_weeks_and_rhythms(county: County) -> None:
    weeks = json.loads(run("list", "--json").stdout)
    assert [(one["week"], one["zeros"]) for one in weeks] == [("2026-W37", 1)]
    rows = json.loads(run("rhythms", "--json").stdout)
    assert [one["name"] for one in rows] == list(Policy().reports.rhythms)
    assert "2026-W37" in run().stdout
    assert run("rhythms").exit_code == 0


def test_what_is_no_week_is_refused(county: County) -> None:
    done = run("weekly", "37")
    assert done.exit_code == 1
    assert "37" in done.stderr


def test_a_week_in_which_nothing_is_owed_has_no_rate(county: County) -> None:
    found = json.loads(run("weekly", "2026-W20", "--json").stdout)
    assert (found["expected"], found["percent"], found["units"]) == (0, None, [])


async def _with_visit_and_illness(url: str, county: County) -> None:
    database = await Database.open(url, KEYS)
    child, teacher = county.children["李一"], county.people["teacher"]
    async with database.work(at(20, 9)) as work:
        visit = Contact(
            0, child, None, teacher, at(14, 18), "visit", reached=True, whom="奶奶", note="在家"
        )
        await work.insert(contacts, visit)
        await work.insert(contacts, replace(visit, means="phone", note="电话"))
        await work.insert(contacts, replace(visit, at=at(14, 18) - timedelta(days=20)))
        days = (at(28, 0).date(), date(2026, 10, 9))
        ill = Leave(0, child, "sick", *days, None, teacher, "call", at(19, 8), has_proof=True)
        await work.insert(leaves, ill)
        await work.insert(leaves, replace(ill, kind="family"))
        await work.insert(leaves, replace(ill, state=LeaveState.REFUSED))
    await database.close()


def test_what_class_teachers_keep_comes_out_filled(
    county: County, sqlite_url: str, tmp_path: Path
) -> None:
    asyncio.run(_with_visit_and_illness(sqlite_url, county))
    done = run("class-papers", "2026-09", "--school", "青石中心小学", "-o", str(tmp_path / "p"))
    assert done.exit_code == 0, done.output
    files = sorted(one.name for one in (tmp_path / "p").iterdir())
    room = "2026-09 青石中心小学3(2)班"
    assert files == [f"{room} 学生因病缺课登记表.xlsx", f"{room} 家访记录.xlsx"]
    sick, visits = (rows_of(tmp_path / "p" / name) for name in files)
    assert sick[3:] == [
        [1, "李一", "", date(2026, 9, 28), date(2026, 10, 9), 3, "来电", "", "王芳", "有"]
    ]
    assert [row[1] for row in visits[3:]] == ["李一"]
    assert (visits[3][3], visits[3][7:]) == ("奶奶", ["王芳", "在家"])


def rows_of(path: Path) -> list[list[object]]:
    book = CalamineWorkbook.from_path(path)
    return [list(row) for row in book.get_sheet_by_index(0).to_python()]


def test_what_is_no_month_is_refused(county: County) -> None:
    assert run("class-papers", "September").exit_code == 1


async def _month_signed(url: str, county: County) -> None:
    database = await Database.open(url, KEYS)
    first, last = date(2026, 9, 1), date(2026, 9, 30)
    due = replace(due_of(county.school_id), rhythm="school_monthly", period="2026-09", id=-1)
    async with database.work(at(30, 10)) as work:
        due = replace(due, from_on=first, to_on=last, due_at=at(30, 12))
        (stored,) = await carry_out(work, Decision((due,)))
        signature = Signature(county.people["head"], at(30, 10), NONE, 0)
        await carry_out(work, sign(stored, signature, Policy().reports))
    await database.close()


def test_a_month_and_a_quarter_as_xlsx(county: County, sqlite_url: str, tmp_path: Path) -> None:
    asyncio.run(_month_signed(sqlite_url, county))
    month, quarter = tmp_path / "m.xlsx", tmp_path / "q.xlsx"
    assert run("monthly", "2026-09", "-o", str(month)).exit_code == 0
    rows = rows_of(month)
    assert rows[0][0] == "控辍保学月报汇总表"
    assert str(rows[1][0]).startswith("2026-09（9月1日—9月30日）")
    assert rows[3][1:4] == ["青石中心小学", "2026-09", 5.0]
    assert json.loads(run("monthly", "--json").stdout)["received"] == 1

    done = run("quarterly", "2026-Q3", "-o", str(quarter))
    assert done.exit_code == 0, done.output
    rows = rows_of(quarter)
    assert rows[0][0] == "控辍保学季报汇总表"
    assert "按记录统计" in str(rows[1][0])
    assert [row[1:4] for row in rows[3:6]] == [
        ["城关中学", "2026-Q3", 1.0],
        ["青石中心小学", "2026-Q3", 5.0],
        ["合计", "", 6.0],
    ]
    assert run("quarterly", "2026-Q5", "-o", str(quarter)).exit_code == 1
