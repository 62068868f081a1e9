"""The teacher says whether it is them: [是本人] or [不是，作废]."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rules.consent import needs_parent, withdrawn
from rules.decision import NOTHING, Decision, Entry
from rules.messages.binding import ClaimToConfirm
from rules.messages.guardians import GuardianConfirmed
from rules.model.case import Task
from rules.model.people import Guardianship, GuardianState, Relation
from rules.parties import Party, Tie
from rules.policy import Policy
from rules.refusals import NotNow
from rules.tasks import finish, open_task, void

KIND = "binding"
CARER = "carer"


def ask_teacher(tie: Tie, policy: Policy, now: datetime) -> Decision:
    """One silent message and a task of one school day to whoever answers for the class.

    The task notes what the register says of the guardian, so that a false claim can be undone.
    Nothing is added while an earlier claim for this child still waits, or where nobody at all
    answers for the class (the set-up check speaks of that).
    """
    if tie.task is not None or tie.owner_id is None:
        return NOTHING
    link = tie.link
    task = open_task(
        KIND,
        f"guardianship:{link.id}",
        tie.owner_id,
        id=-link.id,
        policy=policy,
        calendar=tie.calendar,
        now=now,
        student_id=link.student_id,
        school_id=tie.school_class.school_id,
        class_id=tie.school_class.id,
    )
    task = replace(task, note=f"{link.relation}:{CARER if link.is_carer else ''}")
    told = ClaimToConfirm(to=tie.owner_id, item=task.id, student_id=link.student_id)
    return Decision((task,), (told,))


def confirm(tie: Tie, by: int, now: datetime, acting_for: int | None = None) -> Decision | None:
    """[是本人]: from now on the chat may carry what concerns the child.

    Somebody who is no parent needs a parent's consent first; without it this is refused.  None
    when nothing waits any more.
    """
    if tie.link.state is not GuardianState.CLAIMED:
        return None
    if needs_parent(tie.link):
        raise NotNow("binding.parent_needed")
    link = replace(tie.link, state=GuardianState.BOUND, confirmed_by=by, confirmed_at=now)
    told = GuardianConfirmed(to=link.person_id, item=link.id, student_id=link.student_id)
    entry = Entry("guardian_confirmed", f"guardianship:{link.id}", by=by, public={"live": False})
    return Decision((link,), (told,), (entry,)) + _finish(tie, by, now, "confirmed", acting_for)


def reject(
    party: Party, tie: Tie, by: int, now: datetime, acting_for: int | None = None
) -> Decision | None:
    """[不是，作废]: whoever tapped is not the guardian, so this chat is not theirs at all.

    The link of the chat goes, together with everything else that was claimed from it; a chat that
    another teacher has confirmed, or that is a colleague's, stays for what it was confirmed for.
    The code is spent: a new invite is needed.  None when nothing waits any more.
    """
    if tie.link.state is not GuardianState.CLAIMED:
        return None
    stays = party.has_posts or bool(party.in_state(GuardianState.BOUND))
    waiting = (tie,) if stays else party.in_state(GuardianState.CLAIMED)
    decision = (
        NOTHING if stays else Decision((replace(party.person, chat_id=None, bound_at=None),))
    )
    for one in waiting:
        decision += _void(party, one, by, now) + _finish(one, by, now, "rejected", acting_for)
    return decision


def _void(party: Party, tie: Tie, by: int, now: datetime) -> Decision:
    link = registered(tie.task, tie.link)
    link = replace(link, state=GuardianState.UNBOUND, claimed_at=None)
    entry = Entry("guardian_rejected", f"guardianship:{link.id}", by=by)
    gone = withdrawn(party.consents_of(link.id), now)
    return Decision((link, *gone), entries=(entry,))


def registered(tie_task: Task | None, link: Guardianship) -> Guardianship:
    """The guardianship as it stood before the claim, by what the task has noted."""
    relation, _, carer = ((tie_task.note if tie_task else None) or "").partition(":")
    if relation not in list(Relation):
        return link
    return replace(link, relation=Relation(relation), is_carer=carer == CARER)


def void_claim(tie: Tie, now: datetime, why: str) -> Decision:
    """The guardian has taken the claim back: the teacher has nothing to confirm."""
    return void(tie.task, now, why) if tie.task else NOTHING


def _finish(tie: Tie, by: int, now: datetime, outcome: str, acting_for: int | None) -> Decision:
    return finish(tie.task, by, now, outcome, acting_for) if tie.task else NOTHING
