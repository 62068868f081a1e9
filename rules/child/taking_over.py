"""A case that ran on paper before the program came: taken over with its dates (data.md, Out).

It is stored as the office had it.  The stage opens, with its tasks and due times, when time next
looks at the case: before the first run that is the first run itself, so that nothing is due for
the days before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from rules.child import joint, notices, reports
from rules.child.draft import Draft
from rules.child.ladder import enter
from rules.messages.staff import StatusCard
from rules.model.attendance import Mark, MarkKind, Session
from rules.model.case import Case, CaseState, Stage
from rules.model.school import Confirmation, EnrolmentStatus, StatusChange

WHY = "imported"
#: When, on a day that is given without a time, somebody was in contact.
CONTACT_AT = "16:00"


@dataclass(frozen=True)
class Inherited:
    """What the office knows of a running case; `since` is the first day of absence."""

    stage: Stage
    status: EnrolmentStatus  # enrolled | suspected | dropout
    since: date
    responsible_id: int | None = None
    last_contact_on: date | None = None


def days_before(draft: Draft, since: date) -> tuple[date, ...]:
    """The school days from `since` until yesterday of which nothing is on record."""
    known = {fact.on for fact in draft.facts.days if fact.is_taken}
    yesterday = draft.facts.today - timedelta(days=1)
    days = draft.facts.calendar.school_days(since, yesterday) if since <= yesterday else ()
    return tuple(on for on in days if on not in known)


def problem_with(draft: Draft, case: Inherited) -> str | None:
    """Why these dates cannot be: `future`, `no_school_days`, `too_early` for the status."""
    if case.since > draft.facts.today:
        return "future"
    calendar = draft.facts.calendar
    days = tuple(calendar.school_days(case.since, draft.facts.today - timedelta(days=1)))
    if not days:
        return "no_school_days"
    suspected_on = _suspected_on(draft, days)
    if case.status is EnrolmentStatus.ENROLLED:
        return None
    if suspected_on is None:
        return "too_early"
    months = draft.facts.policy.status.dropout_after_months
    is_dropout = case.status is EnrolmentStatus.DROPOUT
    if is_dropout and calendar.month_ends(suspected_on, months) >= draft.facts.today:
        return "too_early"
    return None


def take_over(draft: Draft, inherited: Inherited) -> Case:
    """Store the case, the days that the child has missed, and its status, as 待确认 (D10)."""
    facts = draft.facts
    days = days_before(draft, inherited.since)
    case = Case(
        id=draft.new_id(),
        student_id=facts.student.id,
        school_id=facts.student.school_id,
        stage=_stage(inherited),
        state=CaseState.OPEN,
        opened_at=draft.now,
        first_absent_on=inherited.since,
        policy=facts.county_policy.to_json(),
        responsible_id=_named(draft, inherited),
        last_contact_at=_contact_at(draft, inherited),
        review_at=draft.now,
    )
    draft.facts = replace(facts, case=case, policy=facts.county_policy)
    draft.put(case)
    for on in days:
        draft.facts = draft.facts.with_mark(draft.put(_missed(draft, on)))
    episode = draft.facts.episode(draft.now)
    draft.case(counted=episode.count if episode else 0)
    _take_status(draft, inherited)
    public = {"stage": case.stage.value, "since": inherited.since.isoformat(), "days": len(days)}
    draft.note("case_imported", public)
    return draft.case()


def _stage(inherited: Inherited) -> Stage:
    """A suspected child is persuaded at the latest (rules.md 5)."""
    is_late = inherited.status is not EnrolmentStatus.ENROLLED
    return Stage.PERSUADE if is_late and inherited.stage is Stage.VERIFY else inherited.stage


def _named(draft: Draft, inherited: Inherited) -> int | None:
    """Only somebody else than the one who is responsible anyway is named."""
    usual = draft.facts.duties.paired_teacher_id
    return None if inherited.responsible_id == usual else inherited.responsible_id


def _contact_at(draft: Draft, inherited: Inherited) -> datetime | None:
    on = inherited.last_contact_on
    return min(draft.facts.calendar.at_local(on, CONTACT_AT), draft.now) if on else None


def _missed(draft: Draft, on: date) -> Mark:
    """A day before the program: the office says so, nobody took a roll call here."""
    return Mark(
        id=draft.new_id(),
        student_id=draft.child_id,
        on=on,
        session=Session.MORNING,
        kind=MarkKind.ABSENT,
        recorded_by=None,
        recorded_at=draft.now,
    )


def _suspected_on(draft: Draft, days: tuple[date, ...]) -> date | None:
    limit = draft.facts.policy.status.suspected_after_school_days
    return days[limit] if len(days) > limit else None


def _take_status(draft: Draft, inherited: Inherited) -> None:
    student, new = draft.facts.student, inherited.status
    if new is EnrolmentStatus.ENROLLED:
        return
    yesterday = draft.facts.today - timedelta(days=1)
    days = tuple(draft.facts.calendar.school_days(inherited.since, yesterday))
    since = _suspected_on(draft, days)
    changed = replace(
        student,
        status=new,
        status_on=since,
        suspected_on=since,
        confirmation=Confirmation.AWAITED,
    )
    draft.facts = replace(draft.facts, student=draft.put(changed))
    draft.put(
        StatusChange(
            id=draft.new_id(),
            student_id=student.id,
            case_id=draft.case_id,
            old=student.status,
            new=new,
            effective_on=since or draft.facts.today,
            at=draft.now,
            by=None,
        )
    )
    draft.note("status_set", {"old": student.status.value, "new": new.value})


def waits_to_begin(case: Case | None) -> bool:
    """Whether a case was taken over and its stage is not open yet."""
    return (
        case is not None
        and case.state is CaseState.OPEN
        and case.stage_at is None
        and case.stage is not Stage.VERIFY
    )


def begin(draft: Draft) -> None:
    """Open the stage of a case that was taken over, and ask for what its status still needs."""
    _ask_for_confirmation(draft)
    stage = draft.facts.case.stage if draft.facts.case else Stage.PERSUADE
    if stage is Stage.NOTICE:
        notices.open_stage(draft, WHY)
    elif stage is Stage.REPORT:
        reports.open_stage(draft, WHY)
    elif stage is Stage.JOINT:
        joint.open_stage(draft, WHY)
    else:
        enter(draft, Stage.PERSUADE, WHY)


def _ask_for_confirmation(draft: Draft) -> None:
    student, duties = draft.facts.student, draft.facts.duties
    if student.confirmation is not Confirmation.AWAITED:
        return
    task = draft.open(
        "status_confirm",
        duties.leader_id or duties.head_id,
        f"status:{draft.child_id}",
        outcome=student.status.value,
    )
    draft.card_for(task, StatusCard)
    draft.open("register_correction", duties.register_clerk_id)
