"""The stage left open: an invented county to play with by hand."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from bot.story.checks import Checks, NotAsTold
from bot.story.narrator import Narrator
from bot.story.playing import set_up
from bot.story.stage import CommandFailed, a_stage


async def keep_open(console: Console, language: str, policy_file: Path | None = None) -> int:
    """Set a county up, say how to reach it, and wait until Ctrl-C."""
    narrator = Narrator(console, language)
    try:
        async with a_stage(policy_file) as stage:
            await set_up(stage, narrator, Checks())
            narrator.panel("scene.open_stage", "scene.open_title", **stage.how_to)
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
    except (NotAsTold, CommandFailed) as problem:
        narrator.failure("scene.command_failed", problem=problem)
        return 1
    return 0
