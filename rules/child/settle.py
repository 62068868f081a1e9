"""What follows from the facts about one child, whoever or whatever changed them.

Every act and every due moment first writes its fact and then settles the child: the episode is
read anew from the days, the case follows it, and so do status, stage, question and tasks.  So a
correction recounts by itself, and doing the same thing twice changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime

from rules.attendance import Episode
from rules.child.draft import Draft
from rules.child.opening import ask_family, open_case, reach_otherwise
from rules.child.returns import end_if_back, end_watch, note_sight, reopen
from rules.child.stages import go_on
from rules.child.status import apply_thresholds, day_after_month
from rules.model.case import CaseState


def settle(draft: Draft) -> None:
    """Bring case, status, stage, question and tasks in line with the days (rules.md 3 to 5)."""
    case = draft.facts.case
    if case is not None and case.state is CaseState.WATCH:
        _settle_watch(draft)
        case = draft.facts.case
    note_sight(draft)
    if end_if_back(draft):
        _review(draft)
        return
    episode = draft.facts.episode(draft.now)
    if case is None and episode is not None:
        open_case(draft, episode)
    if draft.facts.case is not None and draft.facts.case.state is CaseState.OPEN:
        _follow(draft, episode)
    _review(draft)


def _settle_watch(draft: Draft) -> None:
    case = draft.facts.case
    if case is None or case.watch_until is None:
        return
    if _is_absent_again(draft, case.ended_at):
        reopen(draft)
    elif draft.facts.today > case.watch_until:
        end_watch(draft)


def _is_absent_again(draft: Draft, since: datetime | None) -> bool:
    episode = draft.facts.episode(draft.now)
    if episode is None or since is None:
        return False
    return episode.first_on >= draft.facts.calendar.local_date(since)


def _follow(draft: Draft, episode: Episode | None) -> None:
    _count(draft, episode)
    apply_thresholds(draft, episode)
    if episode is not None:
        ask_family(draft)
        reach_otherwise(draft)
        go_on(draft, episode)


def _count(draft: Draft, episode: Episode | None) -> None:
    """Leave that covers every day takes the count to nothing; the case waits for the child."""
    case = draft.facts.case
    if case is None:
        return
    counted, untaken = (episode.count, len(episode.untaken)) if episode else (0, 0)
    first_on = min(episode.first_on, case.first_absent_on) if episode else case.first_absent_on
    if (case.first_absent_on, case.counted, case.untaken) != (first_on, counted, untaken):
        draft.case(first_absent_on=first_on, counted=counted, untaken=untaken)


def _review(draft: Draft) -> None:
    """Set when time alone may change something: the next roll call's due time, the month's end."""
    case = draft.facts.case
    if case is None or case.state is CaseState.CLOSED:
        return
    at = _next_review(draft)
    if case.review_at != at:
        draft.case(review_at=at)


def _next_review(draft: Draft) -> datetime:
    calendar, clock = draft.facts.calendar, draft.facts.policy.roll_call.due_at
    today = draft.facts.today
    if calendar.is_school_day(today) and calendar.at_local(today, clock) > draft.now:
        day: date | None = today
    else:
        day = calendar.next_school_day(today)
    candidates = [on for on in (day, day_after_month(draft)) if on is not None and on >= today]
    moments = [calendar.at_local(on, clock) for on in candidates]
    case = draft.facts.case
    if case is not None and case.state is CaseState.OPEN and case.stage_ends_at is not None:
        moments.append(case.stage_ends_at)
    later = [at for at in moments if at > draft.now]
    return min(later, default=calendar.at_local(calendar.next_working_day(today), clock))
