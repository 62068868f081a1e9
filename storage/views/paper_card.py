"""The card of an official paper: the facts that the rules require as text, and whose turn it is.

Notice, written report, the bureau's papers and their delivery share it (rules.md 5 and 6).  No ID
and no address stand here (privacy D2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from rules.model.case import Case, Task, TaskState
from rules.model.ladder import Paper, Referral, Service
from rules.model.official import Silence
from rules.model.school import Student, Unit
from rules.official import number_of
from storage.facts.on_paper import (
    PAPERS_OF,
    hands_in,
    papers_of_task,
    referral_id_of,
    referrals_by_id,
    service_of,
)
from storage.facts.overdue import (
    known_of,
    last_change,
    last_contacts,
    names_of,
)
from storage.paper_delays import silences_of
from storage.tables.cases import contacts
from storage.tables.school import units
from storage.views import OutboxRow, Unwanted, view
from storage.views.cards import Viewer, as_sent, card
from storage.views.task_card import Tried
from storage.views.tasks import TaskLine, line_of
from storage.work import Reading

#: How many contacts stand on the card.
SHOWN = 5


@dataclass(frozen=True)
class PaperLine:
    """One paper: what, to which township, how far, under which number (青石中小劝〔2026〕3号)."""

    kind: str
    state: str
    number: str | None
    township: str | None
    is_stamped: bool
    words: str | None
    comment: str | None
    returns: int


@dataclass(frozen=True)
class PaperCardView:
    """Everything that stands on the card; `may` are a superior's acts."""

    task: TaskLine
    state: str
    outcome: str | None
    by: str | None
    at: datetime | None
    level: int
    is_mine: bool
    may: tuple[str, ...]
    may_stand_in: bool
    may_hand_in: bool
    waits_for: str | None
    paper: PaperLine | None  # the one that the card speaks of first
    papers: tuple[PaperLine, ...]
    township: str | None
    declined: str | None
    case_id: int | None
    first_absent_on: date | None
    counted: int
    untaken: int
    seen_on: date | None
    status: str | None
    confirmation: str | None
    confirmed_by: str | None
    tried: tuple[Tried, ...]
    contacts: int
    visited_home: bool
    service: Service | None
    notice_until: date | None
    silences: tuple[Silence, ...]


@view("paper_card")
async def own_paper_card(read: Reading, row: OutboxRow) -> PaperCardView | Unwanted:
    """The card as it comes to whoever it concerns; nothing once its task is done."""
    return await as_sent(read, row, paper_card_of)


@card("paper_card", *PAPERS_OF)
async def paper_card_of(read: Reading, task: Task, viewer: Viewer, now: datetime) -> PaperCardView:
    """The card of a task as it stands at this instant."""
    known = await known_of(read, [task])
    case, child = known.cases.get(task.case_id or 0), known.children.get(task.student_id or 0)
    others = await hands_in(read, task, case, child, now.date())
    papers = await _papers(read, task, case)
    is_open = task.state is TaskState.OPEN
    return PaperCardView(
        task=line_of(read, task, known, now),
        state=task.state.value,
        outcome=None if is_open else task.outcome,
        by=known.names.get(task.done_by or 0),
        at=task.done_at,
        level=task.level,
        is_mine=is_open and task.owner_id in viewer.persons,
        may=viewer.may if is_open else (),
        may_stand_in=viewer.may_stand_in and is_open,
        may_hand_in=is_open and bool({*others} & {*viewer.persons}),
        waits_for=await _name_of_first(read, others),
        paper=papers[0] if papers else None,
        papers=papers,
        **await _about_township(read, task),  # type: ignore[arg-type]
        **await _about_child(read, child),  # type: ignore[arg-type]
        **await _about_case(read, case),  # type: ignore[arg-type]
    )


async def _name_of_first(read: Reading, persons: tuple[int, ...]) -> str | None:
    return (await names_of(read, persons[:1])).get(persons[0]) if persons else None


async def _papers(read: Reading, task: Task, case: Case | None) -> tuple[PaperLine, ...]:
    found = await papers_of_task(read, task, case)
    places = await _townships(read, await referrals_by_id(read, [p.referral_id for p in found]))
    issuers = await _names_of_units(read, {one.unit_id for one in found})
    return tuple(
        _paper_line(one, issuers[one.unit_id], places.get(one.referral_id or 0)) for one in found
    )


def _paper_line(paper: Paper, issuer: str, township: str | None) -> PaperLine:
    is_numbered = paper.year is not None and paper.number is not None
    return PaperLine(
        kind=paper.kind.value,
        state=paper.state.value,
        number=number_of(issuer, paper.kind, paper.year or 0, paper.number or 0)
        if is_numbered
        else None,
        township=township,
        is_stamped=paper.stamped_file_id is not None,
        words=paper.words,
        comment=paper.comment,
        returns=paper.returns,
    )


async def _townships(read: Reading, lines: dict[int, Referral]) -> dict[int, str]:
    """The names of the townships, by the id of their line."""
    names = await _names_of_units(read, {one.township_id for one in lines.values()})
    return {one.id: names.get(one.township_id, "") for one in lines.values()}


async def _names_of_units(read: Reading, ids: set[int]) -> dict[int, str]:
    found = await read.all(select(units).where(units.c.id.in_(ids)), Unit)
    return {one.id: one.name for one in found}


async def _about_township(read: Reading, task: Task) -> dict[str, object]:
    lines = await referrals_by_id(read, [referral_id_of(task)])
    names = await _townships(read, lines)
    line = next(iter(lines.values()), None)
    return {
        "township": names.get(line.id) if line else None,
        "declined": line.reason if line else None,
    }


async def _about_child(read: Reading, child: Student | None) -> dict[str, object]:
    change = await last_change(read, child.id) if child else None
    confirmer = change.confirmed_by if change else None
    return {
        "status": child.status.value if child else None,
        "confirmation": child.confirmation.value if child else None,
        "confirmed_by": (await names_of(read, [confirmer])).get(confirmer or 0),
    }


async def _about_case(read: Reading, case: Case | None) -> dict[str, object]:
    if case is None:
        raise LookupError("a paper's task without its case")
    latest = await last_contacts(read, case.student_id, SHOWN)
    query = select(func.count()).select_from(contacts).where(contacts.c.case_id == case.id)
    return {
        "case_id": case.id,
        "first_absent_on": case.first_absent_on,
        "counted": case.counted,
        "untaken": case.untaken,
        "seen_on": case.seen_on,
        "tried": tuple(
            Tried(one.at, one.means, one.reached, one.result)
            for one in latest
            if one.case_id == case.id
        ),
        "contacts": int(await read.scalar(query) or 0),
        "visited_home": case.visited_home,
        "service": await service_of(read, case),
        "notice_until": case.notice_until,
        "silences": await silences_of(read, case, lambda at: at.date()),
    }
