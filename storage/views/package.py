"""The section's card about the yearly packages: who has filed, who is missing (rules.md 9)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from rules.ledgers import Ledger
from storage.access import ledger_schools
from storage.actors import actor_as
from storage.packages import UnitPackage, packages_of
from storage.views import OutboxRow, Unwanted, view
from storage.views.tasks import instant_of
from storage.work import Reading

#: How many missing units a card names.
NAMED = 40


@dataclass(frozen=True)
class PackageView:
    """Counts, and names of those who owe something; sums are of those who have filed."""

    year: int
    due_at: datetime | None
    expected: int
    filed: int
    on_time: int
    missing: tuple[str, ...]
    more: int
    late: tuple[str, ...]
    changed: tuple[str, ...]
    dropout: int
    unregistered: int
    missing_children: int


@view("package_summary")
async def package_summary(read: Reading, row: OutboxRow) -> PackageView | Unwanted:
    """The card as it comes at 12:05."""
    on = instant_of(row).date()
    schools = await ledger_schools(read, await actor_as(read, row.to, on), on)
    found = await packages_of(read, row.item, schools)
    return package_view(row.item, found) if found else Unwanted("no_package")


def package_view(year: int, found: Collection[UnitPackage]) -> PackageView:
    """The card of these units."""
    missing = [one.unit.name for one in found if not one.is_filed]
    return PackageView(
        year=year,
        due_at=max((one.due.due_at for one in found), default=None),
        expected=len(found),
        filed=len(found) - len(missing),
        on_time=sum(one.is_filed and not one.is_late for one in found),
        missing=tuple(missing[:NAMED]),
        more=max(len(missing) - NAMED, 0),
        late=tuple(one.unit.name for one in found if one.is_late),
        changed=tuple(one.unit.name for one in found if one.is_filed and one.due.is_changed),
        dropout=_rows(found, Ledger.DROPOUT),
        unregistered=_rows(found, Ledger.UNREGISTERED),
        missing_children=_rows(found, Ledger.REGISTERED_NOT_PRESENT),
    )


def _rows(found: Collection[UnitPackage], ledger: Ledger) -> int:
    return sum(
        len(roster.cells) for one in found for roster in one.rosters if roster.ledger is ledger
    )
