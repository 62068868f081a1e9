"""`clock`: the clock of a rehearsal, and holds of clock sanity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import typer

from bot.cli.opening import County, Refused, perform
from bot.cli.printing import print_json

app = typer.Typer(help="The clock of a rehearsal; holds of clock sanity.", no_args_is_help=True)


@app.command()
def show(as_json: bool = typer.Option(False, "--json")) -> None:
    """Show where the clock of the rehearsal stands."""

    async def errand(county: County) -> datetime:
        _require_rehearsal(county)
        return county.clock.now().astimezone(county.settings.zone)

    at = perform(errand)
    if as_json:
        print_json({"now": at.isoformat()})
    else:
        print(f"{at:%Y-%m-%dT%H:%M:%S}")


@app.command()
def advance(span: str = typer.Argument(help="Such as 30m, 2h or 3d.")) -> None:
    """Move the running rehearsal's clock on, through every due moment in between."""
    from bot.rehearsal import read_span

    try:
        distance = read_span(span)
    except ValueError:
        raise typer.BadParameter(f"not a span: {span}") from None
    _move(lambda county: county.clock.now() + distance)


@app.command()
def to(when: str = typer.Argument(help="An ISO date and time of the county.")) -> None:
    """Move the running rehearsal's clock to an instant, through every due moment in between."""
    from bot.rehearsal import read_when

    def target(county: County) -> datetime:
        try:
            return read_when(when, county.settings.zone)
        except ValueError:
            raise typer.BadParameter(f"not a date and time: {when}") from None

    _move(target)


@app.command()
def accept() -> None:
    """Release a hold: the server's clock is right."""

    async def errand(county: County) -> str:
        from bot.sanity import accept as release

        if not await release(county.database, county.clock.now(), by="operator"):
            raise Refused("no_hold")
        return county.say("clock.accepted")

    print(perform(errand))


def _move(target: Callable[[County], datetime]) -> None:
    async def errand(county: County) -> Any:
        from bot.rehearsal import NoBot, ask_to_move
        from storage.meta import rehearsal_clock

        _require_rehearsal(county)
        at = target(county)
        if at < county.clock.now():
            raise Refused("clock_back", now=_local(county, county.clock.now()))
        try:
            await ask_to_move(county.database, county.clock, at)
        except NoBot:
            raise Refused("no_bot") from None
        async with county.database.read() as read:
            stands_at = await rehearsal_clock(read)
        return county.say("clock.stands", at=_local(county, stands_at or at))

    print(perform(errand))


def _local(county: County, at: datetime) -> str:
    return f"{at.astimezone(county.settings.zone):%Y-%m-%d %H:%M}"


def _require_rehearsal(county: County) -> None:
    from storage.meta import Mode

    if county.mode is not Mode.REHEARSAL:
        raise Refused("no_rehearsal")
