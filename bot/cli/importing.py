"""`import`: any of the county's tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.opening import REFUSED, County, Refused, perform
from bot.cli.printing import print_json, print_lines

if TYPE_CHECKING:
    from bot.importing.report import Report
    from storage.reconciling.lists import Collected

SHOWN = 50


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("import")(import_)


def import_(
    files: list[Path] = typer.Argument(help="xlsx, xls or csv; what it is stands in its headers."),
    yes: bool = typer.Option(False, "--yes", help="Do it; without this, only say what would be."),
    strict: bool = typer.Option(False, "--strict", help="Refuse everything if anything is wrong."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Bring in schools, staff, children, pairings, terms, days or attendance."""
    bring_in(files, yes=yes, strict=strict, as_json=as_json)


def bring_in(files: list[Path], *, yes: bool, strict: bool, as_json: bool) -> None:
    """Import or try; exit 1 when `strict` and something is wrong."""
    for path in files:
        if not path.is_file():
            raise typer.BadParameter(f"no such file: {path}")
    files = without_copies(files)

    async def errand(county: County) -> Report:
        tried = await _run(county, files, is_real=False) if strict or not yes else None
        is_done = yes and not (tried and tried.errors)
        report = await _run(county, files, is_real=True) if is_done or not tried else tried
        _tell(county, report, is_done=is_done, as_json=as_json)
        return report

    if perform(errand).errors and strict:
        raise typer.Exit(REFUSED)


def without_copies(files: list[Path]) -> list[Path]:
    """Annotated copies of files that are here themselves, as `*.xlsx` brings them along."""
    from bot.importing.report import copy_of

    copies = {copy_of(path) for path in files}
    return [path for path in files if path not in copies]


def _tell(county: County, report: Report, *, is_done: bool, as_json: bool) -> None:
    copies = report.write_copies()
    if as_json:
        print_json(report.plain())
    else:
        print_lines(_lines(county, report, copies, is_done=is_done))


async def _run(county: County, files: list[Path], *, is_real: bool) -> Report:
    return (await run_files(county, files, is_real=is_real))[0]


async def run_files(
    county: County, files: list[Path], *, is_real: bool
) -> tuple[Report, Collected]:
    """The import, and the lists that its files hold."""
    from bot.collecting import seldom_collecting
    from bot.importing.run import Import, run_import
    from storage.sheets import taker

    now = county.clock.now()
    means = Import(
        county.database,
        county.policy,
        county.calendars,
        now,
        county.settings.locale,
        county.say("import.bureau"),
        taker(county.database, county.calendars, county.policy, now),
    )
    with seldom_collecting():
        report = await run_import(means, files, is_real=is_real)
    if is_real:
        await county.database.take_stock()
    if not any(report.counts.values()) and report.errors:
        raise Refused("nothing_recognised", problem=report.errors[0]["problem"])
    return report, means.collected


def _lines(county: County, report: Report, copies: list[Path], *, is_done: bool) -> list[str]:
    plain: dict[str, Any] = report.plain()
    lines = [
        county.say(
            "import.counts",
            new=plain["new"],
            changed=plain["changed"],
            unchanged=plain["unchanged"],
            errors=len(report.errors),
        )
    ]
    lines += [county.say("import.error", **error) for error in report.errors[:SHOWN]]
    if len(report.errors) > SHOWN:
        lines.append(county.say("import.more", n=len(report.errors) - SHOWN))
    lines += [county.say("import.copy", file=copy) for copy in copies]
    return [*lines, county.say("import.done" if is_done else "import.dry")]
