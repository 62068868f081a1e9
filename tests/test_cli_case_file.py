"""`case N --html`: who may have it written, and what stays on record."""

from __future__ import annotations

import base64
import json
import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import Settings
from rules.model.case import CaseState
from storage.database import Database
from storage.retention import drop_answers_before, drop_words_before, empty_messages_before
from storage.tables.cases import cases
from tests.support.county import County
from tests.support.databases import KEYS, NOW, run_apart

Guixiao = Callable[..., Result]


@pytest.fixture
def guixiao(
    told_story: tuple[Path, County], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Guixiao]:
    """The command, in a folder in which the story has happened."""
    shutil.copy(told_story[0], tmp_path / "guixiao.db")
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("LOCALE", "zh")
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/guixiao.db")
    monkeypatch.setenv("FIELD_KEY", base64.b64encode(KEYS.fields[0]).decode())
    monkeypatch.setenv("JOURNAL_KEY", base64.b64encode(KEYS.journal).decode())
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield lambda *words: CliRunner().invoke(app, [str(word) for word in words])
    root.handlers[:] = handlers
    root.setLevel(level)


def looks(folder: Path) -> list[tuple[int | None, str]]:
    """Who had a case file written."""
    with sqlite3.connect(folder / "guixiao.db") as file:
        query = "SELECT person_id, why FROM access_log WHERE what = 'case_file' ORDER BY id"
        return file.execute(query).fetchall()


def test_the_administrator_writes_it_for_the_office(guixiao: Guixiao, tmp_path: Path) -> None:
    result = guixiao("case", 1, "--html", "case.html")

    assert result.exit_code == 0, result.output
    text = (tmp_path / "case.html").read_text("utf-8")
    assert "一生一案" in text
    assert "管理员 导出于" in text
    assert "家庭困难" in text
    assert (tmp_path / "case.html").stat().st_mode & 0o777 == 0o600
    assert looks(tmp_path) == [(None, "case:1")]
    head = text[text.index("verify --head ") + 14 :].split("<")[0].strip()
    assert guixiao("verify", "--head", head).exit_code == 0


def test_a_reader_gets_what_they_may_see(
    guixiao: Guixiao, tmp_path: Path, told_story: tuple[Path, County]
) -> None:
    teacher = told_story[1].people["teacher"]
    result = guixiao("case", 1, "--html", "case.html", "--reader", teacher)

    assert result.exit_code == 0, result.output
    text = (tmp_path / "case.html").read_text("utf-8")
    assert "王芳 导出于" in text
    assert "家庭困难" not in text
    assert "查阅记录" not in text
    assert looks(tmp_path) == [(teacher, "case:1")]


@pytest.mark.parametrize("who", ["李父", "nobody"])
def test_who_may_not_see_it_gets_no_file(
    guixiao: Guixiao, tmp_path: Path, told_story: tuple[Path, County], who: str
) -> None:
    person = told_story[1].people.get(who, 4711)
    result = guixiao("case", 1, "--html", "case.html", "--reader", person)

    assert result.exit_code == 1
    assert not (tmp_path / "case.html").exists()
    assert looks(tmp_path) == []


def test_wrong_numbers_and_places_are_refused(guixiao: Guixiao, tmp_path: Path) -> None:
    assert guixiao("case", 99, "--html", "case.html").exit_code == 1
    assert guixiao("case", 1, "--html", "no/where/case.html").exit_code == 1
    assert guixiao("case", 1, "--reader", 1).exit_code == 2
    assert list(tmp_path.glob("*.html")) == []


def test_words_go_after_their_period_and_the_record_holds(
    guixiao: Guixiao, tmp_path: Path
) -> None:
    """A running case keeps them, the families' too; afterwards the file says that they went, the
    chain is whole, and the ledgers of a past day are what they were."""
    ledger = ("export", "persuasion", "--as-of", "2026-10-31", "--json")
    before, head = guixiao(*ledger).output, _head(guixiao)
    database_file = tmp_path / "guixiao.db"

    assert run_apart(_sweep(database_file, is_over=False)) == 0
    gone = run_apart(_sweep(database_file, is_over=True))

    assert gone > 0
    assert run_apart(_sweep(database_file, is_over=True)) == 0
    assert guixiao("verify", "--head", head).exit_code == 0
    assert guixiao(*ledger).output == before
    assert guixiao("case", 1, "--html", "case.html").exit_code == 0
    text = (tmp_path / "case.html").read_text("utf-8")
    assert text.count("原话已过保存期") == gone


def _head(guixiao: Guixiao) -> str:
    return str(json.loads(guixiao("verify", "--json").output)["head"])


async def _sweep(path: Path, *, is_over: bool) -> int:
    """Ten years later, with the case running or over."""
    now = NOW + timedelta(days=3650)
    database = await Database.open(f"sqlite+aiosqlite:///{path}", KEYS)
    async with database.work(now) as work:
        if is_over:
            await work.execute(update(cases).values(state=CaseState.CLOSED.value))
        gone = await drop_words_before(work, now) + await drop_answers_before(work, now)
        await empty_messages_before(work, now, 10)
        await empty_messages_before(work, now, 1000)
    await database.close()
    return gone
