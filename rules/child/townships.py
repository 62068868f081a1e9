"""What townships do in joint persuasion: accept or not, log, ask the school along (rules.md 5)."""

from __future__ import annotations

from dataclasses import replace

from rules.child.draft import Draft
from rules.messages.ladder import TownshipCard
from rules.model.case import Contact, Task
from rules.model.ladder import Referral, ReferralState
from rules.policy import due
from rules.refusals import BadInput


def ask_township(draft: Draft, referral: Referral) -> None:
    """Ask the township's contact, or the section where it has none, to take the case."""
    facts = draft.facts
    at = due(facts.policy.case.township_accepts_within, draft.now, facts.calendar)
    contact = _contact_of(draft, referral)
    subject = f"referral:{referral.id}"
    task = draft.open("township_acceptance", contact, subject, due_at=at)
    draft.card_for(task, TownshipCard, round=f"{draft.now:%Y%m%d%H%M}")


def _contact_of(draft: Draft, referral: Referral) -> int | None:
    """The township's contact; where there is none the section has to find one."""
    duties = draft.facts.duties
    contact = draft.facts.ladder.township_contacts.get(referral.township_id)
    return contact or duties.section_id or duties.bureau_leader_id


def accept(draft: Draft, task: Task, referral: Referral, responsible: str) -> Referral:
    """[接收], with the person whom the township makes responsible."""
    if not responsible.strip():
        raise BadInput("responsible")
    accepted = draft.keep_referral(
        replace(
            referral,
            state=ReferralState.ACCEPTED,
            accepted_at=draft.now,
            accepted_by=draft.by,
            responsible=responsible.strip(),
        )
    )
    facts = {"township": referral.township_id}
    draft.note("township_accepted", facts, {"responsible": accepted.responsible})
    draft.done(task.kind, "accepted", task.subject)
    ask_for_joint_contact(draft)
    return accepted


def decline(draft: Draft, task: Task, referral: Referral, reason: str) -> Referral:
    """[不属本乡镇] with a reason: back to the section, whose clock starts anew."""
    if not reason.strip():
        raise BadInput("decline_reason")
    declined = draft.keep_referral(
        replace(
            referral,
            state=ReferralState.DECLINED,
            declined_at=draft.now,
            reason=reason.strip(),
        )
    )
    facts = {"township": referral.township_id}
    draft.note("township_declined", facts, {"reason": reason.strip()})
    draft.done(task.kind, "declined", task.subject)
    section = draft.facts.duties.section_id or draft.facts.duties.bureau_leader_id
    draft.card_for(
        draft.open("township_dispute", section, f"referral:{referral.id}"), TownshipCard
    )
    return declined


def insist(draft: Draft, task: Task, referral: Referral, words: str) -> Referral:
    """The section holds that it is this township's case; it is asked again."""
    if not words.strip():
        raise BadInput("decision_reason")
    again = draft.keep_referral(replace(referral, state=ReferralState.SENT, declined_at=None))
    draft.note("township_insisted", {"township": referral.township_id}, {"words": words.strip()})
    draft.done(task.kind, "insisted", task.subject)
    ask_township(draft, again)
    return again


def ask_for_joint_contact(draft: Draft) -> None:
    """Each township that accepted logs its persuasion at least every five school days."""
    facts = draft.facts
    every = facts.policy.case.joint_persuasion_every
    for referral in facts.ladder.running_referrals:
        if referral.state is ReferralState.ACCEPTED:
            since = referral.last_contact_at or referral.accepted_at or draft.now
            at = max(due(every, since, facts.calendar), draft.now)
            subject = f"referral:{referral.id}"
            draft.open("joint_contact", _contact_of(draft, referral), subject, due_at=at)


def log_contact(draft: Draft, contact: Contact) -> None:
    """A line of the township's own log: the next one is due five school days later."""
    for referral in draft.facts.ladder.running_referrals:
        holder = draft.facts.ladder.township_contacts.get(referral.township_id)
        theirs = {holder, referral.accepted_by} - {None}
        is_theirs = bool(theirs & {contact.by, contact.acting_for})
        if referral.state is ReferralState.ACCEPTED and is_theirs:
            draft.keep_referral(replace(referral, last_contact_at=contact.at))
            outcome = "reached" if contact.reached else "not_reached"
            draft.done("joint_contact", outcome, f"referral:{referral.id}")


def ask_for_company(draft: Draft, referral: Referral) -> Task | None:
    """[请学校同去]: the responsible teacher goes along."""
    subject = f"referral:{referral.id}"
    task = draft.open("joint_company", draft.facts.responsible_id, subject)
    draft.card_for(task, TownshipCard, round=f"{draft.now:%Y%m%d%H%M}")
    draft.note("company_asked", {"township": referral.township_id})
    return task
