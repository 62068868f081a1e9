"""籍在人不在: a child on the register whom no roster of the county knows (rules.md 5 and 8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from rules.child.draft import Draft
from rules.model.attendance import Mark, MarkKind, Session
from rules.model.case import Case, CaseState, Stage
from rules.model.school import EnrolmentStatus

#: Whoever has another status is not looked for: it has a document behind it.
LOOKED_FOR = (EnrolmentStatus.ENROLLED, EnrolmentStatus.SUSPECTED, EnrolmentStatus.DROPOUT)


def open_missing(draft: Draft, since: date) -> Case | None:
    """Open the case in `persuade`; its count starts with the first school day of the term.

    None where the child is followed already, or is rightly elsewhere.  It stands in the roll call
    from now on, and only being seen takes it out again (X2).
    """
    facts = draft.facts
    if facts.case is not None or facts.student.status not in LOOKED_FOR:
        return None
    case = Case(
        id=draft.new_id(),
        student_id=draft.child_id,
        school_id=facts.student.school_id,
        stage=Stage.PERSUADE,
        state=CaseState.OPEN,
        opened_at=draft.now,
        first_absent_on=since,
        policy=facts.county_policy.to_json(),
        review_at=draft.now,
    )
    student = draft.put(replace(facts.student, on_roster=True))
    draft.facts = replace(facts, case=case, policy=facts.county_policy, student=student)
    draft.put(case)
    for on in _unmarked(draft, since):
        draft.facts = draft.facts.with_mark(draft.put(_missed(draft, on)))
    episode = draft.facts.episode(draft.now)
    draft.case(counted=episode.count if episode else 0)
    draft.note("case_opened_missing", {"since": since.isoformat()})
    return draft.case()


def _unmarked(draft: Draft, since: date) -> tuple[date, ...]:
    """A roll call that did not have the child on its list says nothing about it."""
    marked = {one.on for one in draft.facts.days if one.mark is not None}
    yesterday = draft.facts.today - timedelta(days=1)
    days = draft.facts.calendar.school_days(since, yesterday) if since <= yesterday else ()
    return tuple(on for on in days if on not in marked)


def _missed(draft: Draft, on: date) -> Mark:
    return Mark(
        id=draft.new_id(),
        student_id=draft.child_id,
        on=on,
        session=Session.MORNING,
        kind=MarkKind.ABSENT,
        recorded_by=None,
        recorded_at=draft.now,
    )
