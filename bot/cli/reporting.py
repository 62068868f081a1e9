"""`report`: what is owed on which rhythm, and a week of the county as xlsx."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli import class_papers, quarters
from bot.cli.keeping import keep_private
from bot.cli.opening import County, Refused, perform
from bot.cli.printing import print_json, print_lines, print_table

if TYPE_CHECKING:
    from storage.figures.county import CountyWeek, UnitWeek
    from storage.work import Reading

app = typer.Typer(help="Reports on a rhythm: the weekly zero-report and the others.")


class_papers.register(app)
quarters.register(app)


@app.callback(invoke_without_command=True)
def report(context: typer.Context, as_json: bool = typer.Option(False, "--json")) -> None:
    """The newest week: expected, received, on time, and who is missing."""
    if context.invoked_subcommand is None:
        _show("", "", None, as_json=as_json)


@app.command("list")
def every_week(as_json: bool = typer.Option(False, "--json")) -> None:
    """List the weeks there are, newest first."""

    async def errand(county: County) -> list[dict[str, Any]]:
        from storage.figures.county import county_week, weeks_with_reports

        async with county.database.survey() as read:
            weeks = await weeks_with_reports(read)
            return [_summary(await county_week(read, week)) for week in weeks]

    found = perform(errand)
    if as_json:
        print_json(found)
    else:
        names = ("week", "expected", "received", "on_time", "zeros", "percent")
        print_table(names, [[one[name] for name in names] for one in found])


@app.command()
def weekly(
    week: str = typer.Argument("", metavar="[WEEK]", help="2026-W37; without it the newest."),
    school: str = typer.Option("", help="Name or code of one reporting unit."),
    out: Path | None = typer.Option(None, "-o", metavar="FILE", help="The xlsx to write."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Show one week, or write it as xlsx."""
    _show(week, school, out, as_json=as_json)


@app.command()
def monthly(
    month: str = typer.Argument("", metavar="[MONTH]", help="2026-09; without it the newest."),
    school: str = typer.Option("", help="Name or code of one reporting unit."),
    township: bool = typer.Option(False, help="The reports that went to the townships."),
    out: Path | None = typer.Option(None, "-o", metavar="FILE", help="The xlsx to write."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Show one month of signed reports, or write it as xlsx."""
    rhythm = "township_monthly" if township else "school_monthly"
    _show(month, school, out, as_json=as_json, rhythm=rhythm)


@app.command()
def rhythms(as_json: bool = typer.Option(False, "--json")) -> None:
    """Show the table of rhythms, and when each is open and due around today."""

    async def errand(county: County) -> list[dict[str, Any]]:
        async with county.database.survey() as read:
            calendar = await county.calendars.current(read)
        from rules.reports.rhythms import occasion

        rules, today = county.policy.reports, calendar.local_date(county.clock.now())
        rows = []
        for name, row in rules.rhythms.items():
            found = occasion(name, rules, calendar.school(0), today)
            said: dict[str, Any] = {"name": name, "period": row.period, "cut_off": row.cut_off}
            said |= {"sender": row.sender, "receiver": row.receiver}
            said |= {"zero_allowed": row.zero_allowed, "about": found and found.period}
            times = (found.opens_at, found.due_at) if found else (None, None)
            shown = [at and calendar.local(at).isoformat("T", "minutes") for at in times]
            rows.append(said | {"opens_at": shown[0], "due_at": shown[1]})
        return rows

    found = perform(errand)
    if as_json:
        print_json(found)
    else:
        names = ("name", "sender", "receiver", "about", "opens_at", "due_at")
        print_table(names, [[_brief(one[name]) for name in names] for one in found])


def _brief(value: object) -> object:
    """An instant as people read it: 2026-12-04 12:00."""
    return (
        value[:16].replace("T", " ") if isinstance(value, str) and "T" in value[10:11] else value
    )


def _show(
    week: str, school: str, out: Path | None, *, as_json: bool, rhythm: str = "weekly"
) -> None:
    async def errand(county: County) -> dict[str, Any] | list[str]:
        from storage.figures.county import county_week
        from storage.journal import head_of

        async with county.database.survey() as read:
            name = await _period(read, week, rhythm)
            unit = await _unit(read, school)
            found = await county_week(read, name, unit, rhythm)
            head = await head_of(read)
        if as_json:
            return _summary(found) | {"units": [_unit_json(one) for one in found.lines]}
        if out is None:
            return _lines(county, found)
        await _note(county, found)
        keep_private(out, _written(county, found, (head, school, rhythm)))
        return [county.say("report.written", file=out, units=found.expected)]

    done = perform(errand)
    if isinstance(done, dict):
        print_json(done)
    else:
        print_lines(done)


async def _period(read: Reading, week: str, rhythm: str) -> str:
    from rules.reports.rhythms import monday_of, week_of
    from storage.figures.county import weeks_with_reports

    if not week:
        newest = await weeks_with_reports(read, rhythm)
        if not newest:
            raise Refused("no_reports")
        return newest[0]
    if rhythm != "weekly":
        return _month_named(week)
    try:
        return week_of(date.fromisoformat(week) if week.count("-") == 2 else monday_of(week))
    except ValueError:
        raise Refused("no_week", text=week) from None


def _month_named(text: str) -> str:
    try:
        return f"{date.fromisoformat(f'{text}-01'):%Y-%m}"
    except ValueError:
        raise Refused("no_month", text=text) from None


async def _unit(read: Reading, school: str) -> set[int] | None:
    from bot.cli.places import unit_id

    return {await unit_id(read, school)} if school else None


def _summary(found: CountyWeek) -> dict[str, Any]:
    return {
        "week": found.week,
        "expected": found.expected,
        "received": found.received,
        "on_time": found.on_time,
        "zeros": found.zeros,
        "percent": found.received_percent,
        "missing": [one.name for one in found.lines if one.is_missing],
    }


def _unit_json(one: UnitWeek) -> dict[str, Any]:
    """Columns for which nothing is kept, and all of a missing report, are null: never 0."""
    report = one.report
    return {
        "unit": one.name,
        "state": one.due.state,
        "due_at": one.due.due_at,
        "on_time": one.is_on_time if report else None,
        "version": one.due.number,
        "changed_since": one.due.is_changed,
        "at": report.at if report else None,
        "signed_by": one.signed_by,
        "filed_by": one.filed_by,
        "digest": report.digest if report else None,
        "figures": dict(report.figures) if report else None,
    }


def _lines(county: County, found: CountyWeek) -> list[str]:
    said = _summary(found)
    missing = "、".join(said["missing"]) or "–"
    rate = "–" if said["percent"] is None else f"{said['percent']:g} %"
    shown = {name: said[name] for name in ("week", "expected", "received", "on_time", "zeros")}
    return [
        county.say("report.week", rate=rate, **shown),
        county.say("report.missing", names=missing),
    ]


async def _note(county: County, found: CountyWeek) -> None:
    """What leaves the county on paper stands in the journal."""
    from rules.decision import Entry

    public = {"expected": found.expected, "received": found.received}
    async with county.database.work(county.clock.now()) as work:
        work.journal(Entry("week_exported", f"week:{found.week}", public=public))


def _written(county: County, found: CountyWeek, named: tuple[str, str, str]) -> bytes:
    from bot.report_files import WeekOrder, sheet_of

    head, unit, rhythm = named
    sheet = sheet_of(found, head, unit=unit, rhythm=rhythm)
    return WeekOrder(sheet, county.settings.zone.key).write()
