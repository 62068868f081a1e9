"""The user guide: a page for each role, in both languages, with pictures that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.demo.pictures import OTHERS, PICTURES

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted((DOCS / "guide").glob("*.md"))
IMAGE = re.compile(r"images/([\w-]+)\.png")
ZH, EN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{3}")
TAKEN = {one.name for one in PICTURES} | set(OTHERS)


def rows_of(page: Path) -> list[list[str]]:
    """The cells of every line of a table."""
    lines = page.read_text(encoding="utf-8").splitlines()
    tables = [line for line in lines if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in tables]


def test_every_picture_is_taken_kept_and_shown() -> None:
    shown = {name for page in DOCS.rglob("*.md") for name in IMAGE.findall(page.read_text())}
    kept = {path.stem for path in (DOCS / "images").glob("*.png")}

    assert shown == kept == TAKEN


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_chinese_has_english_beside_it(page: Path) -> None:
    rows = rows_of(page)
    assert rows
    for row in rows:
        assert any(ZH.search(cell) for cell in row), row
        assert any(EN.search(cell) for cell in row), row
