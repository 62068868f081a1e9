"""`case N --papers`: all papers of a case in a folder, and what stays on record."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import RehearsalClock
from bot.settings import Settings
from bot.ticks.base import Means
from rules.child import notices
from rules.child.draft import Draft
from rules.model.ladder import PaperKind
from rules.policy import Policy
from storage import attachments
from storage.attachments import Parcel, keep, link
from storage.calendars import Calendars
from storage.database import Database
from storage.keys import load_keys
from storage.migrate import migrate
from storage.tables.ladder import papers
from tests.support.county import found_county
from tests.support.on_paper import PaperDesk, at, found_case
from tests.support.world import ZONE

Guixiao = Callable[..., Result]
SECRETS = ("990000201501010013", "桃花村", "13900000000")
STAMPED = b"%PDF-1.4 stamped"


@pytest.fixture
def guixiao(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Guixiao]:
    """The command, in a folder of its own with a case whose notice was approved and stamped."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("LOCALE", "zh")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    attachments.keep_under(Path("data"))
    asyncio.run(a_case_on_paper())
    yield lambda *words: CliRunner().invoke(app, [str(word) for word in words])
    root.handlers[:] = handlers
    root.setLevel(level)


async def a_case_on_paper() -> None:
    settings = Settings()
    settings.data_dir.mkdir()
    await migrate(settings.database_url)
    database = await Database.open(settings.database_url, load_keys(settings.data_dir))
    means = Means(settings, Policy(), Calendars(ZONE), RehearsalClock(at(18)))
    async with database.work(at(7, "07:00")) as work:
        county = await found_county(work)
        await found_case(work, county)
    desk = PaperDesk(database, means, county)
    await desk.act("teacher", lambda draft: notices.ask_for_notice(draft, "多次联系"), at(18))
    await desk.write(at(18))
    await desk.act("head", grant, at(21))
    await desk.write(at(21))
    paper = await desk.paper(PaperKind.NOTICE)
    async with database.work(at(21, "12:00")) as work:
        row = await keep(work, Parcel(STAMPED, "a" * 64, "application/pdf"), None)
        await link(work, row.id, paper.student_id, paper.case_id)
        await work.save(papers, replace(paper, stamped_file_id=row.id))
    await database.close()


def grant(draft: Draft) -> None:
    task = draft.facts.task("notice_approval")
    assert task is not None
    notices.approve(draft, task)


def text_of(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [c.text for table in document.tables for r in table.rows for c in r.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def looks(tmp_path: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(tmp_path / "data" / "guixiao.db") as connection:
        return list(connection.execute("SELECT what, why FROM access_log ORDER BY id"))


def test_the_papers_lie_in_the_folder_as_they_were_stored(
    guixiao: Guixiao, tmp_path: Path
) -> None:
    result = guixiao("case", 1, "--papers", "out")

    assert result.exit_code == 0, result.output
    assert "2 个文件" in result.stdout
    found = sorted((tmp_path / "out").iterdir())
    assert [one.name for one in found] == [
        "01-劝返通知书-劝〔2026〕1号-盖章件.pdf",
        "01-劝返通知书-劝〔2026〕1号.docx",
    ]
    assert found[0].read_bytes() == STAMPED
    text = text_of(found[1])
    assert "青石中小劝〔2026〕1号" in text
    assert not [one for one in SECRETS if one in text]
    assert [one.stat().st_mode & 0o777 for one in found] == [0o600, 0o600]
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
    assert looks(tmp_path) == [("papers", "case:1")]


def test_the_full_edition_is_filled_in_and_on_record(guixiao: Guixiao, tmp_path: Path) -> None:
    result = guixiao("case", 1, "--papers", "out", "--full")

    assert result.exit_code == 0, result.output
    (path,) = (tmp_path / "out").glob("*.docx")
    assert path.name == "01-劝返通知书-劝〔2026〕1号-含身份证号住址.docx"
    assert "桃花村" in text_of(path)
    assert "2026年9月21日" in text_of(path)
    assert looks(tmp_path) == [("papers_full", "case:1")]


def test_full_goes_with_papers(guixiao: Guixiao) -> None:
    assert guixiao("case", 1, "--full").exit_code == 2


def test_there_is_no_such_case(guixiao: Guixiao, tmp_path: Path) -> None:
    result = guixiao("case", 9, "--papers", "out")

    assert result.exit_code == 1
    assert not (tmp_path / "out").exists()
    assert looks(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_said_so(guixiao: Guixiao, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")

    result = guixiao("case", 1, "--papers", "out")

    assert result.exit_code == 1
    assert "写不了" in result.stderr
