"""`run` and `demo`."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.opening import County, Refused, finish, open_county, refuse, settings_or_exit
from bot.cli.words import words
from bot.loop import fast_loop

if TYPE_CHECKING:
    from datetime import datetime

    from bot.settings import Settings
    from bot.ticks.base import Means


LOOPBACK = ("127.0.0.1", "localhost")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(run)
    app.command()(demo)


def run(
    rehearsal: bool = typer.Option(False, "--rehearsal", help="Rehearse on a clock of its own."),
    start: str = typer.Option("", help="Where the clock of a new rehearsal begins (ISO, local)."),
) -> None:
    """Run the bot until SIGTERM or Ctrl-C."""
    settings = settings_or_exit()
    if not settings.token:
        refuse(words(settings.locale, "refused.no_token"))
    if start and not rehearsal:
        raise typer.BadParameter("--start belongs to --rehearsal")
    at = _start_of(settings, start) if start else None
    finish(_run(settings, at, is_rehearsal=rehearsal), settings.locale, fast_loop)


def demo(  # noqa: PLR0913 - each is an option of the command
    story: bool = typer.Option(False, "--story", help="Tell the story on the terminal."),
    chapter: int = typer.Option(1, min=1, max=2, help="1: eight days; 2: one case to its end."),
    papers: Path = typer.Option(
        Path("story-papers"), metavar="DIR", help="Where chapter 2 leaves its papers."
    ),
    port: int = typer.Option(8090, min=0, max=65535, help="Of the page; 0 takes any free one."),
    browser: bool = typer.Option(True, help="Open a browser, if there is one."),
    students: int = typer.Option(320, min=200, max=20_000, help="How many children."),
    listen: str = typer.Option("127.0.0.1", help="An address; beyond this machine see below."),
) -> None:
    """Show the program on a sample county, on this machine alone: in a browser, or told.

    Beyond this machine it listens only with a password in PLAYGROUND_PASSWORD.
    """
    if story:
        raise typer.Exit(int(import_module("bot.story").tell(chapter, papers)))
    settings = settings_or_exit()
    password = os.environ.get("PLAYGROUND_PASSWORD", "").strip()
    if listen not in LOOPBACK and not password:
        refuse(words(settings.locale, "demo.no_password"))
    demo_room = import_module("bot.demo")
    demo_room.play(
        demo_room.Opening(port, listen, password, students),
        opens_browser=browser,
        say=lambda url: print(words(settings.locale, "demo.open", url=url), flush=True),
    )


def _start_of(settings: Settings, text: str) -> datetime:
    from bot.rehearsal import read_when

    try:
        return read_when(text, settings.zone)
    except ValueError:
        raise typer.BadParameter(f"not a date and time: {text}") from None


async def _run(settings: Settings, start: datetime | None, *, is_rehearsal: bool) -> None:
    from bot import running
    from bot.heart import LostClaim
    from bot.poller import SignedOut

    async with open_county(settings) as county:
        means = await begun(county, start, is_rehearsal=is_rehearsal)
        try:
            await running.run(county.database, means)
        except SignedOut:
            raise Refused("signed_out") from None
        except LostClaim:
            raise Refused("lost_claim") from None


async def begun(county: County, start: datetime | None, *, is_rehearsal: bool) -> Means:
    """The first run decides what the database is for; later ones must be of the same kind."""
    from bot.clock import RehearsalClock
    from bot.ticks import base
    from storage.meta import Mode

    wanted = Mode.REHEARSAL if is_rehearsal else Mode.REAL
    if county.mode not in (Mode.NEW, wanted):
        raise Refused(f"is_{county.mode}")
    clock = county.clock
    if county.mode is Mode.NEW:
        at = start or clock.now()
        await _first_run(county, wanted, at)
        clock = RehearsalClock(at) if is_rehearsal else clock
    return base.Means(county.settings, county.policy, county.calendars, clock)


async def _first_run(county: County, mode: object, at: datetime) -> None:
    from datetime import UTC

    from storage.meta import Mode
    from storage.starting import begin, begin_rehearsal

    async with county.database.work(at.astimezone(UTC)) as work:
        if mode is Mode.REHEARSAL:
            calendar = await county.calendars.current(work)
            await begin_rehearsal(work, county.policy, calendar)
        else:
            await begin(work, Mode.REAL)
