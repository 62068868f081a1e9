"""`/case N`: the facts, the status with who confirmed it, and the timeline from the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from rules.model.case import Case, CaseState
from rules.model.school import SchoolClass, Student, Unit
from storage.facts.overdue import HIDDEN, last_change, names_of
from storage.tables.plumbing import journal
from storage.tables.school import classes, units
from storage.work import Reading

PER_PAGE = 10
#: What has words of its own in the timeline (phrases, `entry`).
WORDED = frozenset(
    [
        "case_opened",
        "case_closed",
        "case_reopened",
        "returned",
        "return_signed",
        "watch_ended",
        "stage",
        "contact",
        "absent",
        "absent_in_the_evening",
        "seen",
        "question_asked",
        "question_held",
        "asked_again",
        "answered",
        "leave_asked",
        "leave_noted",
        "leave_until",
        "leave_decided",
        "leave_approved",
        "leave_proof",
        "corrected",
        "correction_asked",
        "status_set",
        "status_confirmed",
        "status_objected",
        "objection_rejected",
        "objection_accepted",
        "task_reminded",
        "task_climbed",
        "task_repeated",
        "task_done",
        "task_void",
        "task_nudged",
        "task_handed_over",
        "task_paused",
        "task_noted",
        "instructed",
        "safety_opened",
        "safety_ended",
        "paper_prepared",
        "paper_written",
        "paper_approved",
        "paper_returned",
        "paper_stamped",
        "notice_served",
        "went_on",
        "report_acknowledged",
        "referred",
        "township_notified",
        "county_reported",
        "township_accepted",
        "township_declined",
        "township_insisted",
        "referral_withdrawn",
        "company_asked",
        "visit_confirmed",
        "register_corrected",
        "closing_asked",
        "closing_approved",
        "closing_refused",
        "closing_withdrawn",
        "transfer_confirmed",
        "transfer_denied",
    ]
)
#: What a line's facts say more about it: the section of the phrase, and the fact.
_MORE = {
    "task": ("task", "kind"),
    "paper": ("paper", "kind"),
    "stage": ("stage", "to"),
    "went_on": ("mark", "mark"),
    "notice_served": ("service_way", "way"),
}


@dataclass(frozen=True)
class EntryLine:
    """One line of the timeline: when, what (`what` is a phrase), by whom, in whose place."""

    at: datetime
    kind: str
    what: str | None
    by: str | None
    acting_for: str | None


@dataclass(frozen=True)
class CaseCardView:
    """The case as it stands."""

    case_id: int
    student_id: int
    child: str
    school: str
    grade: int
    number: int
    stage: str
    is_closed: bool
    is_watched: bool
    watch_until: date | None
    counted: int
    untaken: int
    first_absent_on: date
    status: str
    confirmation: str
    confirmed_by: str | None
    confirmed_at: datetime | None
    lines: tuple[EntryLine, ...]
    page: int
    pages: int
    may_export: bool = False
    may_close: bool = False
    may_reopen: bool = False


@dataclass(frozen=True)
class _Line:
    """A row of the journal, without what is kept apart."""

    at: datetime
    kind: str
    by: int | None
    public: str


async def case_card(read: Reading, case: Case, child: Student, page: int = 0) -> CaseCardView:
    """The card; whoever calls has checked that the child may be seen."""
    school_class = await read.one(
        select(classes).where(classes.c.id == child.class_id), SchoolClass
    )
    school = await read.one(select(units).where(units.c.id == child.school_id), Unit)
    if school_class is None or school is None:
        raise LookupError(f"class {child.class_id}")
    change = await last_change(read, child.id)
    confirmer = change.confirmed_by if change else None
    lines, pages = await _timeline(read, case.id, page)
    return CaseCardView(
        case_id=case.id,
        student_id=child.id,
        child=child.name,
        school=school.name,
        grade=school_class.grade,
        number=school_class.number,
        stage=case.stage.value,
        is_closed=case.state is CaseState.CLOSED,
        is_watched=case.state is CaseState.WATCH,
        watch_until=case.watch_until,
        counted=case.counted,
        untaken=case.untaken,
        first_absent_on=case.first_absent_on,
        status=child.status.value,
        confirmation=child.confirmation.value,
        confirmed_by=(await names_of(read, [confirmer])).get(confirmer or 0),
        confirmed_at=change.confirmed_at if change else None,
        lines=lines,
        page=page,
        pages=pages,
    )


async def _timeline(read: Reading, case_id: int, page: int) -> tuple[tuple[EntryLine, ...], int]:
    mine = journal.c.subject == f"case:{case_id}"
    kept = (mine, journal.c.kind.not_like("danger%"), journal.c.kind.not_like("message%"))
    total = int(await read.scalar(select(func.count()).select_from(journal).where(*kept)) or 0)
    columns = (journal.c.at, journal.c.kind, journal.c.by, journal.c.public)
    query = select(*columns).where(*kept).order_by(journal.c.number.desc())
    found = await read.all(query.limit(PER_PAGE).offset(page * PER_PAGE), _Line)
    rows = [(one, json.loads(one.public)) for one in found]
    names = await names_of(
        read, [n for one, facts in rows for n in (one.by, facts.get("acting_for"))]
    )
    lines = tuple(
        _line(one, facts, names) for one, facts in rows if facts.get("kind") not in HIDDEN
    )
    return lines, max(1, -(-total // PER_PAGE))


def _what(kind: str, facts: Mapping[str, Any]) -> str | None:
    """The phrase that says more about a line: which task, stage, paper or mark."""
    sort = kind.partition("_")[0]
    section, key = _MORE.get(kind) or _MORE.get(sort) or (None, "")
    return f"{section}.{facts[key]}" if section and facts.get(key) else None


def _line(one: _Line, facts: Mapping[str, Any], names: Mapping[int, str]) -> EntryLine:
    return EntryLine(
        at=one.at,
        kind=one.kind if one.kind in WORDED else "other",
        what=_what(one.kind, facts),
        by=names.get(one.by or 0),
        acting_for=names.get(facts.get("acting_for") or 0),
    )
