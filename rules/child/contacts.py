"""What a contact with the family changes (rules.md 5, Contact log)."""

from __future__ import annotations

from dataclasses import replace

from rules.child import townships
from rules.child.draft import Draft
from rules.child.leaves import note_leave
from rules.child.settle import settle
from rules.child.stages import hand_to
from rules.messages.guardians import TeacherVisited
from rules.model.case import Case, Contact, Reason

PROMISED, REFUSED, AGAIN, SICK, FAMILY = "will_come", "refuses", "again", "sick", "family"


def log_contact(draft: Draft, contact: Contact) -> None:
    """Keep one line of the contact log and let the case follow from it.

    Reaching the family ends the call task, for somebody has said where the child is.  没打通 with
    its time and means is honest work: it stays on record, the call task runs on, and the case goes
    on to `persuade` when nobody has answered.
    """
    kept = draft.keep_contact(replace(contact, id=draft.new_id(), case_id=draft.case_id))
    draft.note(
        "contact",
        {
            "means": kept.means,
            "reached": kept.reached,
            "result": kept.result,
            "acting_for": kept.acting_for,
        },
        {"note": kept.note, "whom": kept.whom},
    )
    if draft.facts.case is not None:
        draft.case(**_changes(draft.facts.case, kept))
    _end_tasks(draft, kept)
    townships.log_contact(draft, kept)
    _open_tasks(draft, kept)
    if kept.result in (SICK, FAMILY):
        note_leave(draft, kept.result, draft.facts.today, _way(kept))
    settle(draft)


def _way(contact: Contact) -> str:
    return "in_person" if contact.means == "visit" else "call"


def _changes(case: Case, contact: Contact) -> dict[str, object]:
    changes: dict[str, object] = {
        "last_contact_at": contact.at,
        "visited_home": case.visited_home or contact.means == "visit",
    }
    if contact.reached:
        changes |= {"last_reached_at": contact.at, "agreed_on": contact.agreed_on}
        changes["refused_at"] = contact.at if contact.result == REFUSED else None
    else:
        changes["failed_contacts"] = case.failed_contacts + 1
    if contact.reason is not None:
        changes["reason"] = contact.reason.value
    return changes


def _end_tasks(draft: Draft, contact: Contact) -> None:
    outcome = "reached" if contact.reached else "not_reached"
    draft.done("contact", outcome)
    if contact.means == "visit":
        draft.done("home_visit", outcome)
        leader = draft.facts.duties.leader_id or draft.facts.duties.head_id
        if contact.by == leader:
            draft.done("leader_visit", outcome)
        _ask_about_visit(draft)
    if contact.reached:
        draft.done("call", "reached")
        draft.done("callback", "reached")
        _settle_question(draft, contact)


def _settle_question(draft: Draft, contact: Contact) -> None:
    """The second alert is not wanted any more once somebody was reached."""
    question = draft.facts.question
    if question is not None and question.second_at is not None:
        draft.facts = replace(draft.facts, question=draft.put(replace(question, second_at=None)))


def _open_tasks(draft: Draft, contact: Contact) -> None:
    """Reasons with a duty of their own (rules.md 5): poverty, mental health, work, conflict."""
    duties = draft.facts.duties
    leader = duties.leader_id or duties.head_id
    if contact.reason is Reason.POVERTY:
        draft.card_for(draft.open("poverty_support", leader))
    elif contact.reason is Reason.MENTAL_HEALTH:
        draft.card_for(draft.open("mental_health", leader))
    elif contact.reason is Reason.WORK:
        draft.card_for(draft.open("work_referral", leader))
    elif contact.reason is Reason.TEACHER_CONFLICT:
        _spare_the_teacher(draft, leader)


def _spare_the_teacher(draft: Draft, leader: int | None) -> None:
    """Conflict with a teacher: not to that teacher.  The leader has the case until somebody else
    is named (rules.md 5)."""
    case, teacher = draft.facts.case, draft.facts.duties.class_teacher_id
    if case is None or leader is None or draft.facts.responsible_id != teacher:
        return
    hand_to(draft, leader)
    draft.card_for(draft.open("reassignment", leader))


def _ask_about_visit(draft: Draft) -> None:
    """After a home visit the family is asked whether the teacher came (setting)."""
    if not draft.facts.policy.case.ask_guardian_about_visit or draft.case_id is None:
        return
    for guardian in draft.families()[:1]:
        draft.say(
            TeacherVisited(
                to=guardian.person.id,
                item=draft.case_id,
                round=draft.facts.today.isoformat(),
                student_id=draft.child_id,
                case_id=draft.case_id,
            )
        )
