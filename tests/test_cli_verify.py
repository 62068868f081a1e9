"""`verify`: exit code, and in words which line is the first broken one."""

from __future__ import annotations

import base64
import json
import logging
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import Settings
from tests.support.county import County
from tests.support.databases import KEYS

Guixiao = Callable[..., Result]


@pytest.fixture
def guixiao(
    told_story: tuple[Path, County], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Guixiao]:
    """The command, in a folder in which a story of more than a hundred lines has happened."""
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
    yield lambda *words: CliRunner().invoke(app, ["verify", *words])
    root.handlers[:] = handlers
    root.setLevel(level)


def tamper(folder: Path, *statements: str) -> None:
    """Somebody opens the file with another program."""
    with sqlite3.connect(folder / "guixiao.db") as file:
        for one in statements:
            file.execute(one)
    file.close()


def head(guixiao: Guixiao) -> str:
    """The end of the chain, written down."""
    return str(json.loads(guixiao("--json").stdout)["head"])


def test_a_whole_chain_says_how_many_lines_and_which_head(guixiao: Guixiao) -> None:
    result = guixiao()

    assert result.exit_code == 0
    lines, mac = head(guixiao).split(":")
    assert f"日志完整：{lines} 条，链头 {lines}:{mac}" in result.stdout


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE journal SET public = '{}' WHERE number = 20", "第 20 条有问题：记录被改动"),
        ('UPDATE journal SET "by" = NULL WHERE number = 20', "第 20 条有问题：记录被改动"),
        ("DELETE FROM journal WHERE number = 20", "第 20 条有问题：有记录被删除"),
        ("DELETE FROM journal WHERE number > 60", "第 61 条有问题：末尾的记录不见了"),
        ("DELETE FROM journal WHERE subject = 'case:1'", "第 2 条有问题：有记录被删除"),
        (
            "UPDATE journal_details SET content = (SELECT content FROM journal_details "
            "ORDER BY number DESC LIMIT 1) WHERE number = "
            "(SELECT number FROM journal_details ORDER BY number LIMIT 1)",
            "有问题：记录的个人内容被改动",
        ),
        ("DELETE FROM journal_head", "链尾被移动"),
    ],
)
def test_the_first_broken_line_is_named(
    guixiao: Guixiao, tmp_path: Path, statement: str, words: str
) -> None:
    tamper(tmp_path, statement)
    result = guixiao()

    assert result.exit_code == 1
    assert words in result.stderr
    assert result.stdout == ""
    found = guixiao("--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["is_whole"] is False


def test_personal_content_may_go(guixiao: Guixiao, tmp_path: Path) -> None:
    known = head(guixiao)
    tamper(tmp_path, "DELETE FROM journal_details")

    assert guixiao("--head", known).exit_code == 0


def test_a_head_written_down_finds_a_cut_tail(guixiao: Guixiao, tmp_path: Path) -> None:
    known = head(guixiao)
    number = int(known.partition(":")[0])
    tamper(
        tmp_path,
        f"DELETE FROM journal WHERE number > {number - 5}",
        f"DELETE FROM journal_details WHERE number > {number - 5}",
    )
    result = guixiao("--head", known)

    assert result.exit_code == 1
    assert f"第 {number - 4} 条有问题：末尾的记录不见了" in result.stderr


def test_a_head_of_another_journal_is_told_apart(guixiao: Guixiao) -> None:
    result = guixiao("--head", "20:0123456789abcdef")

    assert result.exit_code == 1
    assert "第 20 条有问题：给出的链头属于另一份日志" in result.stderr


@pytest.mark.parametrize("wrong", ["20", "x:0123456789abcdef", "20:01"])
def test_what_is_no_head_is_wrong_usage(guixiao: Guixiao, wrong: str) -> None:
    assert guixiao("--head", wrong).exit_code == 2


def test_another_key_is_refused(guixiao: Guixiao, monkeypatch: pytest.MonkeyPatch) -> None:
    assert guixiao().exit_code == 0  # the county has seen its keys
    monkeypatch.setenv("JOURNAL_KEY", base64.b64encode(secrets.token_bytes(32)).decode())
    result = guixiao()

    assert result.exit_code == 1
    assert "密钥不对" in result.stderr
    assert result.stdout == ""
