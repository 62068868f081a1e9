"""From opening a report to its signature, and when the record moves on (rules.md 9)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from rules.decision import NOTHING, Decision, Entry
from rules.messages.reports import ReportCard, ReportChanged, TownshipReport
from rules.model.case import Task
from rules.model.reports import DueState, Report, ReportDue
from rules.policy.reports import Reports
from rules.refusals import BadInput, NotNow, OldButton
from rules.reports.doubts import Doubt
from rules.reports.figures import COLUMNS, Figures, digest_of
from rules.tasks import finish

#: The deadline itself is still in time: what is overdue is missing a second later.
A_SECOND = timedelta(seconds=1)
SIGNABLE = (DueState.OPEN, DueState.FILED, DueState.MISSING)


@dataclass(frozen=True)
class Signature:
    """Who signs what, and when; `expected` is the number of the signature on the card pressed.

    `filed_by` prepared the report, where that was somebody else.  `readers` have the card.
    """

    by: int
    now: datetime
    figures: Figures
    expected: int
    doubts: tuple[Doubt, ...] = ()
    acting_for: int | None = None
    reason: str | None = None
    task: Task | None = None
    readers: tuple[int, ...] = field(default=())


def opened(
    due: ReportDue,
    task: Task | None,
    readers: tuple[int, ...],
    now: datetime,
    found: tuple[Doubt, ...] = (),
) -> Decision:
    """The report can be signed from now on; one that is overdue already is missing at once.

    Start and overdue are one message, never two, also after an outage.
    """
    is_late = now > due.due_at
    state = DueState.MISSING if is_late else DueState.OPEN
    changed = replace(due, state=state, next_at=None if is_late else due.due_at + A_SECOND)
    changed = replace(changed, doubts=tuple(one.spelled for one in found))
    kind = "report_missing" if is_late else "report_opened"
    entries = (_entry(due, kind), *(() if task else (_entry(due, "report_without_owner"),)))
    records = (changed, task) if task else (changed,)
    return Decision(records, cards(changed, readers, "opened"), entries)


def overdue(due: ReportDue, readers: tuple[int, ...]) -> Decision:
    """Nobody has signed in time: missing, never zero; it can still be signed, and is late then."""
    if due.state is not DueState.OPEN:
        return NOTHING
    changed = replace(due, state=DueState.MISSING, next_at=None)
    return Decision(
        (changed,), cards(changed, readers, "missing"), (_entry(due, "report_missing"),)
    )


def sign(due: ReportDue, signature: Signature, rules: Reports) -> Decision:
    """Return what signing does: the figures as they are now, stamped, with their digest in the
    journal; the task ends, and with it all reminders.

    OldButton where the report has been signed since the card was shown.  Every contradiction must
    have been called true before.  After the deadline a further signature is a revision, and needs
    its reason.
    """
    if due.state not in SIGNABLE or signature.expected != due.number:
        raise OldButton
    if {one.spelled for one in signature.doubts} - set(due.confirmed):
        raise NotNow("refusals.report_doubts")
    is_late = signature.now > due.due_at
    reason = (signature.reason or "").strip() or None
    if due.number and is_late and not reason:
        raise BadInput("report_reason")
    report = _report(due, signature, reason, is_late=is_late and not due.number)
    changed = replace(
        due,
        state=DueState.FILED,
        number=report.number,
        is_changed=False,
        received_by=None,
        received_at=None,
        doubts=tuple(one.spelled for one in signature.doubts),
        next_at=next_look(due, signature.now, rules),
    )
    entry = _signed_entry(due, report)
    decision = Decision(
        (changed, report), cards(changed, signature.readers, f"signed:{report.number}"), (entry,)
    )
    task = signature.task
    return decision + (
        finish(task, signature.by, signature.now, "filed", signature.acting_for)
        if task
        else NOTHING
    )


def _report(due: ReportDue, signature: Signature, reason: str | None, *, is_late: bool) -> Report:
    figures = {name: signature.figures.get(name) for name in COLUMNS}
    return Report(
        id=-1,
        due_id=due.id,
        number=due.number + 1,
        figures=tuple(figures.items()),
        digest=digest_of(figures),
        at=signature.now,
        signed_by=signature.by,
        filed_by=due.prepared_by or signature.by,
        is_late=is_late,
        acting_for=signature.acting_for,
        doubts=tuple(one.spelled for one in signature.doubts),
        remark=due.remark,
        reason=reason,
    )


def _signed_entry(due: ReportDue, report: Report) -> Entry:
    public = {
        "rhythm": due.rhythm,
        "unit": due.unit_id,
        "period": due.period,
        "number": report.number,
        "digest": report.digest,
        "late": report.is_late,
        "doubts": list(report.doubts),
        "acting_for": report.acting_for,
    }
    kind = "report_signed" if due.part_of_id is None else "report_checked"
    personal = {"reason": report.reason} if report.reason else None
    return Entry(kind, f"report:{due.id}", report.signed_by, public, personal)


def next_look(due: ReportDue, now: datetime, rules: Reports) -> datetime | None:
    """When the signed figures are compared with the record again; never after the deadline."""
    if due.part_of_id is not None or due.until is not None:
        return None
    at = now + timedelta(minutes=rules.looked_at_again_minutes)
    return at if at < due.due_at else None


def looked_at(
    due: ReportDue,
    task: Task | None,
    readers: tuple[int, ...],
    now: datetime,
    rules: Reports,
    *,
    is_same: bool,
) -> Decision:
    """A change before the deadline asks for a new signature, once; what was signed stays filed."""
    further = replace(due, next_at=next_look(due, now, rules))
    if due.is_changed or is_same:
        return Decision((further,))
    return outdated(further, task, readers, "record")


def differs(last: Report, figures: Figures) -> bool:
    """Whether the record says anything else than what was signed."""
    return digest_of({name: figures.get(name) for name in COLUMNS}) != last.digest


def outdated(due: ReportDue, task: Task | None, readers: tuple[int, ...], why: str) -> Decision:
    """The signed figures are not those of the record any more: the head is asked to sign anew."""
    changed = replace(due, is_changed=True)
    entry = _entry(due, "report_outdated", why=why)
    messages = tuple(
        ReportChanged(to=one, item=due.id, round=str(due.number), more={"why": why})
        for one in readers
    )
    return Decision((changed, task) if task else (changed,), messages, (entry,))


def confirm(due: ReportDue, found: tuple[Doubt, ...], by: int) -> Decision:
    """[情况属实]: the contradictions are true as they stand; who said so goes with the report."""
    confirmed = tuple(one.spelled for one in found)
    entry = Entry("report_confirmed", f"report:{due.id}", by, {"doubts": list(confirmed)})
    return Decision(
        (replace(due, doubts=confirmed, confirmed=confirmed, confirmed_by=by),), entries=(entry,)
    )


def remarked(due: ReportDue, remark: str, by: int) -> Decision:
    """[改一下]: a remark, the one thing that is written by hand; figures follow the record.

    After a signature in time it asks for a new one.
    """
    text = remark.strip()
    if not text:
        raise BadInput("report_remark")
    changed = replace(due, remark=text, prepared_by=by, is_changed=due.number > 0)
    entry = replace(_entry(due, "report_remarked"), by=by, personal={"remark": text})
    return Decision((changed,), entries=(entry,))


def sent_on(due: ReportDue, number: int, contacts: tuple[int, ...]) -> Decision:
    """A signed report goes on to a receiver outside the bureau, who says that it has arrived."""
    return Decision(
        messages=tuple(TownshipReport(to=one, item=due.id, round=str(number)) for one in contacts)
    )


def received(due: ReportDue, by: int, now: datetime) -> Decision:
    """[收到]: the first tap is the receipt; a further one changes nothing."""
    if due.received_at is not None:
        return NOTHING
    entry = replace(_entry(due, "report_received", number=due.number), by=by)
    return Decision((replace(due, received_by=by, received_at=now),), entries=(entry,))


def cards(due: ReportDue, readers: tuple[int, ...], stamp: str) -> tuple[ReportCard, ...]:
    """The living card of everybody who prepares or signs."""
    return tuple(ReportCard(to=one, item=due.id, round=stamp) for one in readers)


def _entry(due: ReportDue, kind: str, **public: object) -> Entry:
    said = {"rhythm": due.rhythm, "unit": due.unit_id, "period": due.period, **public}
    return Entry(kind, f"report:{due.id}", public=said)
