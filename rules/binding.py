"""How a person comes to be linked to a chat: by a code, and by saying who they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from rules.codes import spend
from rules.confirming import ask_teacher
from rules.consent import agreed, needs_parent
from rules.decision import NOTHING, Decision, Entry
from rules.messages.guardians import ParentAsked
from rules.model.people import Guardianship, GuardianState, Invite, Person, Relation
from rules.model.school import SchoolClass
from rules.parties import Party, Tie
from rules.policy import Policy

#: [现场绑定]: a parents' meeting, where the teacher sees who taps.
LIVE_FOR = timedelta(hours=1)


class ClaimedAs(StrEnum):
    """[我是父亲] [我是母亲] [我是照看人]."""

    FATHER = "father"
    MOTHER = "mother"
    CARER = "carer"


@dataclass(frozen=True)
class Claim:
    """Who somebody in a chat says they are, and the text they agreed to there.

    `claimed_as` is None for a guardian who comes back: they are who they were.
    """

    claimed_as: ClaimedAs | None
    chat_id: int
    text_version: str


def bind_staff(person: Person, invite: Invite, chat_id: int, now: datetime) -> Decision:
    """Staff were handed their code by somebody who knows them: the code alone binds."""
    entry = Entry("staff_bound", f"person:{person.id}", by=person.id)
    return Decision((linked(person, chat_id, now), spend(invite, chat_id, now)), entries=(entry,))


def linked(person: Person, chat_id: int, now: datetime) -> Person:
    """The person, reachable in this chat from now on."""
    return replace(person, chat_id=chat_id, bound_at=now, blocked_at=None, stopped_at=None)


def claim(
    party: Party, ties: Iterable[Tie], said: Claim, policy: Policy, now: datetime
) -> Decision:
    """[同意，接收通知]: agree for these children; the teacher of each class confirms their own.

    Until then no word about the child goes to this chat.  Within [现场绑定] the teacher sees who
    taps, and a guardian who comes back to the chat they had left was confirmed before: both are
    linked at once.  When the person moves here from another chat, every child has to be confirmed
    again: whoever holds a paper must not inherit what was meant for somebody else.
    """
    asked = {tie.link.id for tie in ties}
    moves = party.would_move(said.chat_id)
    decision = Decision((linked(party.person, said.chat_id, now),))
    for tie in party.ties:
        if tie.link.id in asked:
            decision += _claim_one(party, tie, said, policy, now)
        elif moves and tie.link.state is GuardianState.BOUND:
            decision += _wait(tie, tie.link, policy, now)
    return decision


def _claim_one(party: Party, tie: Tie, said: Claim, policy: Policy, now: datetime) -> Decision:
    moves = party.would_move(said.chat_id)
    if tie.link.state is GuardianState.BOUND and not moves:
        return NOTHING
    link = claimed_link(tie.link, said.claimed_as, now)
    decision = Decision((agreed(link, said.text_version, said.chat_id, now),))
    decision += Decision(entries=(_entry("guardian_claimed", tie, link),))
    is_back = was_confirmed(tie.link) and said.chat_id in party.chats and not moves
    if is_back or (tie.is_live(now) and not needs_parent(link)):
        return decision + _bind(tie, link, now)
    return decision + _wait(tie, link, policy, now) + _ask_parents(tie, link, now)


def _ask_parents(tie: Tie, link: Guardianship, now: datetime) -> Decision:
    """A carer also needs a parent's consent: those whom a chat reaches are asked there, the others
    by the teacher, on paper."""
    if not needs_parent(link):
        return NOTHING
    told = tuple(
        ParentAsked(to=one, item=link.id, round=now.isoformat(), student_id=link.student_id)
        for one in tie.parent_ids
        if one != link.person_id
    )
    return Decision(messages=told)


def was_confirmed(link: Guardianship) -> bool:
    """Whether a teacher had confirmed this guardian before `/stop`."""
    return link.state is GuardianState.STOPPED and link.confirmed_at is not None


def claimed_link(link: Guardianship, claimed_as: ClaimedAs | None, now: datetime) -> Guardianship:
    """The guardianship as the guardian tells it."""
    if claimed_as is None:
        return replace(link, claimed_at=now)
    if claimed_as is ClaimedAs.CARER:
        return replace(link, is_carer=True, claimed_at=now)
    return replace(link, relation=Relation(claimed_as.value), claimed_at=now)


def _bind(tie: Tie, link: Guardianship, now: datetime) -> Decision:
    is_back = was_confirmed(tie.link)
    by = tie.link.confirmed_by if is_back else tie.owner_id
    at = tie.link.confirmed_at if is_back else now
    bound = replace(link, state=GuardianState.BOUND, confirmed_by=by, confirmed_at=at)
    entry = Entry(
        "guardian_confirmed", f"guardianship:{link.id}", by=by, public={"live": tie.is_live(now)}
    )
    return Decision((bound,), entries=(entry,))


def _wait(tie: Tie, link: Guardianship, policy: Policy, now: datetime) -> Decision:
    waiting = replace(
        link, state=GuardianState.CLAIMED, claimed_at=now, confirmed_by=None, confirmed_at=None
    )
    return Decision((waiting,)) + ask_teacher(tie, policy, now)


def _entry(kind: str, tie: Tie, link: Guardianship) -> Entry:
    said = {"registered": tie.link.relation.value, "claimed": link.relation.value}
    return Entry(kind, f"guardianship:{link.id}", by=link.person_id, public=said)


def hold_meeting(school_class: SchoolClass, by: int, now: datetime) -> Decision:
    """[现场绑定]: for one hour, who taps is confirmed; tapping again starts the hour anew."""
    return _meeting(school_class, now + LIVE_FOR, by)


def end_meeting(school_class: SchoolClass, by: int) -> Decision:
    """The meeting is over before its hour."""
    return _meeting(school_class, None, by)


def _meeting(school_class: SchoolClass, until: datetime | None, by: int) -> Decision:
    changed = replace(school_class, live_binding_until=until)
    facts = {"until": until.isoformat() if until else None}
    entry = Entry("live_binding", f"class:{school_class.id}", by=by, public=facts)
    return Decision((changed,), entries=(entry,))
