"""Leaving the chat channel: with `/stop`, and when the child has left; and coming back to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from rules.binding import Claim, claim
from rules.confirming import void_claim
from rules.consent import withdrawn
from rules.decision import Decision, Entry
from rules.model.people import Guardianship, GuardianState
from rules.parties import LINKED, Party
from rules.policy import Policy


def stop(party: Party, now: datetime) -> Decision | None:
    """`/stop`: leaving is as easy as agreeing was (privacy D1).

    The link of the chat goes, the record of the child's attendance stays, by duty.  A colleague
    who is also a parent keeps the chat for the work.  None for somebody who is no guardian here.
    """
    ties = party.in_state(*LINKED)
    if not ties:
        return None
    links = tuple(replace(tie.link, state=GuardianState.STOPPED) for tie in ties)
    person = replace(party.person, stopped_at=now)
    if not party.has_posts:
        person = replace(person, chat_id=None, bound_at=None)
    entries = tuple(
        Entry("guardian_stopped", f"guardianship:{link.id}", by=link.person_id) for link in links
    )
    decision = Decision((person, *links, *withdrawn(party.consents, now)), entries=entries)
    for tie in ties:
        decision += void_claim(tie, now, "stopped")
    return decision


def school_is_over(party: Party, gone: Collection[Guardianship], now: datetime) -> Decision:
    """The children of these links have moved away or finished school: the links end (privacy D8).

    A party knows only children who are still here.  The chat goes with the last link; a
    colleague's stays for the work, and that of a parent whose other child is here stays too.
    """
    links = tuple(replace(link, state=GuardianState.UNBOUND) for link in gone)
    stays = party.has_posts or bool(party.in_state(*LINKED))
    person = () if stays else (replace(party.person, chat_id=None, bound_at=None),)
    agreed = [one for link in gone for one in party.consents_of(link.id)]
    entries = tuple(Entry("guardian_released", f"guardianship:{link.id}") for link in links)
    return Decision((*person, *links, *withdrawn(agreed, now)), entries=entries)


def may_come_back(party: Party, chat_id: int) -> bool:
    """Whether `/start` in this chat may bring back what `/stop` ended: it was linked here."""
    is_free = party.person.chat_id in (None, chat_id)
    return is_free and chat_id in party.chats and bool(party.in_state(GuardianState.STOPPED))


def come_back(party: Party, chat_id: int, version: str, policy: Policy, now: datetime) -> Decision:
    """Agree once more, and everything is as it was before `/stop`.

    Guardians whom a teacher had confirmed need no second confirmation in the same chat.
    """
    return claim(
        party, party.in_state(GuardianState.STOPPED), Claim(None, chat_id, version), policy, now
    )
