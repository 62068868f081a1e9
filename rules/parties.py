"""Who a code or a chat stands for: a person, their children, and who answers for each class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rules.calendar import SchoolCalendar
from rules.model.case import Task
from rules.model.people import (
    Consent,
    ContactFlag,
    Guardianship,
    GuardianState,
    Invite,
    Person,
)
from rules.model.school import SchoolClass

LINKED = (GuardianState.BOUND, GuardianState.CLAIMED)


@dataclass(frozen=True)
class Tie:
    """One guardianship, with what its class adds: who confirms, and whether a meeting is on."""

    link: Guardianship
    school_class: SchoolClass
    owner_id: int | None
    calendar: SchoolCalendar
    task: Task | None = None  # the open binding task
    parent_ids: tuple[int, ...] = ()  # parents of the child whom a chat reaches

    def is_live(self, now: datetime) -> bool:
        """Whether the class teacher's [现场绑定] hour is running."""
        until = self.school_class.live_binding_until
        return until is not None and now < until


@dataclass(frozen=True)
class Party:
    """A person with every child they answer for, and the chats they have used codes in."""

    person: Person
    ties: tuple[Tie, ...] = ()
    has_posts: bool = False
    consents: tuple[Consent, ...] = ()
    chats: frozenset[int] = frozenset()

    def tie(self, link_id: int | None) -> Tie | None:
        """The guardianship of this id, if it is theirs."""
        return next((tie for tie in self.ties if tie.link.id == link_id), None)

    def in_state(self, *states: GuardianState) -> tuple[Tie, ...]:
        """The guardianships in one of these states."""
        return tuple(tie for tie in self.ties if tie.link.state in states)

    @property
    def unasked(self) -> tuple[Tie, ...]:
        """Children for whom nothing has been asked yet: offered with the same consent."""
        unbound = self.in_state(GuardianState.UNBOUND)
        return tuple(tie for tie in unbound if tie.link.flag is ContactFlag.NORMAL)

    def consents_of(self, link_id: int) -> tuple[Consent, ...]:
        """What was agreed or refused for one child."""
        return tuple(one for one in self.consents if one.guardianship_id == link_id)

    def would_move(self, chat_id: int) -> bool:
        """Whether linking this chat takes the person away from another one."""
        return self.person.chat_id not in (None, chat_id)


def may_use_code(party: Party, invite: Invite, chat_id: int) -> bool:
    """Whether a good code may link this chat to its person.

    Somebody already linked elsewhere has to be invited anew: a code older than the present link
    is a forwarded one.  And a child's invite never moves a colleague's account, whose chat
    carries other children's messages, to whoever holds the paper.
    """
    if not party.would_move(chat_id):
        return True
    if invite.guardianship_id is not None and party.has_posts:
        return False
    bound_at = party.person.bound_at
    return bound_at is None or invite.issued_at > bound_at
