"""`report quarterly`: what the county counts itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import typer

from bot.cli.keeping import keep_private
from bot.cli.opening import County, Refused, perform
from bot.cli.printing import print_lines


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(quarterly)


def quarterly(
    quarter: str = typer.Argument(metavar="QUARTER", help="2026-Q3."),
    out: Path = typer.Option(Path("quarter.xlsx"), "-o", metavar="FILE", help="The xlsx."),
) -> None:
    """Write the county's quarter, counted from the record as it stands now."""

    async def errand(county: County) -> list[str]:
        from bot.report_files import WeekOrder, counted_sheet
        from storage.figures.county import counted_county
        from storage.journal import head_of

        first, after = _quarter(quarter)
        zone, now = county.settings.zone, county.clock.now()
        since, upto = (
            datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, after)
        )
        on = min(after - timedelta(days=1), now.astimezone(zone).date())
        async with county.database.survey() as read:
            units = await counted_county(read, since, min(upto, now), on)
            head = await head_of(read)
        sheet = counted_sheet(units, quarter, first, after - timedelta(days=1), head)
        keep_private(out, WeekOrder(sheet, zone.key).write())
        return [county.say("report.written", file=out, units=len(units))]

    print_lines(perform(errand))


def _quarter(text: str) -> tuple[date, date]:
    """The first day of 2026-Q3, and the day after its last."""
    year, mark, number = text.partition("-Q")
    if not mark or number not in ("1", "2", "3", "4") or not year.isdecimal():
        raise Refused("no_quarter", text=text)
    first = date(int(year), 3 * int(number) - 2, 1)
    return first, (first + timedelta(days=95)).replace(day=1)
