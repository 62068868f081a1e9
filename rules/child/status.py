"""The two thresholds, their confirmation, and the way back (rules.md 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from rules.attendance import Episode
from rules.child.draft import Draft
from rules.messages.staff import Note, StatusCard, StatusChanged
from rules.model.case import CaseState
from rules.model.school import Confirmation, EnrolmentStatus, StatusChange


def apply_thresholds(draft: Draft, episode: Episode | None) -> None:
    """Set 疑似辍学 above five counted days, 辍学 a month later, or take the suspicion back.

    The program sets a status at once; a school leader confirms it within one school day, and
    until then it stands as 待确认 (rules.md 4, D10).
    """
    status = draft.facts.student.status
    count = episode.count if episode else 0
    limit = draft.facts.policy.status.suspected_after_school_days
    if status is EnrolmentStatus.ENROLLED and count > limit:
        _suspect(draft, episode)
    elif status is EnrolmentStatus.SUSPECTED and count <= limit:
        restore(draft, "recounted")
    elif status is EnrolmentStatus.SUSPECTED and is_past_month(draft) and not _is_seen(draft):
        _set(draft, EnrolmentStatus.DROPOUT, draft.facts.today, draft.facts.student.suspected_on)


def _is_seen(draft: Draft) -> bool:
    """Whether the child is there and only the second sign is missing: the status stays."""
    case = draft.facts.case
    return case is not None and case.seen_on is not None


def _suspect(draft: Draft, episode: Episode | None) -> None:
    limit = draft.facts.policy.status.suspected_after_school_days
    on = episode.counted[limit] if episode else draft.facts.today
    _set(draft, EnrolmentStatus.SUSPECTED, on, on)


def month_ends_on(draft: Draft) -> date | None:
    """The last day of the month after which a suspected child counts as dropped out."""
    suspected_on = draft.facts.student.suspected_on
    if draft.facts.student.status is not EnrolmentStatus.SUSPECTED or suspected_on is None:
        return None
    months = draft.facts.policy.status.dropout_after_months
    return draft.facts.calendar.month_ends(suspected_on, months)


def is_past_month(draft: Draft) -> bool:
    """Tell whether the month since the suspicion is over: it ends with its last day."""
    last = month_ends_on(draft)
    return last is not None and draft.facts.today > last


def restore(draft: Draft, why: str) -> None:
    """Set the child back to enrolled, visibly, and tell those who were told (rules.md 3, 4)."""
    if draft.facts.student.status not in (EnrolmentStatus.SUSPECTED, EnrolmentStatus.DROPOUT):
        return
    told = draft.facts.told_status
    draft.needless("status_confirm", why)
    draft.needless("objection", why)
    _write(draft, EnrolmentStatus.ENROLLED, draft.facts.today, None)
    if draft.case_id is not None:
        draft.say(
            *(
                StatusChanged(
                    to=person,
                    item=draft.case_id,
                    round=f"{draft.facts.today}:{why}",
                    student_id=draft.child_id,
                    case_id=draft.case_id,
                    more={"why": why},
                )
                for person in told
            )
        )


def _set(draft: Draft, new: EnrolmentStatus, on: date, since: date | None) -> None:
    draft.needless("status_confirm", "superseded")
    _write(draft, new, on, since)
    task = draft.open(
        "status_confirm",
        draft.facts.duties.leader_id or draft.facts.duties.head_id,
        f"status:{draft.child_id}",
        outcome=new.value,
    )
    draft.card_for(task, StatusCard)
    section = draft.facts.duties.section_id
    if section is not None:
        draft.say(
            Note(
                to=section,
                item=draft.child_id,
                round=f"{new}:{on}",
                student_id=draft.child_id,
                case_id=draft.case_id,
                more={"line": f"status_{new}"},
            )
        )


def set_by_people(draft: Draft, new: EnrolmentStatus) -> None:
    """A status with a document, set by those who approved it: it needs no confirmation."""
    draft.needless("status_confirm", "superseded")
    draft.needless("objection", "superseded")
    _write(draft, new, draft.facts.today, None)
    changed = replace(draft.facts.student, confirmation=Confirmation.CONFIRMED)
    draft.facts = replace(draft.facts, student=draft.put(changed))


def _write(draft: Draft, new: EnrolmentStatus, on: date, since: date | None) -> None:
    """The status, its history, the journal, and the task to make the national register agree."""
    student = draft.facts.student
    is_set = new is not EnrolmentStatus.ENROLLED
    changed = replace(
        student,
        status=new,
        status_on=on,
        suspected_on=since,
        confirmation=Confirmation.AWAITED if is_set else Confirmation.CONFIRMED,
    )
    draft.put(changed)
    draft.put(
        StatusChange(
            id=draft.new_id(),
            student_id=student.id,
            case_id=draft.case_id,
            old=student.status,
            new=new,
            effective_on=on,
            at=draft.now,
            by=draft.by,
        )
    )
    draft.facts = replace(draft.facts, student=changed)
    draft.note("status_set", {"old": student.status.value, "new": new.value, "on": on.isoformat()})
    draft.open("register_correction", draft.facts.duties.register_clerk_id)


def day_after_month(draft: Draft) -> date | None:
    """The first day on which a suspected child counts as dropped out, None when not suspected."""
    last = month_ends_on(draft)
    return last + timedelta(days=1) if last else None


def is_followed(draft: Draft) -> bool:
    """Whether the case is open (thresholds are applied to open cases only)."""
    case = draft.facts.case
    return case is not None and case.state is CaseState.OPEN
