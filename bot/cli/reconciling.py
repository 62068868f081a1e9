"""`reconcile`: register and rosters of the county, compared (rules.md 8)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.importing import run_files, without_copies
from bot.cli.keeping import keep_private
from bot.cli.opening import County, perform
from bot.cli.printing import print_json, print_lines

if TYPE_CHECKING:
    from storage.reconciling.lists import Collected
    from storage.reconciling.running import Outcome

SHOWN = 50


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(reconcile)


def reconcile(
    files: list[Path] = typer.Argument(
        None,
        help="Registers, class rosters, age-eligible lists, or a review list that was filled in.",
    ),
    yes: bool = typer.Option(False, "--yes", help="Do it; without this, only say what would be."),
    sure: bool = typer.Option(
        False, "--sure", help="The rosters of schools that were held are right: look for all."
    ),
    review: Path | None = typer.Option(
        None, "--review", metavar="FILE", help="Write the pairs to look at as xlsx."
    ),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Compare register and rosters: 无学籍, 人在籍不在, 籍在人不在, who sits elsewhere; and the
    age-eligible list with both."""
    paths = without_copies(files or [])
    for path in paths:
        if not path.is_file():
            raise typer.BadParameter(f"no such file: {path}")

    async def errand(county: County) -> dict[str, Any]:
        outcome = await _run(county, paths, is_real=yes, is_sure=sure)
        places = await _places(county, outcome)
        if review is not None:
            await _write_review(county, review)
        written = str(review) if review is not None else None
        held = await _held(county, outcome)
        return {
            **_plain(outcome, places),
            "held": held,
            "written": written,
            "done": yes,
            "say": county.say,
        }

    said = perform(errand)
    say = said.pop("say")
    if as_json:
        print_json(said)
    else:
        print_lines(_lines(say, said))


async def _run(county: County, files: list[Path], *, is_real: bool, is_sure: bool) -> Outcome:
    from bot.importing.pairs import is_review, take_review
    from rules.book import Book
    from storage.reconciling.running import reconcile as compare

    now = county.clock.now()
    decided = [path for path in files if is_review(path)]
    if is_real:
        for path in decided:
            await take_review(county.database, path, now)
    collected = await _collected(county, [one for one in files if one not in decided], is_real)
    async with county.database.read() as read:
        calendar = await county.calendars.current(read)
    return await compare(
        county.database,
        Book(county.policy, calendar),
        now,
        is_real=is_real,
        collected=None if is_real else collected,
        is_sure=is_sure,
    )


async def _collected(county: County, files: list[Path], is_real: bool) -> Collected | None:
    if not files:
        return None
    _, collected = await run_files(county, files, is_real=is_real)
    return collected


async def _write_review(county: County, path: Path) -> None:
    from bot.importing.pairs import review_list

    keep_private(path, await review_list(county.database, county.settings.locale))


async def _held(county: County, outcome: Outcome) -> list[dict[str, Any]]:
    """Schools that have lost too many children at once."""
    names = await _names(county)
    return [
        {"school": names.get(school, str(school)), "missing": number}
        for school, number in outcome.held.items()
    ]


async def _names(county: County) -> dict[int, str]:
    from sqlalchemy import select

    from storage.tables.school import units

    async with county.database.read() as read:
        rows = (await read.execute(select(units.c.id, units.c.name))).rows
    return {row[0]: row[1] for row in rows}


async def _places(county: County, outcome: Outcome) -> list[dict[str, Any]]:
    """Classes without a roster by the names of their schools."""
    names = await _names(county)
    return [
        {"school": names.get(school, str(school)), "grade": grade, "class": number}
        for school, grade, number in outcome.without_roster
    ]


def _plain(outcome: Outcome, places: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "counts": dict(outcome.counts),
        "new": dict(outcome.new),
        "gone": outcome.gone,
        "review": outcome.doubts,
        "new_review": outcome.new_doubts,
        "without_roster": places,
        "listed": dict(outcome.listed),
    }


def _lines(say: Any, said: dict[str, Any]) -> list[str]:
    counts, new = said["counts"], said["new"]
    lines = [say("reconcile.matched", n=counts.get("matched", 0))]
    lines += [
        say(f"reconcile.{kind}", n=number, new=new.get(kind, 0))
        for kind, number in counts.items()
        if kind != "matched"
    ]
    lines.append(say("reconcile.review", n=said["review"], new=said["new_review"]))
    lines.append(say("reconcile.gone", n=said["gone"]))
    lines += [say("reconcile.held", **one) for one in said["held"]]
    lines += _of_list(say, said["listed"])
    bare = said["without_roster"]
    lines += [say("reconcile.without_roster", **one) for one in bare[:SHOWN]]
    if len(bare) > SHOWN:
        lines.append(say("import.more", n=len(bare) - SHOWN))
    if said["written"]:
        lines.append(say("reconcile.written", file=said["written"]))
    return [*lines, say("import.done" if said["done"] else "import.dry")]


def _of_list(say: Any, counts: dict[str, int]) -> list[str]:
    """The age-eligible list in numbers; nothing where there is none."""
    if not counts:
        return []
    figures = {
        "due": counts.get("listed_due", 0),
        "entered": counts.get("listed_entered", 0),
        "out": counts.get("listed_too_young", 0) + counts.get("listed_too_old", 0),
    }
    names = ("sought", "new", "waiting", "review", "gone")
    lines = [
        say("reconcile.listed", **figures, **{n: counts.get(f"listed_{n}", 0) for n in names})
    ]
    held = counts.get("listed_held", 0)
    return [*lines, say("reconcile.listed_held", n=held)] if held else lines
