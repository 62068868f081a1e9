"""The command line: what programs rely on, and refusals in plain words."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import Settings
from tests.support.importing import STAFF, UNITS, a_child, write_csv

COMMANDS = (
    ["run"],
    ["demo"],
    ["import"],
    ["reconcile"],
    ["drill"],
    ["invite"],
    ["person", "list"],
    ["person", "unbind"],
    ["person", "replace"],
    ["person", "revoke"],
    ["calendar", "show"],
    ["calendar", "add"],
    ["calendar", "term"],
    ["calendar", "import"],
    ["clock", "show"],
    ["clock", "advance"],
    ["clock", "to"],
    ["clock", "accept"],
    ["status"],
    ["case"],
    ["verify"],
    ["check"],
    ["sample"],
    ["simulate"],
)
Guixiao = Callable[..., Result]


@pytest.fixture
def guixiao(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Guixiao]:
    """The command, in a folder of its own where nothing is set up."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("LOCALE", "en")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield lambda *words: CliRunner().invoke(app, [str(word) for word in words])
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def county(guixiao: Guixiao, tmp_path: Path) -> Guixiao:
    """A county with two children."""
    files = [
        write_csv(tmp_path / "units.csv", UNITS),
        write_csv(tmp_path / "staff.csv", STAFF),
        write_csv(tmp_path / "register.csv", [a_child("张一", 1), a_child("张二", 2)]),
    ]
    assert guixiao("import", *files, "--yes").exit_code == 0
    return guixiao


