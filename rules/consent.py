"""Consent to the chat channel: given, refused, withdrawn (privacy D1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from rules.decision import Decision, Entry
from rules.messages.binding import ClaimToConfirm
from rules.model.case import Task
from rules.model.people import Consent, Guardianship, GuardianState, Relation

CHAT = "chat"
PAPER = "paper"
#: A parent has answered in their own chat about somebody else who cares for the child.
PARENT = "parent_chat"
PARENTS = (Relation.FATHER, Relation.MOTHER)


def agreed(link: Guardianship, text_version: str, chat_id: int, now: datetime) -> Consent:
    """The guardian has read this version in this chat and agreed."""
    return Consent(
        id=0,
        person_id=link.person_id,
        guardianship_id=link.id,
        text_version=text_version,
        agreed=True,
        way=CHAT,
        at=now,
        chat_id=chat_id,
    )


def refuse(link: Guardianship, text_version: str, now: datetime) -> Decision | None:
    """[不用，打电话]: the teacher phones instead, and nobody asks again (data.md, Binding).

    It costs nothing, and nothing about the chat is kept.  None for a guardian who has agreed
    before: leaving is `/stop`, by which everything else ends as well.
    """
    if link.state in (GuardianState.BOUND, GuardianState.CLAIMED, GuardianState.PHONE_ONLY):
        return None
    no = replace(agreed(link, text_version, 0, now), agreed=False, chat_id=None)
    entry = Entry("chat_refused", f"guardianship:{link.id}", by=link.person_id)
    return Decision((replace(link, state=GuardianState.PHONE_ONLY), no), entries=(entry,))


def needs_parent(link: Guardianship) -> bool:
    """Whether a parent has yet to agree: somebody else than a parent cares for the child."""
    return link.is_carer and link.relation not in PARENTS and not link.parent_consent


def note_parent_consent(
    link: Guardianship, text_version: str, by: int, now: datetime
) -> Decision | None:
    """[家长已同意（纸质）]: the class teacher holds a parent's signature for this carer."""
    if not needs_parent(link):
        return None
    paper = replace(agreed(link, text_version, 0, now), way=PAPER, chat_id=None)
    entry = Entry("parent_consent", f"guardianship:{link.id}", by=by, public={"way": PAPER})
    return Decision((replace(link, parent_consent=True), paper), entries=(entry,))


def answer_as_parent(
    link: Guardianship, parent_id: int, said: Consent, *, task: Task | None
) -> Decision | None:
    """[同意] [不同意]: a bound parent says whether the carer may be linked.

    Recorded with version and time; the teacher's card shows it, and the teacher still says whether
    it is the carer.  None when nobody waits for an answer any more.
    """
    if link.state is not GuardianState.CLAIMED or not needs_parent(link):
        return None
    kind = "parent_consent" if said.agreed else "parent_refused"
    entry = Entry(kind, f"guardianship:{link.id}", by=parent_id, public={"way": PARENT})
    told: tuple[ClaimToConfirm, ...] = ()
    if task is not None:
        answer = "agreed" if said.agreed else "refused"
        told = (
            ClaimToConfirm(
                to=task.owner_id,
                item=task.id,
                round=f"parent:{parent_id}:{answer}",
                student_id=link.student_id,
            ),
        )
    changed = replace(link, parent_consent=said.agreed)
    return Decision((changed, said), told, (entry,))


def said_as_parent(
    link: Guardianship, parent_id: int, version: str, chat_id: int, now: datetime, *, agrees: bool
) -> Consent:
    """What a parent has said about this carer, to which words, when."""
    own = agreed(link, version, chat_id, now)
    return replace(own, person_id=parent_id, agreed=agrees, way=PARENT)


def withdrawn(consents: Iterable[Consent], now: datetime) -> tuple[Consent, ...]:
    """What the guardian agreed to in chat ends now; the rows stay as proof of what was agreed.

    A parent's signature for the carer is the parent's to take back, not the carer's.
    """
    return tuple(
        replace(one, withdrawn_at=now)
        for one in consents
        if one.agreed and one.way == CHAT and one.withdrawn_at is None
    )
