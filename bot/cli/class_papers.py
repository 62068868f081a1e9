"""`report class-papers`: what class teachers must keep anyway, filled from the record."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.keeping import keep_private, own_folder
from bot.cli.opening import County, Refused, perform
from bot.cli.printing import print_lines

if TYPE_CHECKING:
    from papers.ledgers.writing import Sheet
    from storage.ledgers.monthly import ClassPaper, Month
    from storage.work import Reading


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("class-papers")(class_papers)


def class_papers(
    month: str = typer.Argument(metavar="MONTH", help="2026-09."),
    school: str = typer.Option("", help="Name or code of a school; with its village schools."),
    out: Path = typer.Option(Path("class-papers"), "-o", metavar="DIR", help="Where they go."),
) -> None:
    """Write what class teachers must keep, filled: 家访记录 and 因病缺课登记表 of each class."""

    async def errand(county: County) -> list[str]:
        from papers.ledgers.writing import Sheet
        from storage.ledgers.monthly import class_papers as papers_of

        async with county.database.survey() as read:
            wanted = await _month(county, read, month, school)
            found = await papers_of(read, wanted)
        own_folder(out)
        for one in found:
            room, table = _room(county, one), one.table
            sheet = Sheet(one.kind, room, wanted.scope.as_of, table.columns, table.rows)
            path = out / county.say("report.class_file", **_place(county, one, month))
            keep_private(path, _paper(sheet, county))
        await _note_papers(county, month, len(found))
        return [county.say("report.papers", number=len(found), folder=out)]

    print_lines(perform(errand))


async def _month(county: County, read: Reading, text: str, school: str) -> Month:
    from bot.cli.places import unit_id
    from storage.ledgers.every import schools_below
    from storage.ledgers.monthly import Month
    from storage.ledgers.scope import Scope

    zone = county.settings.zone
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Refused("no_month", text=text) from None
    after = (first + timedelta(days=31)).replace(day=1)
    since, upto = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, after))
    schools = await schools_below(read, await unit_id(read, school)) if school else None
    calendar = await county.calendars.current(read)
    return Month(first, since, Scope(after - timedelta(days=1), upto, schools), calendar)


def _place(county: County, one: ClassPaper, month: str) -> dict[str, object]:
    from papers.ledgers.writing import words

    title = words()["title"][one.kind]
    return {"month": month, "room": _room(county, one).replace("/", "-"), "title": title}


def _room(county: County, one: ClassPaper) -> str:
    return county.say("report.room", school=one.school, grade=one.grade, number=one.number)


def _paper(sheet: Sheet, county: County) -> bytes:
    from papers.contents import content_of
    from papers.ledgers.writing import write_ledger

    return content_of(lambda to: write_ledger(sheet, to, county.settings.zone))


async def _note_papers(county: County, month: str, number: int) -> None:
    """Many children's data leave on paper: that stands in the journal and the access log."""
    from rules.decision import Entry
    from storage.access_log import note_look

    async with county.database.work(county.clock.now()) as work:
        await note_look(work, None, None, "class_papers", month)
        work.journal(Entry("class_papers_exported", f"month:{month}", public={"files": number}))
