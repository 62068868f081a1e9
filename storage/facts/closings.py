"""What a closing needs to know beyond the child: other schools, closed cases, who may ask."""

from __future__ import annotations

from sqlalchemy import select

from rules.child.draft import Draft
from rules.model.case import Case, CaseState
from rules.model.people import Role
from rules.model.school import Unit, UnitKind
from storage.actors import Actor
from storage.tables.cases import cases
from storage.tables.school import units
from storage.work import Reading

#: Posts at the child's school that may ask for the end of a case, besides who persuades.
ASKING = (Role.REGISTER_CLERK, Role.LEADER, Role.HEAD)


def may_ask(actor: Actor, draft: Draft) -> bool:
    """The responsible teacher, the register clerk, a leader or the head, or a deputy of theirs."""
    facts = draft.facts
    duties = facts.duties
    persons = (
        facts.responsible_id,
        duties.register_clerk_id,
        duties.leader_id,
        duties.head_id,
    )
    if any(one is not None and actor.is_one_of(one) for one in persons):
        return True
    return actor.has_role(*ASKING, unit_id=facts.student.school_id)


def may_close(actor: Actor, draft: Draft) -> bool:
    """Whether [申请结案] stands on the card: an open case, nothing underway, and it is theirs."""
    case = draft.facts.case
    is_open = case is not None and case.state is CaseState.OPEN
    return is_open and draft.facts.ladder.closing is None and may_ask(actor, draft)


def may_reopen(actor: Actor, draft: Draft) -> bool:
    """The head of the child's school, or the section; or a deputy of theirs."""
    duties = draft.facts.duties
    persons = (duties.head_id, duties.section_id)
    return any(one is not None and actor.is_one_of(one) for one in persons)


async def schools_named(read: Reading, words: str, but: int, limit: int) -> list[Unit]:
    """The schools of the county whose name holds these words, without one and without those that
    have been merged into another; the shortest names first."""
    query = select(units).where(
        units.c.kind == UnitKind.SCHOOL.value, units.c.id != but, units.c.merged_into_id.is_(None)
    )
    wanted = words.replace(" ", "")
    found = [one for one in await read.all(query, Unit) if wanted and wanted in one.name]
    return sorted(found, key=lambda one: (len(one.name), one.name))[:limit]


async def school_by_id(read: Reading, school_id: int) -> Unit | None:
    """One school of the county."""
    query = select(units).where(
        units.c.id == school_id,
        units.c.kind == UnitKind.SCHOOL.value,
        units.c.merged_into_id.is_(None),
    )
    return await read.one(query, Unit)


async def is_newest_case(read: Reading, case: Case) -> bool:
    """Whether the child has had no case after this one."""
    later = select(cases.c.id).where(cases.c.student_id == case.student_id, cases.c.id > case.id)
    return await read.scalar(later.limit(1)) is None
