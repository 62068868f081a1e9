"""From stage to stage, and what persuasion asks of whom (rules.md 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from rules.attendance import Episode
from rules.child import joint, notices, reports, taking_over
from rules.child.draft import Draft
from rules.child.ladder import enter, waits_for_the_child
from rules.model.case import Case, Stage
from rules.model.ladder import ReferralState
from rules.model.school import EnrolmentStatus
from rules.policy import Span, due

#: What time, or what happened, does in each stage.
ON = {
    Stage.PERSUADE: notices.go_on_from_persuade,
    Stage.NOTICE: notices.go_on,
    Stage.REPORT: reports.go_on,
    Stage.JOINT: joint.go_on,
}


def go_on(draft: Draft, episode: Episode) -> None:
    """Move the case on when its stage has done what it can (rules.md 5).

    From `verify` that is when the guardian refuses, one call failed and nobody answered, two days
    have counted, or the child is suspected.  A case whose child was seen, or is on accepted
    leave, takes no step.  A case that was taken over from paper first opens its stage.
    """
    case = draft.facts.case
    if taking_over.waits_to_begin(case):
        taking_over.begin(draft)
        ask_for_contact(draft, not_before=_end_of_work(draft, draft.facts.today))
        return
    if case is not None and case.stage is Stage.VERIFY and _must_persuade(draft, case, episode):
        enter(draft, Stage.PERSUADE, "verified")
    if not draft.facts.is_persuaded:
        return
    if not waits_for_the_child(draft):
        climb(draft)
    ask_for_contact(draft)
    if draft.facts.case is not None and draft.facts.case.stage is Stage.PERSUADE:
        ask_for_visits(draft, episode)


def climb(draft: Draft) -> None:
    """One stage after the other, as far as their time is up."""
    for stage, step in ON.items():
        if draft.facts.case is not None and draft.facts.case.stage is stage:
            step(draft)


def _must_persuade(draft: Draft, case: Case, episode: Episode) -> bool:
    rules = draft.facts.policy.case
    question = draft.facts.question
    unanswered = question is None or question.answered_at is None
    return (
        case.refused_at is not None
        or (case.failed_contacts >= rules.persuade_after_failed_calls and unanswered)
        or episode.count >= rules.persuade_at_counted_days
        or draft.facts.student.status is not EnrolmentStatus.ENROLLED
    )


def ask_for_contact(draft: Draft, not_before: datetime | None = None) -> None:
    """Keep a contact task open: by the agreed date, at least every three school days; in joint
    persuasion until a township has accepted, whose own log takes its place.  `not_before`: a case
    that was taken over is late for nothing."""
    case = draft.facts.case
    referrals = draft.facts.ladder.running_referrals
    if any(one.state is ReferralState.ACCEPTED for one in referrals):
        draft.needless("contact", "at_township")
        return
    if case is None or draft.facts.task("contact") is not None:
        return
    due_at = max(_contact_due(draft, case), not_before or draft.now)
    draft.open("contact", draft.facts.responsible_id, due_at=due_at)


def _contact_due(draft: Draft, case: Case) -> datetime:
    """When the family must be contacted next; at the latest by the policy's rhythm."""
    calendar = draft.facts.calendar
    since = case.last_contact_at or draft.now
    latest = due(_rhythm(draft, case), since, calendar)
    if case.agreed_on is not None and case.agreed_on >= draft.facts.today:
        agreed = calendar.at_local(case.agreed_on, "16:00")
        latest = min(latest, agreed) if agreed > draft.now else latest
    return max(latest, draft.now)


def _rhythm(draft: Draft, case: Case) -> Span:
    rules = draft.facts.policy.case
    return rules.joint_persuasion_every if case.stage is Stage.JOINT else rules.contact_every


def ask_for_visits(draft: Draft, episode: Episode) -> None:
    """A home visit by counted day three if the family was not reached or refused; a leader's
    visit by the day on which the child would be suspected (rules.md 5)."""
    case, rules = draft.facts.case, draft.facts.policy.case
    if case is None:
        return
    in_contact = case.last_reached_at is not None and case.refused_at is None
    if not in_contact and not case.visited_home:
        by = _day_of_count(draft, episode, rules.home_visit_by_counted_days)
        draft.open("home_visit", draft.facts.responsible_id, due_at=_end_of_work(draft, by))
    if episode.count >= rules.home_visit_by_counted_days:
        limit = draft.facts.policy.status.suspected_after_school_days
        by = _day_of_count(draft, episode, limit + 1)
        leader = draft.facts.duties.leader_id or draft.facts.duties.head_id
        draft.open(
            "leader_visit", leader, f"case:{case.id}:leader", due_at=_end_of_work(draft, by)
        )


def _day_of_count(draft: Draft, episode: Episode, n: int) -> date:
    """The day on which the n-th day counts, today at the earliest."""
    missing = n - episode.count
    if missing <= 0:
        return draft.facts.today
    return draft.facts.calendar.nth_school_day_after(draft.facts.today, missing) or (
        draft.facts.today
    )


def _end_of_work(draft: Draft, on: date) -> datetime:
    """16:00 of that day, or of the next school day when that is over."""
    at = draft.facts.calendar.at_local(on, "16:00")
    return at if at > draft.now else draft.facts.calendar.add_school_days(at, 1)


def hand_to(draft: Draft, person_id: int) -> None:
    """A superior named somebody else to persuade; due times and level stay (rules.md 6)."""
    draft.case(responsible_id=person_id)
    for task in draft.facts.tasks:
        if task.kind in ("contact", "home_visit", "notice_prepare", "notice_service"):
            draft.keep(replace(task, owner_id=person_id))
