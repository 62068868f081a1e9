"""`simulate`: a whole term with invented people, and whether everything held."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.opening import REFUSED, settings_or_exit
from bot.cli.printing import print_json, print_lines, print_table
from bot.cli.words import words

if TYPE_CHECKING:
    from bot.simulation import Asked, Report


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(simulate)


def simulate(
    students: int = typer.Option(600, min=200, max=14_000, help="How many children."),
    school_days: int = typer.Option(100, min=1, max=200, help="How long the term is."),
    seed: int = typer.Option(1, help="The same seed, the same term."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """A whole term on a simulated clock, with all faults; exit 1 if anything did not hold."""
    from bot.simulation import Asked
    from bot.simulation import simulate as live_through

    settings = settings_or_exit()
    chosen = os.environ.get("POLICY_FILE", "").strip()
    asked = Asked(students, school_days, seed)
    report = live_through(asked, Path(chosen).resolve() if chosen else None)
    if as_json:
        print_json(_plain(asked, report))
    else:
        _tell(settings.locale, asked, report)
    raise typer.Exit(REFUSED if report.broken else 0)


def _plain(asked: Asked, report: Report) -> dict[str, object]:
    return {
        **asdict(asked),
        "seconds": round(report.seconds, 1),
        "happened": dict(report.happened),
        "broken": [asdict(one) for one in report.broken],
        "again": asked.command,
    }


def _tell(language: str, asked: Asked, report: Report) -> None:
    """Figures; then what did not hold, each with the instant, and how to see it again."""
    headings = [words(language, "simulate.what"), words(language, "simulate.number")]
    print_table(headings, sorted(report.happened.items()))
    print_lines(
        words(
            language,
            "simulate.broken",
            what=one.what,
            subject=one.subject,
            at=f"{one.at:%Y-%m-%d %H:%M}",
            detail=one.detail,
            seed=asked.seed,
            again=asked.command,
        )
        for one in report.broken
    )
    name = "simulate.failed" if report.broken else "simulate.held"
    print(words(language, name, n=len(report.broken), seconds=f"{report.seconds:.0f}"))
