"""`drill`: at the beginning of a term everybody on a chat taps [收到] (P3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bot.cli.opening import County, perform
from bot.cli.printing import print_json, print_lines, print_table

if TYPE_CHECKING:
    from storage.drills import SchoolReach


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(drill)


def drill(
    yes: bool = typer.Option(False, "--yes", help="Ask everybody who was not asked this term."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Who can be reached, school by school; everybody on a chat is asked once a term."""

    async def errand(county: County) -> tuple[int, list[SchoolReach], str, list[str]]:
        number, found = await _drill(county, yes=yes)
        say = county.say("drill.asked" if yes else "drill.to_ask", n=number)
        return number, found, say, [county.say(f"drill.{one}") for one in COLUMNS]

    number, found, say, headings = perform(errand)
    if as_json:
        rows = [{one: getattr(line, one) for one in COLUMNS} for line in found]
        print_json({"people": number, "asked": yes, "schools": rows})
        return
    print_table(headings, [[getattr(line, one) for one in COLUMNS] for line in found])
    print_lines([say])


COLUMNS = ("school", "asked_n", "received", "percent", "children", "unreached")


async def _drill(county: County, *, yes: bool) -> tuple[int, list[SchoolReach]]:
    from storage.drills import STEP, ask, people_to_ask, reach
    from storage.reconciling.running import first_day

    now = county.clock.now()
    async with county.database.read() as read:
        calendar = await county.calendars.current(read)
        today = calendar.local_date(now)
        term_on = first_day(calendar, today) or today.replace(day=1)
        waiting = await people_to_ask(read, today, term_on)
    for first in range(0, len(waiting) if yes else 0, STEP):
        async with county.database.work(now) as work:
            await ask(work, waiting[first : first + STEP], term_on)
    async with county.database.survey() as read:
        return len(waiting), await reach(read, term_on)
