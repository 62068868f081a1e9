"""What a reader of a case file may see of it (privacy D2, D3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, or_, select

from rules.model.people import PairingLevel, Role
from rules.refusals import NotYours
from storage.access import case_visible_to
from storage.actors import Actor
from storage.held import holds_on
from storage.tables.people import pairings, posts
from storage.tables.school import units
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
_EXPORTING = (Role.SECTION, Role.EDUCATION_SECTION, Role.BUREAU_LEADER)
_EXPORTING_LEVELS = (PairingLevel.SECTION, PairingLevel.BUREAU_LEADER)
_LEADING_LEVELS = (PairingLevel.LEADER, PairingLevel.SECTION, PairingLevel.BUREAU_LEADER)


@dataclass(frozen=True)
class Sight:
    """`leads`: sees who looked, and what families said about visits; `protected`: poverty,
    health and disability, which never leave the office on a screen."""

    reader: str | None
    leads: bool = True
    protected: bool = True


@dataclass(frozen=True)
class CaseFile:
    """A case file that was asked for, and how much of it the reader sees."""

    case_id: int
    sight: Sight


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
    return await _holds(read, actor, _LEADING, _LEADING_LEVELS, on)


async def may_export(read: Reading, actor: Actor, school_id: int, on: date) -> bool:
    """[导出一生一案]: the head of the child's school, section and bureau leader, of what they see.

    A village school's cases are its central school's head's too.
    """
    parent = select(units.c.parent_id).where(units.c.id == school_id)
    headed = _posts_of(actor, (Role.HEAD,), on).where(
        or_(posts.c.unit_id == school_id, posts.c.unit_id.in_(parent))
    )
    if await read.scalar(headed.limit(1)) is not None:
        return True
    return await _holds(read, actor, _EXPORTING, _EXPORTING_LEVELS, on)


async def _holds(
    read: Reading,
    actor: Actor,
    roles: Iterable[Role],
    levels: Iterable[PairingLevel],
    on: date,
) -> bool:
    held = _posts_of(actor, roles, on)
    paired = select(pairings.c.id).where(
        pairings.c.person_id.in_(_who(actor)),
        pairings.c.level.in_([level.value for level in levels]),
        holds_on(pairings, on),
    )
    found = [await read.scalar(query.limit(1)) for query in (held, paired)]
    return any(one is not None for one in found)


def _posts_of(actor: Actor, roles: Iterable[Role], on: date) -> Select[tuple[int]]:
    return select(posts.c.id).where(
        posts.c.person_id.in_(_who(actor)),
        posts.c.role.in_([role.value for role in roles]),
        holds_on(posts, on),
    )


def _who(actor: Actor) -> set[int]:
    return {*actor.person_ids, *actor.acts_for}
