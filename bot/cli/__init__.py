"""The command `guixiao`: one module for each group of commands."""

from __future__ import annotations

import typer

from bot.cli import (
    backups,
    calendars,
    clocks,
    drilling,
    importing,
    inviting,
    keys,
    ledgers,
    packaging,
    people,
    reconciling,
    records,
    reporting,
    running,
    samples,
    simulating,
)

app = typer.Typer(
    name="guixiao",
    help="Guixiao 归校: bring every absent child back to school.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

for _group in (
    running,
    importing,
    reconciling,
    inviting,
    drilling,
    records,
    ledgers,
    packaging,
    samples,
    simulating,
    backups,
):
    _group.register(app)
app.add_typer(people.app, name="person")
app.add_typer(calendars.app, name="calendar")
app.add_typer(clocks.app, name="clock")
app.add_typer(keys.app, name="key")
app.add_typer(reporting.app, name="report")


def main() -> None:
    """Run the command line."""
    app()
