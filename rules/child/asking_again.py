"""What an hour without an answer, or without an arrival, leads to (rules.md 5, 7)."""

from __future__ import annotations

from dataclasses import replace

from rules.attendance import DayState
from rules.child import safety_lane
from rules.child.draft import Draft
from rules.messages.guardians import SecondAlert
from rules.model.attendance import Question


def ask_again(draft: Draft, question: Question | None) -> None:
    """60 minutes after the alert: a second, shorter one to everybody who may be written to.

    Not on a later day, not when somebody has answered, not when the child has been seen.
    """
    if question is None or question.second_at is None or question.second_at > draft.now:
        return
    asked = draft.put(replace(question, second_at=None))
    if draft.facts.question is not None and draft.facts.question.id == question.id:
        draft.facts = replace(draft.facts, question=asked)
    if question.on != draft.facts.today or question.answered_at or not _is_absent(draft):
        return
    draft.say(
        *(
            SecondAlert(
                to=guardian.person.id,
                item=question.id,
                group=f"second:{question.on}",
                student_id=draft.child_id,
                case_id=draft.case_id,
            )
            for guardian in draft.families()
        )
    )
    draft.note("asked_again", {"on": question.on.isoformat()})


def expect_no_longer(draft: Draft, question: Question | None) -> None:
    """在路上, and an hour later not there: the safety lane."""
    if question is None or question.confirm_at is None or question.confirm_at > draft.now:
        return
    waited = draft.put(replace(question, confirm_at=None))
    if draft.facts.question is not None and draft.facts.question.id == question.id:
        draft.facts = replace(draft.facts, question=waited)
    if question.on == draft.facts.today and _is_absent(draft):
        safety_lane.start(draft, "on_the_way", question.answered_by)


def _is_absent(draft: Draft) -> bool:
    days = draft.facts.read(draft.now)
    return bool(days) and days[-1].on == draft.facts.today and days[-1].state is DayState.ABSENT
