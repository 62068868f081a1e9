"""What a reader of a case file may see of it (privacy D2, D3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from rules.model.people import PairingLevel, Role
from rules.refusals import NotYours
from storage.access import case_visible_to
from storage.actors import Actor
from storage.held import holds_on
from storage.tables.people import pairings
from storage.work import Reading

#: What is kept off every screen: poverty, health, disability (privacy D2).
PROTECTED_REASONS = frozenset({"poverty", "mental_health", "disability"})
PROTECTED_TASKS = frozenset({"poverty_support", "mental_health"})

_LEADING = (
    Role.LEADER,
    Role.HEAD,
    Role.SECTION,
    Role.EDUCATION_SECTION,
    Role.BUREAU_LEADER,
    Role.ADMIN,
)
_LEADING_LEVELS = (PairingLevel.LEADER, PairingLevel.SECTION, PairingLevel.BUREAU_LEADER)


@dataclass(frozen=True)
class Sight:
    """`leads`: sees who looked, and what families said about visits; `protected`: poverty,
    health and disability, which never leave the office on a screen."""

    reader: str | None
    leads: bool = True
    protected: bool = True


#: The administrator at the command line, who prints for the office.
OFFICE = Sight(None)


async def sight_of(read: Reading, actor: Actor, case_id: int, on: date) -> Sight:
    """How much of a case this person may see; NotYours when nothing."""
    if not actor.is_staff and not actor.acts_for:
        raise NotYours
    await case_visible_to(read, actor, case_id, on)
    return Sight(actor.persons[0].name, await leads(read, actor, on), protected=False)


async def leads(read: Reading, actor: Actor, on: date) -> bool:
    """Whether somebody on this chat leads a school, or answers for one at the bureau."""
    if actor.has_role(*_LEADING):
        return True
    query = select(pairings.c.id).where(
        pairings.c.person_id.in_(actor.person_ids),
        pairings.c.level.in_([level.value for level in _LEADING_LEVELS]),
        holds_on(pairings, on),
    )
    return await read.scalar(query.limit(1)) is not None
