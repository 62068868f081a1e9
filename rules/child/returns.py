"""The child is seen again: the first sign, the second, the end, and the watch (rules.md 2, 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rules.attendance import DayState
from rules.child import joint
from rules.child.draft import Draft
from rules.child.ladder import LADDER_TASKS, drop_unapproved
from rules.child.status import restore
from rules.messages.guardians import ChildArrived, ChildIsSafe, WelcomeBack
from rules.model.case import CaseState, Ending, Stage
from rules.model.ladder import ClosingState

TASKS_OF_ABSENCE = (
    *("call", "callback", "contact", "home_visit", "leader_visit", "return_sign"),
    *LADDER_TASKS,
)


def note_sight(draft: Draft) -> None:
    """What follows when the newest day says that the child was seen, or no longer does.

    In `verify` being seen ends the case.  From `persuade` on the return needs a second sign: the
    leader's, or the child tapped present again at the next school day's roll call.
    """
    case = draft.facts.case
    if case is None or case.state is not CaseState.OPEN:
        return
    seen = _seen_days(draft, case.first_absent_on)
    if not draft.facts.is_persuaded:
        return
    if case.seen_on is not None and case.seen_on not in seen:
        draft.case(seen_on=None)
        draft.needless("return_sign", "not_seen")
        case = draft.facts.case
    if seen and case is not None:
        _first_or_second_sign(draft, seen)


def _seen_days(draft: Draft, since: date) -> tuple[date, ...]:
    """The unbroken days at the end on which the child was seen (today's open roll call aside)."""
    days = [day for day in draft.facts.read(draft.now) if day.on >= since]
    if days and days[-1].state is DayState.PENDING:
        days.pop()
    seen: list[date] = []
    for day in reversed(days):
        if day.state is not DayState.SEEN:
            break
        seen.append(day.on)
    return tuple(reversed(seen))


def _first_or_second_sign(draft: Draft, seen: tuple[date, ...]) -> None:
    if len(seen) >= 2:
        draft.case(seen_on=seen[0], signed_on=seen[-1])
        draft.done("return_sign", "seen_again")
    elif draft.facts.case is not None and draft.facts.case.seen_on != seen[0]:
        draft.case(seen_on=seen[0])
        draft.note("seen", {"on": seen[0].isoformat()})
        leader = draft.facts.duties.leader_id or draft.facts.duties.head_id
        draft.card_for(draft.open("return_sign", leader))
        _welcome(draft)


def sign_return(draft: Draft) -> None:
    """The leader signs: the day on which the child was seen becomes the day of return."""
    if draft.facts.case is not None and draft.facts.case.seen_on is not None:
        draft.case(signed_on=draft.facts.case.seen_on)
        draft.done("return_sign", "signed")
        draft.note("return_signed")


def end_if_back(draft: Draft) -> bool:
    """Close the case when no episode runs any more; tell whether it ended.

    `explained` when accepted leave covers every absent day, else `returned`.  A case that had
    reached `persuade` is watched for ten school days first.
    """
    case = draft.facts.case
    if case is None or case.state is not CaseState.OPEN or draft.facts.episode(draft.now):
        return False
    days = [day for day in draft.facts.read(draft.now) if day.on >= case.first_absent_on]
    is_seen = any(day.state is DayState.SEEN for day in days)
    if not is_seen or (draft.facts.is_persuaded and case.signed_on is None):
        return False
    if case.stage is Stage.VERIFY:
        _close(draft, _ending(draft))
        if case.first_absent_on < draft.facts.today:
            _welcome(draft)
        else:
            _tell_arrival(draft)
    else:
        _watch(draft)
    return True


def _ending(draft: Draft) -> Ending:
    """Explained: leave that holds names a reason for every absent day."""
    case = draft.facts.case
    days = draft.facts.read(draft.now)
    since = case.first_absent_on if case else draft.facts.today
    states = {day.state for day in days if day.on >= since}
    is_explained = DayState.EXCUSED in states and not states & {DayState.ABSENT, DayState.UNTAKEN}
    return Ending.EXPLAINED if is_explained else Ending.RETURNED


def _close(draft: Draft, ending: Ending) -> None:
    restore(draft, "returned")
    for kind in TASKS_OF_ABSENCE:
        draft.needless(kind, "returned")
    withdraw_closing(draft, "returned")
    draft.note("case_closed", {"as": ending.value})
    draft.case(
        state=CaseState.CLOSED,
        ended_as=ending,
        ended_at=draft.now,
        ended_by=draft.by,
        review_at=None,
    )
    if draft.facts.question is not None:
        draft.withdraw(f"question:{draft.facts.question.id}:absence_alert", "returned")
        draft.withdraw(f"question:{draft.facts.question.id}:second_alert", "returned")


def _watch(draft: Draft) -> None:
    """Returned; status corrected now; ten school days in which an absence reopens the case."""
    restore(draft, "returned")
    for kind in TASKS_OF_ABSENCE:
        draft.needless(kind, "returned")
    drop_unapproved(draft)
    joint.end(draft)
    withdraw_closing(draft, "returned")
    draft.open("register_correction", draft.facts.duties.register_clerk_id)
    days = draft.facts.policy.case.stabilised_after_school_days
    until = draft.facts.calendar.nth_school_day_after(draft.facts.today, max(days, 1))
    draft.note("returned", {"watch_until": until.isoformat() if until else None})
    draft.case(
        state=CaseState.WATCH,
        ended_as=Ending.RETURNED,
        ended_at=draft.now,
        ended_by=draft.by,
        watch_until=until or draft.facts.today,
        stage_ends_at=None,
        seen_on=None,
    )


def withdraw_closing(draft: Draft, why: str) -> None:
    """The child is back: nobody decides any more whether the case ends otherwise."""
    closing = draft.facts.ladder.closing
    if closing is not None:
        for kind in ("closing_approval", "transfer_confirm"):
            draft.needless(kind, why, f"closing:{closing.id}")
        draft.note("closing_withdrawn", {"why": why})
        draft.keep_closing(replace(closing, state=ClosingState.WITHDRAWN))


def reopen(draft: Draft) -> None:
    """An unexplained absence in the watch reopens the same case in `persuade` (rules.md 5)."""
    episode = draft.facts.episode(draft.now)
    if episode is None:
        return
    draft.note("case_reopened", {"first_absent_on": episode.first_on.isoformat()})
    draft.case(
        state=CaseState.OPEN,
        stage=Stage.PERSUADE,
        round=(draft.facts.case.round if draft.facts.case else 0) + 1,
        stage_at=draft.now,
        served_on=None,
        notice_until=None,
        marks=(),
        first_absent_on=episode.first_on,
        ended_as=None,
        ended_at=None,
        ended_by=None,
        watch_until=None,
        seen_on=None,
        signed_on=None,
        level=0,
        level_at=None,
        refused_at=None,
        visited_home=False,
        failed_contacts=0,
        last_reached_at=None,
        agreed_on=None,
    )


def end_watch(draft: Draft) -> None:
    """The watch is over without a new absence: the case is closed for good."""
    draft.note("watch_ended")
    draft.case(state=CaseState.CLOSED, review_at=None)


def _welcome(draft: Draft) -> None:
    if draft.case_id is not None:
        draft.say(
            *(
                WelcomeBack(
                    to=guardian.person.id,
                    item=draft.case_id,
                    round=draft.facts.today.isoformat(),
                    student_id=draft.child_id,
                    case_id=draft.case_id,
                )
                for guardian in draft.families()
            )
        )


def _tell_arrival(draft: Draft) -> None:
    """Families who were alerted today are told that the child is there (rules.md 2).

    Whoever hears at this moment that a search has ended knows it already.
    """
    question = draft.facts.question
    if question is None or not question.is_automatic:
        return
    knowing = draft.said_to(ChildIsSafe)
    draft.say(
        *(
            ChildArrived(
                to=guardian.person.id,
                item=question.id,
                student_id=draft.child_id,
                case_id=draft.case_id,
            )
            for guardian in draft.families()
            if guardian.person.id not in knowing
        )
    )
    if question.answered_at is None or question.second_at is not None:
        draft.put(replace(question, second_at=None, confirm_at=None))
