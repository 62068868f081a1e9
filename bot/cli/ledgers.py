"""`export`: the ledgers as of any day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.keeping import keep_private
from bot.cli.opening import County, Refused, perform
from bot.cli.printing import print_json, print_lines
from rules.ledgers import Ledger

if TYPE_CHECKING:
    from storage.ledgers.scope import Scope, Table
    from storage.work import Reading


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(export)


def export(
    ledger: str = typer.Argument(help=f"One of: {', '.join(Ledger)}."),
    as_of: str = typer.Option("", "--as-of", metavar="DATE", help="A past day, 2026-09-30."),
    school: str = typer.Option("", help="Name or code of a school; with its village schools."),
    out: Path | None = typer.Option(None, "-o", metavar="FILE", help="The xlsx to write."),
    headings: Path | None = typer.Option(
        None,
        metavar="FILE",
        help="A table of your own: its headings, in its order, are filled in.",
    ),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Write a ledger (台账) as xlsx, as it stood at the end of a day."""
    named = ledger.replace("-", "_")
    if named not in set(Ledger):
        raise typer.BadParameter(f"no such ledger: {ledger}")
    name = Ledger(named)

    async def errand(county: County) -> dict[str, Any] | str:
        async with county.database.survey() as read:
            scope, unit = await _scope(county, read, as_of, school)
            table = await _asked(read, name, scope)
        await _note(county, name, scope, len(table.rows))
        if as_json:
            return _as_json(name, scope, table)
        path = out or Path(f"{name}-{scope.as_of.isoformat()}.xlsx")
        keep_private(path, _written(county, name, scope, table, unit, headings))
        return county.say("ledger.written", file=path, rows=len(table.rows))

    done = perform(errand)
    if isinstance(done, str):
        print_lines([done])
    else:
        print_json(done)


def _as_json(name: Ledger, scope: Scope, table: Table) -> dict[str, Any]:
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return {"ledger": name, "as_of": scope.as_of, "rows": rows}


async def _note(county: County, name: Ledger, scope: Scope, rows: int) -> None:
    """Who takes many children's data along stands in the journal and in the access log."""
    from rules.decision import Entry
    from storage.access_log import note_look

    said = {"as_of": scope.as_of.isoformat(), "rows": rows, "whole_county": scope.schools is None}
    async with county.database.work(county.clock.now()) as work:
        await note_look(work, None, None, "ledger", f"{name}:{scope.as_of}")
        work.journal(Entry("ledger_exported", f"ledger:{name}", public=said))


async def _asked(read: Reading, name: Ledger, scope: Scope) -> Table:
    from storage.ledgers.every import LEDGERS

    return await LEDGERS[name](read, scope)


async def _scope(county: County, read: Reading, as_of: str, school: str) -> tuple[Scope, str]:
    from bot.cli.places import unit_id
    from storage.ledgers.every import schools_below
    from storage.ledgers.scope import Scope

    zone, rules = county.settings.zone, county.policy.reach
    today = county.clock.now().astimezone(zone).date()
    try:
        on = date.fromisoformat(as_of) if as_of else today
    except ValueError:
        raise Refused("no_date", text=as_of) from None
    if on > today:
        raise Refused("future_date", text=as_of)
    upto = datetime(on.year, on.month, on.day, tzinfo=zone) + timedelta(days=1)
    if not school:
        return Scope(on, upto, reach=rules), ""
    found = await schools_below(read, await unit_id(read, school))
    return Scope(on, upto, found, reach=rules), school


def _written(
    county: County,
    name: Ledger,
    scope: Scope,
    table: Table,
    unit: str,
    headings: Path | None,
) -> bytes:
    from papers.contents import content_of
    from papers.ledgers.writing import Sheet, headings_of, write_ledger

    sheet = Sheet(name, unit, scope.as_of, table.columns, table.rows)
    own = headings_of(headings) if headings else None
    return content_of(lambda to: write_ledger(sheet, to, county.settings.zone, own))
