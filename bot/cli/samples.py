"""`sample`: an invented county in the real file formats."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.cli.opening import settings_or_exit
from bot.cli.words import words


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(sample)


def sample(
    folder: Path = typer.Argument(metavar="DIR", help="Where to write."),
    students: int = typer.Option(5000, min=200, max=100_000),
    seed: int = typer.Option(1),
) -> None:
    """Write the tables of an invented county."""
    from bot.clock import SystemClock
    from papers.sample import write_sample

    settings = settings_or_exit()
    today = SystemClock().now().astimezone(settings.zone).date()
    report = write_sample(folder, students, seed, today=today)
    figures = {"students": report.students, "schools": report.schools, "classes": report.classes}
    print(words(settings.locale, "sample.written", **figures))
    for path in report.files:
        print(path)