def answer(result: Result) -> Any:
    """What a command said with --json."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help(guixiao: Guixiao, words: list[str]) -> None:
    assert guixiao(*words, "--help").exit_code == 0


def test_wrong_usage_is_2(guixiao: Guixiao) -> None:
    assert guixiao("clock", "advance", "soon").exit_code == 2
    assert guixiao("import", "nothing.xlsx").exit_code == 2
    assert guixiao("fly").exit_code == 2


def test_run_without_a_token_is_refused_on_stderr(guixiao: Guixiao) -> None:
    result = guixiao("run")

    assert result.exit_code == 1
    assert "BOT_TOKEN" in result.stderr
    assert result.stdout == ""


def test_a_wrong_setting_is_named(guixiao: Guixiao, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMEZONE", "Nowhere")

    result = guixiao("status")

    assert result.exit_code == 1
    assert result.stderr.startswith("TIMEZONE:")


def test_keys_and_database_are_made_by_the_first_command(guixiao: Guixiao, tmp_path: Path) -> None:
    answer(guixiao("status", "--json"))

    made = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    assert made["field.key"] == made["journal.key"] == 0o600
    assert "guixiao.db" in made


def test_another_key_is_refused(guixiao: Guixiao, tmp_path: Path) -> None:
    guixiao("status")
    (tmp_path / "data" / "journal.key").unlink()

    result = guixiao("status")

    assert result.exit_code == 1
    assert "JOURNAL_KEY" in result.stderr


def test_a_dry_run_has_the_fixed_form(guixiao: Guixiao, tmp_path: Path) -> None:
    files = [
        write_csv(tmp_path / "units.csv", UNITS),
        write_csv(tmp_path / "register.csv", [a_child("张一", 1), a_child("张二", 2, 姓名="")]),
    ]

    plain = answer(guixiao("import", *files, "--json"))

    assert (plain["new"], plain["changed"], plain["unchanged"]) == (3, 0, 0)
    assert [set(error) for error in plain["errors"]] == [
        {"file", "sheet", "row", "column", "problem"}
    ]
    assert plain["errors"][0]["row"] == 3
    assert answer(guixiao("status", "--json"))["students"]["total"] == 0


def test_strict_refuses_the_file_before_anything_is_written(
    county: Guixiao, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "more.csv", [a_child("张三", 3), a_child("张四", 4, 姓名="")])

    result = county("import", path, "--yes", "--strict")

    assert result.exit_code == 1
    assert answer(county("status", "--json"))["students"]["total"] == 2


def test_a_file_without_a_known_table_is_refused(guixiao: Guixiao, tmp_path: Path) -> None:
    result = guixiao("import", write_csv(tmp_path / "odd.csv", [{"甲": "1", "乙": "2"}]))

    assert result.exit_code == 1
    assert "recognise" in result.stderr


def test_status_has_the_fixed_form(county: Guixiao) -> None:
    figures = answer(county("status", "--json"))

    assert figures["students"] == {"total": 2, "enrolled": 2}
    assert set(figures) == {"students", "cases", "tasks", "outbox", "inbox", "bindings"}
    assert figures["bindings"]["guardian"] == {"bound": 0, "invited": 0}
    assert set(figures["bindings"]) == {
        "guardian",
        "teacher",
        "leader",
        "clerk",
        "section",
        "bureau_leader",
        "township",
        "inspector",
        "admin",
    }


def test_invite_has_the_fixed_form_and_stores_no_code(county: Guixiao, tmp_path: Path) -> None:
    entries = answer(county("invite", "--role", "guardian", "--json"))

    assert [(one["name"], one["student"], one["class"], one["link"]) for one in entries] == [
        ("张一父", "张一", "三(2)班", None),
        ("张二父", "张二", "三(2)班", None),
    ]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", one["code"]) for one in entries)
    with sqlite3.connect(tmp_path / "data" / "guixiao.db") as raw:
        stored = raw.execute("SELECT code_hash FROM invites").fetchall()
    raw.close()
    assert {row[0] for row in stored}.isdisjoint(one["code"] for one in entries)


def test_each_call_issues_new_codes_and_staff_have_no_child(county: Guixiao) -> None:
    first = answer(county("invite", "--role", "teacher", "--json"))
    second = answer(county("invite", "--role", "teacher", "--json"))

    assert [(one["name"], one["student"], one["school"]) for one in first] == [
        ("王芳", None, None)
    ]
    assert first[0]["code"] != second[0]["code"]


def test_sheets_need_the_name_of_the_bot(county: Guixiao, tmp_path: Path) -> None:
    result = county("invite", "--sheet", tmp_path / "sheets")

    assert result.exit_code == 1
    assert "name" in result.stderr


def test_a_successor_takes_everything_over(county: Guixiao) -> None:
    old = answer(county("person", "list", "--role", "teacher", "--json"))[0]

    replaced = county("person", "replace", old["id"], "--name", "孙梅", "--phone", "13800000088")

    assert replaced.exit_code == 0
    teachers = answer(county("person", "list", "--role", "teacher", "--json"))
    assert [one["name"] for one in teachers] == ["孙梅"]


def test_a_successor_begins_on_a_day_and_not_in_the_future(county: Guixiao) -> None:
    old = answer(county("person", "list", "--role", "teacher", "--json"))[0]["id"]
    county("person", "replace", old, "--name", "孙梅", "--from", "2026-01-05")

    assert county("person", "replace", old, "--name", "冯雪").exit_code == 1
    new = answer(county("person", "list", "--role", "teacher", "--json"))[0]["id"]
    assert county("person", "replace", new, "--by", new).exit_code == 1
    assert county("person", "replace", new, "--name", "冯雪", "--from", "soon").exit_code == 2
    refused = county("person", "replace", new, "--name", "冯雪", "--from", "2099-01-01")
    assert (refused.exit_code, bool(refused.stderr)) == (1, True)


def test_unused_codes_are_revoked(county: Guixiao, tmp_path: Path) -> None:
    entry = answer(county("invite", "--role", "teacher", "--json"))[0]

    revoked = county("person", "revoke", entry["person"])

    assert revoked.exit_code == 0
    assert entry["name"] in revoked.stdout
    with sqlite3.connect(tmp_path / "data" / "guixiao.db") as raw:
        left = raw.execute("SELECT count(*) FROM invites WHERE revoked_at IS NULL").fetchone()
    raw.close()
    assert left == (0,)


def test_a_lost_phone_is_unbound(county: Guixiao, tmp_path: Path) -> None:
    teacher = answer(county("person", "list", "--role", "teacher", "--json"))[0]
    with sqlite3.connect(tmp_path / "data" / "guixiao.db") as raw:
        raw.execute("UPDATE people SET chat_id = 77 WHERE id = ?", (teacher["id"],))
    raw.close()

    assert county("person", "unbind", teacher["id"]).exit_code == 0

    assert answer(county("person", "list", "--role", "teacher", "--json"))[0]["is_bound"] is False
    with sqlite3.connect(tmp_path / "data" / "guixiao.db") as raw:
        freed = raw.execute("SELECT chat_id FROM outbox WHERE kind = 'commands'").fetchall()
    raw.close()
    assert freed == [(77,)]


def test_nobody_by_that_number_is_refused(county: Guixiao) -> None:
    result = county("person", "unbind", 999)

    assert result.exit_code == 1
    assert "999" in result.stderr


def test_terms_and_days_are_entered_and_shown(guixiao: Guixiao) -> None:
    guixiao("calendar", "term", "autumn", "2026-09-01", "2027-01-22")
    guixiao("calendar", "add", "2026-11-20", "closed", "--label", "snow")

    shown = answer(guixiao("calendar", "show", "--json"))

    assert [one["name"] for one in shown["terms"]] == ["autumn"]
    assert [(one["on"], one["open"]) for one in shown["days"]] == [("2026-11-20", False)]
    assert shown["official_until"] >= "2026-12-31"


def test_the_journal_is_proved_and_a_break_is_found(county: Guixiao, tmp_path: Path) -> None:
    assert answer(county("verify", "--json"))["is_whole"] is True
    with sqlite3.connect(tmp_path / "data" / "guixiao.db") as raw:
        raw.execute("UPDATE journal SET public = '{}' WHERE number = 1")
    raw.close()

    result = county("verify")

    assert result.exit_code == 1
    assert "1" in result.stderr


def test_check_says_what_is_missing_and_what_mends_it(guixiao: Guixiao) -> None:
    result = guixiao("check", "--json")
    found = {one["name"]: one for one in json.loads(result.stdout)}

    assert result.exit_code == 1
    assert list(found)[:2] == ["env", "token"]
    assert (found["keys"]["is_fine"], found["terms"]["is_fine"]) == (True, False)
    assert "calendar term" in found["terms"]["mend"]


def test_there_is_no_such_case(guixiao: Guixiao) -> None:
    assert guixiao("case", 7).exit_code == 1


def test_only_a_rehearsal_has_a_clock_to_move(guixiao: Guixiao) -> None:
    for words in (["show"], ["advance", "2h"], ["to", "2026-09-07T08:10"], ["accept"]):
        assert guixiao("clock", *words).exit_code == 1


def test_a_townships_contact_has_a_code_of_their_own(county: Guixiao, tmp_path: Path) -> None:
    contact = {"姓名": "吴敏", "单位": "青石乡", "角色": "乡镇联系人", "电话": "13800000005"}
    path = write_csv(tmp_path / "townships.csv", [contact])
    assert county("import", path, "--yes").exit_code == 0

    entries = answer(county("invite", "--role", "township", "--json"))

    assert [(one["name"], one["role"], one["student"], one["school"]) for one in entries] == [
        ("吴敏", "township", None, None)
    ]
    assert answer(county("status", "--json"))["bindings"]["township"] == {
        "bound": 0,
        "invited": 1,
    }
