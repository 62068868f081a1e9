"""The card of one report: the figures as they are now, what contradicts them, who has signed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from rules.model.case import Task
from rules.model.reports import DueState, Report, ReportDue
from rules.model.school import UnitKind
from rules.reports.doubts import Doubt
from rules.reports.figures import COLUMNS
from rules.reports.rhythms import PACKAGE
from rules.reports.signing import SIGNABLE, differs
from storage.by_key import UNIT
from storage.facts.overdue import names_of, stands_for
from storage.facts.reports import ReportFacts, due_by_id, last_reports, shown_facts
from storage.views import OutboxRow, Unwanted, view
from storage.views.cards import Viewer, card
from storage.views.tasks import instant_of
from storage.work import Reading


@dataclass(frozen=True)
class VillageLine:
    """A village school, and whether its figures have been checked in time."""

    name: str
    checked_at: datetime | None
    is_late: bool


@dataclass(frozen=True)
class SignedLine:
    """The signature that stands."""

    by: str
    at: datetime
    is_late: bool
    number: int
    reason: str | None


@dataclass(frozen=True)
class ReportCardView:
    """Everything on the card; `asks` is what the reader may press."""

    due_id: int
    number: int
    rhythm: str
    unit: str
    from_on: date
    to_on: date
    due_at: datetime
    state: str
    is_village: bool
    is_changed: bool
    figures: dict[str, int | None]
    doubts: tuple[Doubt, ...]
    villages: tuple[VillageLine, ...]
    remark: str | None
    signed: SignedLine | None
    received_at: datetime | None
    asks: tuple[str, ...]
    plan_at: datetime | None = None  # of a yearly package


@view("report_card")
@view("report_changed")
async def report_card(read: Reading, row: OutboxRow) -> ReportCardView | Unwanted:
    """The card as it comes to whoever signs or prepares."""
    due = await due_by_id(read, row.item)
    if due is None:
        return Unwanted("no_report")
    if row.kind == "report_changed" and not due.is_changed:
        return Unwanted("signed")
    now = instant_of(row)
    facts = await shown_facts(read, due, now, now.date())
    return await card_view(read, facts, await stands_for(read, row.to, now.date()))


@card("report_card", "weekly_report", "report_check", "periodic_report", "county_report")
async def of_task(read: Reading, task: Task, viewer: Viewer, now: datetime) -> object:
    """The card behind [处理]."""
    due = await due_by_id(read, int(task.subject.partition(":")[2]))
    if due is None:
        raise LookupError(f"no report behind task {task.id}")
    facts = await shown_facts(read, due, now, now.date())
    return await card_view(read, facts, viewer.persons)


async def card_view(read: Reading, facts: ReportFacts, persons: Collection[int]) -> ReportCardView:
    """The card for these persons."""
    due = facts.due
    return ReportCardView(
        due_id=due.id,
        number=due.number,
        rhythm=due.rhythm,
        unit=facts.unit.name,
        from_on=due.from_on,
        to_on=due.to_on,
        due_at=due.due_at,
        state=due.state.value,
        is_village=due.part_of_id is not None,
        is_changed=_is_changed(facts),
        figures=_figures(facts),
        doubts=open_doubts(facts),
        villages=await _villages(read, facts),
        remark=due.remark,
        signed=await _signed(read, facts),
        received_at=due.received_at,
        asks=asks_of(facts, persons),
        plan_at=facts.plan.at if facts.plan else None,
    )


def open_doubts(facts: ReportFacts) -> tuple[Doubt, ...]:
    """Those that nobody has called true yet."""
    return tuple(one for one in facts.doubts if one.spelled not in facts.due.confirmed)


def _figures(facts: ReportFacts) -> dict[str, int | None]:
    """Those of the record; once nothing more is asked for, those that were signed."""
    is_settled = facts.last is not None and not _is_changed(facts)
    found = dict(facts.last.figures) if facts.last and is_settled else facts.figures
    return {name: found.get(name) for name in COLUMNS}


def _is_changed(facts: ReportFacts) -> bool:
    """Whether the signature does not hold any more; after the deadline life simply goes on."""
    due = facts.due
    is_looked_at = due.until is None and facts.now <= due.due_at
    has_moved = facts.last is not None and differs(facts.last, facts.figures)
    return due.is_changed or (is_looked_at and has_moved)


def asks_of(facts: ReportFacts, persons: Collection[int]) -> tuple[str, ...]:
    """What these persons may press: the signer all, who prepares everything but the signature.

    A contradiction comes first: until it is called true there is nothing to sign.
    """
    due, desk = facts.due, facts.desk
    if due.state not in SIGNABLE or not set(persons) & set(desk.readers):
        return ("look",) if due.state in SIGNABLE else ()
    is_signer = desk.signer_id in persons
    wants = due.state is not DueState.FILED or _is_changed(facts)
    if due.part_of_id is not None:
        return ("look", "check") if is_signer and wants else ("look",)
    look = "look" if facts.unit.kind is UnitKind.SCHOOL else "sheet"
    if is_signer and wants and open_doubts(facts):
        return ("look", "again", "true")
    asks = [look, *(["plan"] if due.rhythm == PACKAGE else [])]
    asks += ["sign"] if is_signer and wants and not _needs_reason(facts) else []
    return (*asks, "change")


def _needs_reason(facts: ReportFacts) -> bool:
    """After the deadline a further signature is a revision: [改一下] asks for its reason."""
    return facts.due.number > 0 and facts.now > facts.due.due_at


async def _villages(read: Reading, facts: ReportFacts) -> tuple[VillageLine, ...]:
    last = await last_reports(read, [one.id for one in facts.villages])
    return tuple([await _village(read, one, last.get(one.id)) for one in facts.villages])


async def _village(read: Reading, due: ReportDue, last: Report | None) -> VillageLine:
    unit = await read.get(UNIT, due.unit_id)
    at, is_late = (last.at, last.is_late) if last else (None, False)
    return VillageLine(unit.name if unit else "", at, is_late)


async def _signed(read: Reading, facts: ReportFacts) -> SignedLine | None:
    last = facts.last
    if last is None:
        return None
    names = await names_of(read, [last.signed_by])
    return SignedLine(
        names.get(last.signed_by, ""), last.at, last.is_late, last.number, last.reason
    )
