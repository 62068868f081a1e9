"""A closed case opened again, by people (rules.md 5); a relapse in the watch is returns.reopen."""

from __future__ import annotations

from dataclasses import replace

from rules.child.draft import Draft
from rules.child.ladder import enter
from rules.child.status import set_by_people
from rules.model.case import Case, CaseState, Stage
from rules.model.school import EnrolmentStatus
from rules.refusals import BadInput, NotNow


def reopen_closed(draft: Draft, case: Case, reason: str) -> Case:
    """A closed case is never edited, but it can be reopened: in `persuade`, another round, with
    its history and its numbers (rules.md 5)."""
    if not reason.strip():
        raise BadInput("reopen_reason")
    if draft.facts.case is not None:
        raise NotNow("refusals.open_case_there")
    draft.facts = replace(draft.facts, case=case)
    draft.note("case_reopened", None, {"reason": reason.strip()})
    if draft.facts.student.status not in (EnrolmentStatus.ENROLLED, EnrolmentStatus.SUSPECTED):
        set_by_people(draft, EnrolmentStatus.ENROLLED)
    draft.case(
        state=CaseState.OPEN,
        round=case.round + 1,
        served_on=None,
        notice_until=None,
        marks=(),
        ended_as=None,
        ended_at=None,
        ended_by=None,
        watch_until=None,
        seen_on=None,
        signed_on=None,
        review_at=draft.now,
    )
    enter(draft, Stage.PERSUADE, "reopened")
    return draft.case()
