"""A whole term (lessons 55): what must hold does, for several seeds, and each of it can fail."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

import bot.simulation
from bot.cli import app
from bot.simulation import Asked, Report, live, truth
from bot.simulation.broken import Broken
from bot.simulation.errors import kept_errors
from bot.simulation.invariants import Watch
from bot.simulation.loop import Stuck, TermLoop
from bot.simulation.messages import Post
from bot.simulation.term import STEP, TermRun
from storage.attachments import folder, keep_under
from storage.database import Database

#: Two weeks in which many children stay away for good, so that some are suspected in the end.
ASKED = Asked(students=50, school_days=8, seed=4)


#: Every child who is followed has been suspected since this day.
SUSPECTED = (
    "UPDATE students SET status = 'suspected', suspected_on = '{since}' "
    "WHERE id IN (SELECT student_id FROM cases WHERE state = 'open');"
)
LATELY, LONG_AGO = SUSPECTED.format(since="2026-09-10"), SUSPECTED.format(since="2026-09-01")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[TermRun, Path]:
    """A term that has been lived through, and the folder of its database."""
    kept, where = folder(), tmp_path_factory.mktemp("term")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(truth.BEGINS, truth.Why.GONE, 0.02)
        term = live(where, ASKED)
    keep_under(kept.parent)
    return term, where


def test_a_term_holds_whatever_people_and_network_do(lived: tuple[TermRun, Path]) -> None:
    term, _ = lived

    assert term.report.broken == []
    assert term.report.happened["school days"] == ASKED.school_days
    for what in ("taps", "replies", "leaves", "reports", "absent, gone", "absent, ill"):
        assert term.report.happened[what] > 0, what


def test_a_short_term_of_another_seed_holds_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.attachments._place", [folder()])

    assert live(tmp_path, Asked(students=20, school_days=3, seed=5)).report.broken == []


def test_another_look_finds_nothing_either(lived: tuple[TermRun, Path]) -> None:
    """What the next test breaks was whole."""
    term, where = lived

    assert asyncio.run(_look(term, where / "data" / "guixiao.db")) == []


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        (
            "nobody responsible",
            LATELY + "UPDATE people SET left_on = '2026-09-02' WHERE id IN "
            "(SELECT person_id FROM pairings WHERE level = 'teacher')",
        ),
        ("owner has left", "UPDATE people SET left_on = '2026-09-02'"),
        ("nobody to tell", LATELY + "UPDATE people SET chat_id = NULL"),
        ("not followed", LATELY + "UPDATE cases SET state = 'closed'"),
        ("idle, review_at", "UPDATE cases SET review_at = 1"),
        ("idle, next_at", "UPDATE tasks SET next_at = 1 WHERE state = 'open'"),
        ("idle, not_before", "UPDATE outbox SET state = 'waiting', not_before = 1"),
        ("no next step", "UPDATE cases SET review_at = NULL"),
        ("no next step", "UPDATE tasks SET next_at = NULL"),
        ("kept below", LONG_AGO),
        ("unhandled", "UPDATE inbox SET state = 'aside'"),
        ("no line: delivered", "DELETE FROM journal WHERE kind = 'message_delivered'"),
        ("no cause: dropped", "UPDATE outbox SET state = 'dropped', cause = NULL"),
        ("from nowhere", "UPDATE outbox SET message_id = NULL"),
        ("reply lost", "DELETE FROM inbox"),
        ("report", "DELETE FROM categories"),
        ("journal", "UPDATE journal SET public = '{}' WHERE number = 7"),
    ],
)
def test_each_promise_can_be_broken(
    lived: tuple[TermRun, Path], tmp_path: Path, what: str, statement: str
) -> None:
    term, where = lived
    shutil.copytree(where / "data", tmp_path / "data")
    file = tmp_path / "data" / "guixiao.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(statement)

    found = asyncio.run(_look(term, file))

    assert what in {one.what for one in found}
    assert all(":" in one.subject for one in found)


async def _look(term: TermRun, file: Path) -> list[Broken]:
    county = term.scene.county
    term.wire.handed.update(one["update_id"] for one in term.wire.earlier)
    watch = Watch(county, Post(term.api, term.wire), STEP)
    database = await Database.open(f"sqlite+aiosqlite:///{file}", county.database.keys)
    found = await watch.look(database, term.clock.now(), is_last=True)
    await database.close()
    return found


def test_an_error_line_is_kept_and_names_no_person() -> None:
    at = datetime(2026, 9, 7, tzinfo=UTC)
    with kept_errors(lambda: at) as found:
        log = structlog.get_logger("bot.engine")
        log.info("fine", action="fine")
        log.error("row failed", action="row_failed", tick="tasks", row=7, name="王芳")

    assert found == [Broken("error, row_failed", "tick:tasks row:7", at)]


def test_time_jumps_over_the_sleep_of_all_and_threads_are_none() -> None:
    async def sleep() -> tuple[float, int]:
        await asyncio.gather(asyncio.sleep(3600), asyncio.sleep(7200))
        return asyncio.get_running_loop().time(), await asyncio.to_thread(lambda: 5)

    with asyncio.Runner(loop_factory=TermLoop) as runner:
        assert runner.run(sleep()) == (7200.0, 5)


def test_a_term_in_which_everybody_waits_for_somebody_else_says_so() -> None:
    async def wait() -> None:
        await asyncio.get_running_loop().create_future()

    with asyncio.Runner(loop_factory=TermLoop) as runner, pytest.raises(Stuck):
        runner.run(wait())


@pytest.mark.parametrize("is_json", [True, False])
def test_what_did_not_hold_is_told_with_the_way_to_see_it_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_json: bool
) -> None:
    at = datetime(2026, 10, 12, 14, 0, tzinfo=UTC)
    report = Report([Broken("nobody responsible", "case:12", at)])
    monkeypatch.setattr(bot.simulation, "simulate", lambda *_: report)
    monkeypatch.chdir(tmp_path)
    words = ["simulate", "--students", "300", "--seed", "9", *(["--json"] if is_json else [])]

    told = CliRunner().invoke(app, words)

    assert told.exit_code == 1
    again = "guixiao simulate --students 300 --school-days 100 --seed 9"
    assert "case:12" in told.stdout
    assert again in told.stdout
    if is_json:
        assert json.loads(told.stdout)["broken"][0]["at"] == at.isoformat()
    else:
        assert "2026-10-12 14:00" in told.stdout


def test_a_term_in_which_all_held_ends_well(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bot.simulation, "simulate", lambda *_: Report())
    monkeypatch.chdir(tmp_path)

    assert CliRunner().invoke(app, ["simulate"]).exit_code == 0
