"""The story that `guixiao demo --story` tells."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from rich.console import Console

from bot.story.playing import FIRST, play, second
from bot.story.texts import LANGUAGES


def tell(chapter: int = 1, papers: Path = Path("story-papers")) -> int:
    """Play a chapter and tell it; 0 when all of it happened as it must.

    1: eight school days; 2: one case up the whole ladder, its papers left in the folder `papers`.
    Of the settings, POLICY_FILE and LOCALE count: the same story under other numbers.
    """
    told = FIRST if chapter == 1 else second(papers.resolve())
    return asyncio.run(play(Console(highlight=False), _language(), _policy_file(), told))


def _language() -> str:
    chosen = os.environ.get("LOCALE", "").strip().lower()
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def _policy_file() -> Path | None:
    chosen = os.environ.get("POLICY_FILE", "").strip()
    return Path(chosen) if chosen else None
