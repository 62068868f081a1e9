"""The county's yearly package as one zip: a folder for each unit, cover list, checksums (P13)."""

from __future__ import annotations

import hashlib
import mimetypes
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from papers.contents import content_of
from papers.ledgers.writing import Sheet, write_ledger
from papers.packages.cover import SUMS, Cover, CoverLine, words, write_cover
from rules.model.packages import SignedRoster
from rules.reports.packages import rows_of
from rules.reports.rates import Entered, rates
from storage.attachments import Kept
from storage.packages import UnitPackage
from storage.sealing import Vault

_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True)
class County:
    """All units of one year, read in one moment."""

    year: int
    units: Sequence[UnitPackage]
    head: str
    vault: Vault = field(repr=False)
    #: The whole county's age-eligible list, compared last; None where there is none.
    entered: Entered | None = None


def write_package(county: County, file: IO[bytes], at: datetime, zone: ZoneInfo) -> None:
    """Write the zip: what each unit signed, as it was signed; missing units stand on the cover.

    FileNotFoundError where a work plan is not in the data folder any more.
    """
    sums: list[str] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in _files(county, at, zone):
            package.writestr(name, content)
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}")
        package.writestr(words()["file"]["checksums"], "\n".join(sums) + "\n")


def _files(county: County, at: datetime, zone: ZoneInfo) -> Iterator[tuple[str, bytes]]:
    yield (
        words()["file"]["cover"],
        content_of(lambda to: write_cover(cover_of(county, at, zone), to)),
    )
    for number, one in enumerate(county.units, 1):
        if not one.is_filed:
            continue
        folder = _folder(number, one)
        if one.plan is not None:
            name = words()["file"]["plan"].format(suffix=_suffix(one))
            yield f"{folder}/{name}", Kept(one.plan.sha256, county.vault).write()
        for roster in one.rosters:
            name = words()["file"][roster.ledger.value]
            yield f"{folder}/{name}", _roster(one.unit.name, roster, zone)


def cover_of(county: County, at: datetime, zone: ZoneInfo) -> Cover:
    """The cover list, with the rates of those who have filed, and the county's entry rate."""
    lines = [_line(number, one, zone) for number, one in enumerate(county.units, 1)]
    counts = [one.counts for one in lines if one.counts is not None]
    sums = [sum(column) for column in zip(*counts, strict=True)] or [0] * len(SUMS)
    enrolled, suspected, dropouts = sums[:3]
    return Cover(
        year=county.year,
        lines=lines,
        on_time=sum(one.is_filed and not one.is_late for one in county.units),
        at=at.astimezone(zone),
        rates=rates(enrolled, suspected, dropouts, county.entered),
        head=county.head,
    )


def _line(number: int, one: UnitPackage, zone: ZoneInfo) -> CoverLine:
    if one.report is None:
        return CoverLine(one.unit.name, "missing", has_plan=one.plan is not None)
    figures = dict(one.report.figures)
    lengths = {roster.ledger.value: len(roster.cells) for roster in one.rosters}
    state = "changed" if one.due.is_changed else "late" if one.is_late else "filed"
    return CoverLine(
        unit=one.unit.name,
        state=state,
        signed_by=one.signed_by,
        at=one.report.at.astimezone(zone),
        has_plan=one.plan is not None,
        counts=[lengths.get(name, figures.get(name) or 0) for name in SUMS],
        folder=_folder(number, one),
    )


def _folder(number: int, one: UnitPackage) -> str:
    return f"{number:03d}_{_UNFIT.sub('_', one.unit.name)}"


def _suffix(one: UnitPackage) -> str:
    """Of the name it was sent under, as far as it is a known one."""
    suffix = Path(one.plan_name or "").suffix.lower()
    return suffix if mimetypes.guess_type(f"x{suffix}")[0] else ""


def _roster(unit: str, roster: SignedRoster, zone: ZoneInfo) -> bytes:
    as_of = roster.at.astimezone(zone).date()
    sheet = Sheet(roster.ledger.value, unit, as_of, roster.columns, rows_of(roster))
    return content_of(lambda to: write_ledger(sheet, to, zone))
