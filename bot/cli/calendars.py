"""`calendar`: terms, closures, make-up days."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.importing import bring_in
from bot.cli.opening import County, Refused, perform
from bot.cli.printing import print_json, print_table

if TYPE_CHECKING:
    from storage.importing.values import DayRow, TermRow

app = typer.Typer(help="Terms, closures and make-up days.", no_args_is_help=True)

OPEN, CLOSED = "open", "closed"


@app.command()
def show(
    official: bool = typer.Option(False, "--official", help="With the state's holidays."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Show terms, and the days that are not as usual."""

    async def errand(county: County) -> dict[str, Any]:
        async with county.database.read() as read:
            calendar = await county.calendars.current(read)
        days = [
            {"on": one.on, "open": one.is_open, "label": one.label, "school": one.school_id}
            for one in calendar.days
        ]
        if official:
            days += [
                {"on": on, "open": is_open, "label": "", "school": None}
                for on, is_open in calendar.official.items()
            ]
        return {
            "terms": [
                {
                    "name": one.name,
                    "starts_on": one.starts_on,
                    "ends_on": one.ends_on,
                    "school": one.school_id,
                }
                for one in calendar.terms
            ],
            "days": sorted(days, key=lambda one: one["on"]),
            "official_until": calendar.known_until,
        }

    shown = perform(errand)
    if as_json:
        print_json(shown)
        return
    print_table(("term", "from", "to", "school"), [list(one.values()) for one in shown["terms"]])
    print_table(("day", "open", "label", "school"), [list(one.values()) for one in shown["days"]])


@app.command()
def add(
    on: str = typer.Argument(help="A date, such as 2026-09-28."),
    plan: str = typer.Argument(help="open or closed."),
    label: str = typer.Option("", help="Why."),
    school: str = typer.Option("", help="One school alone."),
) -> None:
    """Open or close one day."""
    if plan not in (OPEN, CLOSED):
        raise typer.BadParameter("open or closed")
    day = _date(on)

    async def errand(county: County) -> str:
        from storage.importing.values import DayRow

        row = DayRow(day, plan == OPEN, label[:80], school or None)
        await _take(county, row)
        return county.say(f"calendar.{plan}", on=day)

    print(perform(errand))


@app.command()
def term(
    name: str = typer.Argument(help="Such as 2026-2027 学年第一学期."),
    start: str = typer.Argument(help="The first day."),
    end: str = typer.Argument(help="The last day."),
    school: str = typer.Option("", help="One school alone."),
) -> None:
    """Enter a term, or move one that is known by this name."""
    first, last = _date(start), _date(end)
    if last < first:
        raise typer.BadParameter("the last day is before the first")

    async def errand(county: County) -> str:
        from storage.importing.values import TermRow

        await _take(county, TermRow(name, first, last, school or None))
        return county.say("calendar.term", name=name, start=first, end=last)

    print(perform(errand))


@app.command("import")
def import_(
    files: list[Path] = typer.Argument(help="Tables of terms or days."),
    yes: bool = typer.Option(False, "--yes", help="Do it; without this, only say what would be."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Bring in terms and days from tables."""
    bring_in(files, yes=yes, strict=False, as_json=as_json)


async def _take(county: County, row: DayRow | TermRow) -> None:
    from rules.decision import Entry
    from storage.importing.batch import Batch
    from storage.importing.calendar import take_day, take_term
    from storage.importing.flaws import Fate
    from storage.importing.loading import load_county
    from storage.importing.values import DayRow

    now = county.clock.now()
    async with county.database.work(now) as work:
        calendar = await county.calendars.current(work)
        known = await load_county(work, calendar, now, county.policy)
        batch = Batch(known.numbers)
        if isinstance(row, DayRow):
            verdict = take_day(known, batch, row, source="command")
        else:
            verdict = take_term(known, batch, row)
        if verdict.fate is Fate.REFUSED:
            raise Refused("no_unit", name=row.school)
        await batch.write(work)
        if batch:
            work.journal(Entry("calendar_changed", "calendar", public={"row": str(row)}))


def _date(text: str) -> date:
    from papers.values import read_date
    from rules.identity import Flaw

    found = read_date(text)
    if isinstance(found, Flaw):
        raise typer.BadParameter(f"not a date: {text}")
    return found
