"""`package`: the county's yearly package as one zip, and who is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.keeping import private_file
from bot.cli.opening import County, Refused, perform
from bot.cli.printing import print_json, print_lines

if TYPE_CHECKING:
    from bot.packages import County as Packed
    from storage.packages import UnitPackage


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(package)


def package(
    year: int = typer.Argument(help="The year of the package, 2026."),
    school: str = typer.Option("", help="Name or code of one reporting unit."),
    out: Path | None = typer.Option(None, "-o", metavar="FILE", help="The zip to write."),
    as_json: bool = typer.Option(False, "--json", help="Only who has filed and who is missing."),
) -> None:
    """Build the yearly package (年度材料): work plans, signed rosters, cover list, checksums."""

    async def errand(county: County) -> dict[str, Any] | list[str]:
        packed = await _packed(county, year, school)
        if as_json:
            return _as_json(packed)
        path = out or Path(f"package-{year}.zip")
        _write(county, packed, path)
        await _note(county, packed)
        return _lines(county, packed, path)

    done = perform(errand)
    if isinstance(done, dict):
        print_json(done)
    else:
        print_lines(done)


async def _packed(county: County, year: int, school: str) -> Packed:
    from bot.cli.places import unit_id
    from bot.packages import County as Packed
    from storage.figures.registers import entry_figures
    from storage.journal import head_of
    from storage.packages import packages_of

    async with county.database.survey() as read:
        only = {await unit_id(read, school)} if school else None
        units = await packages_of(read, year, only)
        head = await head_of(read)
        entered = await entry_figures(read, county.clock.now())
    if not units:
        raise Refused("no_package", year=year)
    return Packed(year, units, head, county.database.vault, entered)


def _write(county: County, packed: Packed, path: Path) -> None:
    from bot.packages import write_package
    from storage.attachments import keep_under

    keep_under(county.settings.data_dir)
    with private_file(path) as file:
        try:
            write_package(packed, file, county.clock.now(), county.settings.zone)
        except FileNotFoundError as error:
            path.unlink()
            raise Refused("no_kept_file", file=Path(error.filename or "").name) from error


async def _note(county: County, packed: Packed) -> None:
    """Who takes many children's data along stands in the journal and in the access log."""
    from rules.decision import Entry
    from storage.access_log import note_look

    said = {"year": packed.year, "units": len(packed.units), "filed": _filed(packed)}
    async with county.database.work(county.clock.now()) as work:
        await note_look(work, None, None, "package", str(packed.year))
        work.journal(Entry("package_built", f"package:{packed.year}", public=said))


def _filed(packed: Packed) -> int:
    return sum(one.is_filed for one in packed.units)


def _lines(county: County, packed: Packed, path: Path) -> list[str]:
    filed = _filed(packed)
    said = county.say("package.written", file=path, filed=filed, expected=len(packed.units))
    missing = [one.unit.name for one in packed.units if not one.is_filed]
    return [said, county.say("package.missing", names="、".join(missing))] if missing else [said]


def _as_json(packed: Packed) -> dict[str, Any]:
    return {
        "year": packed.year,
        "expected": len(packed.units),
        "filed": _filed(packed),
        "units": [_unit_json(one) for one in packed.units],
    }


def _unit_json(one: UnitPackage) -> dict[str, Any]:
    state = "missing" if not one.is_filed else "late" if one.is_late else "filed"
    return {
        "unit": one.unit.name,
        "state": state,
        "work_plan": one.plan is not None,
        "signed_at": one.report.at if one.report else None,
        "rosters": {roster.ledger.value: len(roster.cells) for roster in one.rosters},
    }
