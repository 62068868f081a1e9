"""联系方式待修: guardians whom nobody has reached for long, or whose number is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from rules.child.asking import ContactChange
from rules.masking import masked_phone
from rules.model.case import Task
from rules.model.people import ContactFlag, Guardianship, GuardianState, Person
from rules.model.school import EnrolmentStatus
from rules.reach import Known, Proof, RepairReason, repair_reason
from storage.chunks import chunks
from storage.ledgers.pupils import Pupil, belonging, pupils_of
from storage.ledgers.scope import Scope, Table
from storage.ledgers.statuses import standings
from storage.links import links_then
from storage.reach import of_families, open_repairs, proofs_of, unanswered
from storage.tables.people import guardianships, people
from storage.work import Reading

COLUMNS = (
    "school",
    "grade",
    "class",
    "name",
    "guardian",
    "relation",
    "phone",
    "link",
    "reached_at",
    "reached_by",
    "age_days",
    "repair_why",
    "repair_owner",
    "repair_since",
)
_GONE = (EnrolmentStatus.LEFT, EnrolmentStatus.TRANSFERRED)


@dataclass(frozen=True)
class Repair:
    """One guardian on the list."""

    pupil: Pupil
    link: Guardianship
    last: Proof | None
    reason: RepairReason
    task: Task | None

    @property
    def order(self) -> tuple[object, ...]:
        """As the ledgers are ordered; within a child as the register is."""
        return (*self.pupil.order, self.link.position, self.link.id)


async def contact_repair(read: Reading, scope: Scope) -> Table:
    """Every guardian to be repaired, child by child."""
    found = await repairs(read, scope)
    owners = {one.task.owner_id for one in found if one.task}
    persons = await _persons(read, owners | {one.link.person_id for one in found})
    return Table(COLUMNS, tuple(_row(one, persons, scope) for one in found))


async def repairs(
    read: Reading, scope: Scope, children: Collection[int] | None = None
) -> list[Repair]:
    """The list as it stood; of some children only where they are named.

    Guardians who must not be contacted, and those for whom [发错人了] was pressed and settled, are
    on no day's list.
    """
    links = await links_then(read, await _links(read, scope, children), scope.upto)
    found = await _listed(read, links, scope)
    pupils = await pupils_of(read, {one[0].student_id for one in found}, scope)
    standing = await standings(read, scope)
    gone = {child for child, one in standing.items() if one.status in _GONE}
    listed = [
        Repair(pupils[link.student_id], link, last, reason, task)
        for link, last, reason, task in found
        if link.student_id in pupils and link.student_id not in gone
    ]
    return sorted(listed, key=lambda one: one.order)


async def _listed(
    read: Reading, links: Sequence[Guardianship], scope: Scope
) -> list[tuple[Guardianship, Proof | None, RepairReason, Task | None]]:
    """Those with a reason, before anything is asked about their children."""
    proofs = await proofs_of(read, links, scope.upto)
    families = of_families(links, proofs)
    asked = await unanswered(read, {one.person_id for one in links}, scope.upto)
    open_now = await open_repairs(read, {one.student_id for one in links}, scope.upto)
    tasks, found = _by_link(links, open_now), []
    for link in links:
        last, task = proofs.get(link.id), tasks.get(link.id)
        is_bound = link.state is GuardianState.BOUND
        asked_at = asked.get(link.person_id) if is_bound else None
        known = Known(last, families.get(link.student_id), asked_at, task is not None)
        reason = repair_reason(known, scope.upto, scope.reach)
        if reason and (task or link.state is not GuardianState.WRONG_PERSON):
            found.append((link, last, reason, task))
    return found


async def _links(
    read: Reading, scope: Scope, children: Collection[int] | None
) -> list[Guardianship]:
    whose = guardianships.c.student_id
    may_be_asked = guardianships.c.flag != ContactFlag.NO_CONTACT.value
    query = select(guardianships).where(may_be_asked, belonging(whose, scope))
    if children is not None:
        query = query.where(whose.in_(children))
    return await read.all(query.order_by(guardianships.c.id), Guardianship)


def _by_link(links: Sequence[Guardianship], tasks: Sequence[Task]) -> dict[int, Task]:
    """A repair is about whoever wrote a new number, else about who said [发错人了], else about the
    whole family."""
    families: dict[int, list[Guardianship]] = defaultdict(list)
    for link in links:
        families[link.student_id].append(link)
    return {
        link.id: task
        for task in tasks
        for link in _meant(families.get(task.student_id or 0, []), task)
    }


def _meant(family: Sequence[Guardianship], task: Task) -> Sequence[Guardianship]:
    change = ContactChange.read(task.note)
    if change is not None:
        return [one for one in family if one.person_id == change.person_id]
    wrong = [one for one in family if one.state is GuardianState.WRONG_PERSON]
    return wrong or family


def _row(one: Repair, persons: Mapping[int, Person], scope: Scope) -> tuple[object, ...]:
    pupil, link, person = one.pupil, one.link, persons[one.link.person_id]
    phone = masked_phone(person.phone) if person.phone else None
    owner = persons[one.task.owner_id].name if one.task else None
    return (
        *(pupil.school, pupil.grade, pupil.number, pupil.name),
        *(person.name, link.relation.value, phone, link.state.value),
        *(one.last.at if one.last else None, one.last.kind.value if one.last else None),
        age_in_days(one.last, scope.upto),
        *(one.reason.value, owner, one.task.opened_at if one.task else None),
    )


def age_in_days(last: Proof | None, upto: datetime) -> int | None:
    """Whole days since the proof; None where there never was one."""
    return (upto - last.at).days if last else None


async def _persons(read: Reading, ids: Collection[int]) -> dict[int, Person]:
    found: dict[int, Person] = {}
    for some in chunks(ids):
        query = select(people).where(people.c.id.in_(some))
        found |= {one.id: one for one in await read.all(query, Person)}
    return found
