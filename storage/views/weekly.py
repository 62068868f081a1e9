"""The section's week: expected, received, on time, and what can be pasted elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.model.people import Role
from rules.reports.rhythms import monday_of
from storage.access import ledger_schools
from storage.actors import actor_as
from storage.by_key import PERSON
from storage.facts.reports import desks_of
from storage.figures.county import CountyWeek, county_week
from storage.held import holders_of
from storage.journal import head_of
from storage.ledgers.scope import WeekAsked
from storage.views import Document, OutboxRow, Unwanted, view
from storage.views.tasks import instant_of
from storage.work import Reading

RECEIVING = (Role.SECTION, Role.EDUCATION_SECTION)
#: The sums that the card names.
SUMS = ("enrolled", "monitored", "suspected", "dropout", "new_suspected", "returned")
#: How many missing units a card names.
NAMED = 40


@dataclass(frozen=True)
class WeeklyView:
    """The card at 12:05, and behind [周报收缴]."""

    week: str
    number: int
    from_on: date
    to_on: date
    due_at: datetime | None
    expected: int
    received: int
    on_time: int
    zeros: int
    percent: float | None
    missing: tuple[str, ...]
    more: int
    without_head: tuple[str, ...]
    corrected: tuple[str, ...]
    changed: tuple[str, ...]
    sums: tuple[tuple[str, int | None], ...]
    absent: int | None
    head: str


@dataclass(frozen=True)
class WeeklySheetView:
    """The words under the file."""

    week: str
    number: int
    expected: int
    received: int
    reader: str
    at: datetime
    head: str


def week_number(week: str) -> int:
    """202637, as messages know it."""
    year, _, number = week.partition("-W")
    return int(year) * 100 + int(number)


def week_named(number: int) -> str:
    """2026-W37 again."""
    return f"{number // 100}-W{number % 100:02d}"


async def receivers_of(read: Reading, on: date) -> dict[int, set[int]]:
    """Everybody at the bureau to whom reports come, and the schools of each."""
    found: dict[int, set[int]] = {}
    for role in RECEIVING:
        for person in await holders_of(read, role, on):
            actor = await actor_as(read, person, on)
            schools = await ledger_schools(read, actor, on)
            if schools:
                found[person] = schools
    return found


async def weekly_view(read: Reading, week: CountyWeek, on: date) -> WeeklyView:
    """The card of a week, as it stands."""
    monday = monday_of(week.week)
    missing = [one for one in week.lines if one.is_missing]
    desks = await desks_of(read, [one.due.unit_id for one in missing], on)
    return WeeklyView(
        week=week.week,
        number=monday.isocalendar()[1],
        from_on=monday,
        to_on=monday + timedelta(days=6),
        due_at=week.due_at,
        expected=week.expected,
        received=week.received,
        on_time=week.on_time,
        zeros=week.zeros,
        percent=week.received_percent,
        missing=tuple(one.name for one in missing[:NAMED]),
        more=max(len(missing) - NAMED, 0),
        without_head=tuple(
            one.name for one in missing if desks[one.due.unit_id].signer_id is None
        ),
        corrected=tuple(one.name for one in week.lines if one.is_corrected),
        changed=tuple(one.name for one in week.lines if one.due.is_changed),
        sums=tuple((name, week.sum_of(name)) for name in SUMS),
        absent=_absent(week),
        head=await head_of(read),
    )


def _absent(week: CountyWeek) -> int | None:
    said = [week.sum_of(name) for name in ("absent_1_2", "absent_3_5", "absent_over_5")]
    known = [one for one in said if one is not None]
    return sum(known) if known else None


@view("weekly_summary")
async def weekly_summary(read: Reading, row: OutboxRow) -> WeeklyView | Unwanted:
    """12:05: of the units that this person answers for."""
    on = date.fromisoformat(str(row.payload.get("round", instant_of(row).date())))
    schools = (await receivers_of(read, on)).get(row.to, set())
    week = await county_week(read, week_named(row.item), schools)
    return await weekly_view(read, week, on) if week.lines else Unwanted("no_units")


@view("weekly_sheet")
async def weekly_sheet(read: Reading, row: OutboxRow) -> Document | Unwanted:
    """The same week as a table."""
    reader = await read.get(PERSON, row.to)
    if reader is None or row.created_at is None:
        return Unwanted("no_reader")
    on = date.fromisoformat(str(row.more.get("on", instant_of(row).date())))
    schools = await ledger_schools(read, await actor_as(read, row.to, on), on)
    week = await county_week(read, week_named(row.item), schools)
    if not week.lines:
        return Unwanted("no_units")
    head = await head_of(read)
    asked = WeekAsked(week.week, frozenset(schools), reader.name, row.created_at, head)
    words = WeeklySheetView(
        week.week,
        monday_of(week.week).isocalendar()[1],
        week.expected,
        week.received,
        reader.name,
        row.created_at,
        head,
    )
    return Document(f"weekly-{week.week}.xlsx", asked, words)
