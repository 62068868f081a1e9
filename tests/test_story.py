"""The story of `guixiao demo --story`, from the first paragraph to the exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.story.pace import own_policy
from bot.story.texts import LANGUAGES, texts
from rules.policy import Policy

AT_MOST = 900
SILENT_CLIMB = '[whereabouts]\nleader_after = "8h"\nhead_after = "9h"\n'


def tell(folder: Path, *words: str, **settings: str) -> tuple[int, str]:
    """Run the story as a process of its own; its exit code and what it told."""
    clean = {name: value for name, value in os.environ.items() if name != "POLICY_FILE"}
    told = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--story", *words],
        env=clean | settings | {"COLUMNS": "120", "TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=AT_MOST,
        check=False,
    )
    return told.returncode, told.stdout + told.stderr


def test_eight_school_days_come_out_as_told(tmp_path: Path) -> None:
    code, told = tell(tmp_path)

    assert code == 0, told[-4000:]
    assert "✗" not in told
    assert "日志完整" in told
    assert list(tmp_path.iterdir()) == []


def test_one_case_goes_up_the_whole_ladder_and_leaves_its_papers(tmp_path: Path) -> None:
    papers, scratch = tmp_path / "papers", tmp_path / "scratch"
    scratch.mkdir()
    code, told = tell(scratch, "--chapter", "2", "--papers", str(papers))

    assert code == 0, told[-4000:]
    assert "✗" not in told
    assert (papers / "case.html").exists()
    assert len(list(papers.glob("*.docx"))) == 5
    assert list(scratch.iterdir()) == []


def test_a_climb_that_does_not_come_is_noticed(tmp_path: Path) -> None:
    policy = tmp_path / "late.toml"
    policy.write_text(SILENT_CLIMB, encoding="utf-8")
    code, told = tell(tmp_path, POLICY_FILE=str(policy))

    assert code == 1, told[-4000:]
    assert "请您过问" in next(line for line in told.splitlines() if "✗" in line)
    assert list(tmp_path.iterdir()) == [policy]


def test_the_story_only_hurries(tmp_path: Path) -> None:
    given = Path(__file__).parents[1] / "policy.toml"
    text = own_policy(tmp_path, given).read_text(encoding="utf-8")
    changed = Policy.from_toml(text)

    assert changed.limits.chat_messages_a_second > Policy().limits.chat_messages_a_second
    assert changed.whereabouts == Policy().whereabouts
    assert changed.tasks == Policy().tasks


@pytest.mark.parametrize(
    "section",
    [
        *("scene", "binding", "closing"),
        *(f"day{n}" for n in range(1, 9)),
        *(f"ladder{n}" for n in range(1, 10)),
    ],
)
def test_every_paragraph_is_told_in_every_language(section: str) -> None:
    said = {"forgotten_says", "found_line", "away_command"}
    said |= {"words", "comment", "more_words", "witnesses", "responsible"}
    names = [set(texts(language)[section]) - said for language in LANGUAGES]

    assert names[0] == names[1]
