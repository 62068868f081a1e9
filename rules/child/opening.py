"""A case begins, and the family is asked (rules.md 2, 3, 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from rules.attendance import DayState, Episode
from rules.child.draft import Draft
from rules.messages.guardians import AbsenceAlert
from rules.messages.staff import PleaseCall
from rules.model.attendance import Question
from rules.model.case import Case, CaseState, Stage, Task


def open_case(draft: Draft, episode: Episode) -> None:
    """Open the child's case on the first unexplained absence, in `verify` (rules.md 5)."""
    facts = draft.facts
    case = Case(
        id=draft.new_id(),
        student_id=facts.student.id,
        school_id=facts.student.school_id,
        stage=Stage.VERIFY,
        state=CaseState.OPEN,
        opened_at=draft.now,
        first_absent_on=episode.first_on,
        policy=facts.county_policy.to_json(),
    )
    draft.facts = replace(facts, case=case, policy=facts.county_policy)
    draft.put(case)
    draft.note("case_opened", {"first_absent_on": episode.first_on.isoformat()})


def ask_family(draft: Draft) -> None:
    """Ask the family where the child is today: one question for each child and day (rules.md 7).

    Alerts go to every guardian who may be written to.  When three automatic chains have run this
    week, or a human is already in contact, or nobody can be reached, the teacher's call takes
    their place.  An open call task of an earlier day runs on; today's absence joins it.  While the
    bulk guard holds the roll call only the alerts wait (`tell_family`): the call task runs.
    """
    if draft.facts.question is not None or not _is_missing_today(draft):
        return
    families = draft.families()
    may_write, is_held = bool(families) and _may_write(draft), draft.facts.is_held_back
    question = draft.put(_question(draft))
    draft.facts = replace(draft.facts, question=question)
    if may_write and not is_held:
        _alert(draft, question)
    kind = "question_held" if may_write and is_held else "question_asked"
    draft.note(kind, {"on": question.on.isoformat(), "families": len(families)})
    _ask_teacher_to_call(draft, is_reachable=bool(families), by_itself=may_write)


def tell_family(draft: Draft) -> None:
    """The bulk guard lets go: whom it held back is asked now, unless that is needless by now.

    The facts are read again: not when the child has been seen, when the family has answered or
    was reached by phone meanwhile.  The call task has run since the roll call and runs on; the
    second alert counts from this first one.
    """
    question = draft.facts.question
    if question is None or question.is_automatic or question.answered_at is not None:
        return
    families = draft.families()
    is_wanted = _is_missing_today(draft) and not _is_reached_since(draft, question)
    if not families or not is_wanted or not _may_write(draft):
        return
    _alert(draft, question)
    draft.note("question_asked", {"on": question.on.isoformat(), "families": len(families)})


def _is_reached_since(draft: Draft, question: Question) -> bool:
    reached_at = draft.facts.case.last_reached_at if draft.facts.case else None
    return reached_at is not None and reached_at >= question.asked_at


def _is_missing_today(draft: Draft) -> bool:
    days = draft.facts.read(draft.now)
    return bool(days) and days[-1].on == draft.facts.today and days[-1].state is DayState.ABSENT


def _may_write(draft: Draft) -> bool:
    """At most three automatic chains a week; none once a human is in contact (rules.md 7)."""
    facts = draft.facts
    in_contact = facts.is_persuaded and facts.case is not None and facts.case.last_reached_at
    return not in_contact and facts.chains_this_week < facts.policy.alerts.chains_a_week


def _question(draft: Draft) -> Question:
    return Question(
        id=draft.new_id(),
        student_id=draft.child_id,
        case_id=draft.case_id,
        on=draft.facts.today,
        asked_at=draft.now,
        is_automatic=False,
    )


def _alert(draft: Draft, question: Question) -> None:
    """Write to everybody who may be written to; the second alert is due an hour later."""
    after = draft.facts.policy.whereabouts.second_alert_after.within
    asked = replace(question, asked_at=draft.now, is_automatic=True, second_at=draft.now + after)
    draft.facts = replace(draft.facts, question=draft.put(asked))
    draft.say(
        *(
            AbsenceAlert(
                to=one.person.id,
                item=question.id,
                group=f"alert:{question.on}",
                student_id=draft.child_id,
                case_id=draft.case_id,
            )
            for one in draft.families()
        )
    )


def _ask_teacher_to_call(draft: Draft, *, is_reachable: bool, by_itself: bool) -> None:
    """The call task runs from the alert; where no alert could go, the teacher is rung at once."""
    if draft.facts.task("call") is not None:
        return
    wait = draft.facts.policy.whereabouts.call_teacher_after.within
    due_at = draft.now + (wait if by_itself else timedelta())
    task = draft.open("call", draft.facts.duties.class_teacher_id, due_at=due_at)
    if task is None or by_itself:
        return
    draft.say(_please_call(draft, task, "chains_used" if is_reachable else "nobody_bound"))
    if not is_reachable and _has_lost_contact(draft):
        draft.open("contact_repair", draft.facts.duties.class_teacher_id)


def reach_otherwise(draft: Draft) -> None:
    """The family's last chat is gone while the day's question is open: it becomes a phone task at
    once, and the contact has to be repaired (rules.md 7)."""
    question = draft.facts.question
    is_waiting = question is not None and question.is_automatic and question.answered_at is None
    if question is None or not is_waiting or draft.families() or not _is_missing_today(draft):
        return
    asked = draft.put(replace(question, is_automatic=False, second_at=None))
    draft.facts = replace(draft.facts, question=asked)
    task = draft.open("call", draft.facts.duties.class_teacher_id, due_at=draft.now)
    if task is not None:
        draft.say(_please_call(draft, task, "nobody_bound"))
    draft.open("contact_repair", draft.facts.duties.class_teacher_id)
    draft.note("family_out_of_reach", {"on": question.on.isoformat()})


def _please_call(draft: Draft, task: Task, why: str) -> PleaseCall:
    return PleaseCall(
        to=task.owner_id,
        item=task.id,
        round=f"{why}:{draft.facts.today}",
        group=f"call:{draft.facts.today}",
        student_id=draft.child_id,
        case_id=draft.case_id,
        more={"why": why},
    )


def _has_lost_contact(draft: Draft) -> bool:
    """Whether a chat that once worked is gone: blocked, stopped, or the wrong person."""
    return any(
        guardian.person.blocked_at is not None or guardian.link.state in ("wrong_person",)
        for guardian in draft.facts.guardians
    )
