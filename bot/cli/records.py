"""`status`, `case`, `verify` and `check`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.opening import REFUSED, County, Refused, perform
from bot.cli.printing import print_json, print_lines, print_table

if TYPE_CHECKING:
    from storage.journal import Verdict
    from storage.timeline import CaseFile


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (status, case, verify, check):
        app.command()(command)


def status(as_json: bool = typer.Option(False, "--json")) -> None:
    """Show how things stand."""

    async def errand(county: County) -> dict[str, Any]:
        from storage.status import status_of

        async with county.database.read() as read:
            return await status_of(read, county.clock.now())

    figures = perform(errand)
    if as_json:
        print_json(figures)
    else:
        print_table(("", "", ""), _flat(figures))


def _flat(figures: dict[str, Any]) -> list[tuple[str, str, object]]:
    lines: list[tuple[str, str, object]] = []
    for name, value in figures.items():
        inner = value if isinstance(value, dict) else {"": value}
        for key, number in inner.items():
            shown = number if not isinstance(number, dict) else _pairs(number)
            lines.append((name, key, shown))
    return lines


def _pairs(values: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items())


def case(
    number: int = typer.Argument(metavar="N", help="The number of the case."),
    as_json: bool = typer.Option(False, "--json"),
    html: Path | None = typer.Option(None, metavar="FILE", help="Write the case file to print."),
    reader: int | None = typer.Option(
        None, metavar="PERSON_ID", help="With --html: only what this person may see."
    ),
    papers: Path | None = typer.Option(None, metavar="DIR", help="Write all its papers."),
    full: bool = typer.Option(False, "--full", help="With --papers: ID number, address, phones."),
) -> None:
    """Show one case with its timeline, or write its file (一生一案) or its papers to print."""
    if reader is not None and html is None:
        raise typer.BadParameter("--reader goes with --html")
    if full and papers is None:
        raise typer.BadParameter("--full goes with --papers")
    if papers is not None:
        from bot.cli.case_papers import write_papers

        print(perform(lambda county: write_papers(county, number, papers, is_full=full)))
    if html is not None:
        from bot.cli.casefiles import write_file

        print(perform(lambda county: write_file(county, number, html, reader)))
    if html is None and papers is None:
        _show_case(number, as_json=as_json)


def _show_case(number: int, *, as_json: bool) -> None:
    async def errand(county: County) -> tuple[County, CaseFile]:
        from storage.timeline import case_file

        async with county.database.read() as read:
            found = await case_file(read, number)
        if found is None:
            raise Refused("no_case", id=number)
        return county, found

    county, file = perform(errand)
    if as_json:
        print_json(_plain_case(county, file))
    else:
        print_lines(_case_lines(county, file))


def _plain_case(county: County, file: CaseFile) -> dict[str, Any]:
    zone = county.settings.zone
    return {
        "case": file.case.id,
        "student": file.student,
        "school": file.school,
        "stage": file.case.stage,
        "state": file.case.state,
        "opened_at": file.case.opened_at.astimezone(zone),
        "first_absent_on": file.case.first_absent_on,
        "counted": file.case.counted,
        "ended_as": file.case.ended_as,
        "timeline": [
            {**asdict(one), "at": one.at.astimezone(zone).isoformat()} for one in file.moments
        ],
    }


def _case_lines(county: County, file: CaseFile) -> list[str]:
    head = county.say(
        "case.head",
        id=file.case.id,
        student=file.student,
        school=file.school,
        stage=county.say(f"stage.{file.case.stage}"),
        state=county.say(f"state.{file.case.state}"),
        counted=file.case.counted,
    )
    zone = county.settings.zone
    return [
        head,
        *(
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}  {one.what:<20}  {one.who or '':<8}  "
            + _pairs(one.details)
            for one in file.moments
        ),
    ]


def verify(
    head: str = typer.Option("", help="A head written down earlier, number:mac."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Prove that the journal is whole; exit 1 and the first broken entry otherwise."""

    async def errand(county: County) -> tuple[County, Verdict]:
        from storage.journal import verify as walk

        try:
            async with county.database.read() as read:
                return county, await walk(read, county.database.keys.journal, head or None)
        except ValueError:
            raise typer.BadParameter(f"not a head of the chain: {head}") from None

    county, verdict = perform(errand)
    if as_json:
        print_json({**asdict(verdict), "is_whole": verdict.is_whole})
    elif verdict.is_whole:
        print(county.say("verify.whole", lines=verdict.lines, head=verdict.head))
    if not verdict.is_whole:
        from bot.cli.opening import refuse

        kind = county.say(f"verify.{verdict.broken_by}")
        refuse(county.say("verify.broken", number=verdict.broken_at, kind=kind))


def check(as_json: bool = typer.Option(False, "--json")) -> None:
    """Say in order what is still missing, and which command mends it."""

    async def errand(county: County) -> list[dict[str, Any]]:
        from bot.cli.checking import findings

        return [asdict(one) async for one in findings(county)]

    found = perform(errand)
    if as_json:
        print_json(found)
    else:
        print_lines(
            f"{'ok ' if one['is_fine'] else '!! '} {one['text']}"
            + (f"\n      -> {one['mend']}" if one["mend"] else "")
            for one in found
        )
    if any(not one["is_fine"] for one in found):
        raise typer.Exit(REFUSED)
