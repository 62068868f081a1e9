"""The story from the first paragraph to the exit code."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.clock import SystemClock
from bot.story import binding, closing, day1, day2, day3, day4, day5, day6, day7, day8, ladder
from bot.story.cast import Cast, Invitation
from bot.story.checks import Checks, NotAsTold
from bot.story.narrator import Narrator
from bot.story.plot import write_county
from bot.story.scene import MEETING, Scene
from bot.story.stage import CommandFailed, Stage, a_stage

Part = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True)
class Chapter:
    """A story of its own: what is told first, its parts, and the case to look at afterwards."""

    opening: str
    days: str
    parts: tuple[Part, ...]
    case: int


#: Eight days of two schools; the case is of the child who did not come back.
FIRST = Chapter(
    "scene.opening",
    "day",
    (
        binding.bind_everybody,
        *(day.play for day in (day1, day2, day3, day4, day5, day6, day7, day8)),
        closing.play,
    ),
    3,
)


def second(folder: Path) -> Chapter:
    """One case up the whole ladder; its papers are left in `folder`."""
    return Chapter("scene.opening_ladder", "ladder", ladder.chapters(folder), 1)


async def play(
    console: Console, language: str, policy_file: Path | None = None, chapter: Chapter = FIRST
) -> int:
    """Tell a chapter; 1 when something expected did not happen, or something forbidden did.

    On a terminal the county stays open at the end until Enter is pressed.
    """
    narrator, checks, clock = Narrator(console, language), Checks(), SystemClock()
    began = clock.monotonic()
    narrator.panel(chapter.opening, "scene.opening_title")
    try:
        async with a_stage(policy_file) as stage:
            scene = await set_up(stage, narrator, checks)
            scene.chapter = chapter.days
            for part in chapter.parts:
                await part(scene)
            _summary(narrator, checks, clock.monotonic() - began)
            await _look_further(narrator, stage, chapter.case)
    except (NotAsTold, CommandFailed) as problem:
        name = "not_as_told" if isinstance(problem, NotAsTold) else "command_failed"
        checks.failed = checks.failed or [str(problem)]
        narrator.failure(f"scene.{name}", problem=problem)
        _summary(narrator, checks, clock.monotonic() - began)
    return 1 if checks.failed else 0


def _summary(narrator: Narrator, checks: Checks, seconds: float) -> None:
    narrator.panel(
        "scene.failed" if checks.failed else "scene.passed",
        "scene.summary_title",
        held=checks.held,
        failed=len(checks.failed),
        seconds=round(seconds),
    )


async def _look_further(narrator: Narrator, stage: Stage, case: int) -> None:
    """How to go on by hand, with the exact settings; on a terminal there is time to do it."""
    is_watched = sys.stdin.isatty() and narrator.console.is_terminal
    name = "look" if is_watched else "look_removed"
    narrator.panel(f"scene.{name}", "scene.look_title", case=case, **stage.how_to)
    if is_watched:
        await asyncio.to_thread(sys.stdin.readline)


async def set_up(stage: Stage, narrator: Narrator, checks: Checks) -> Scene:
    """Write the county, import it by the real command, invite everybody, start the bot."""
    plot = write_county(stage.folder / "county")
    narrator.say("scene.county", schools=len(plot.county.schools), folder=stage.folder / "county")
    files = [str(path) for path in plot.files]
    report = await stage.answer("import", *files, "--yes")
    checks.hold(f"import: {report['errors']}", not report["errors"])
    narrator.command("guixiao import county/*.xlsx --yes", f"new {report['new']}")
    invitations = [Invitation.read(entry) for entry in await stage.answer("invite")]
    narrator.command("guixiao invite --json", f"{len(invitations)}")
    await stage.start_bot(MEETING)
    narrator.command(f"guixiao run --rehearsal --start {MEETING:%Y-%m-%dT%H:%M}")
    cast = Cast(stage.api, narrator, checks, invitations)
    return Scene(stage, plot, cast, narrator, checks)
