"""What people see when they are linked to a chat: places, cards, and the list of a class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from rules.confirming import registered
from rules.consent import PAPER, PARENTS, needs_parent
from rules.givennames import given_name
from rules.model.case import Task, TaskState
from rules.model.people import Guardianship, GuardianState
from rules.model.school import Student
from storage.facts.binding import link_of, parent_said, parents_of
from storage.facts.duties import duties_of
from storage.facts.tasks import task_by_id
from storage.naming import child_name
from storage.tables.people import guardianships, people
from storage.tables.school import classes, students, units
from storage.views import OutboxRow, Unwanted, view
from storage.work import Reading


@dataclass(frozen=True)
class Place:
    """A class of a school, as people name it."""

    school: str
    grade: int
    number: int


@dataclass(frozen=True)
class ChildLine:
    """One child for its guardian: `given_name` only where there are several."""

    place: Place
    teacher: str | None = None
    given_name: str | None = None


@dataclass(frozen=True)
class Confirmed:
    """The teacher said that it is them."""

    children: tuple[ChildLine, ...]


@dataclass(frozen=True)
class BindingCard:
    """Somebody says they are a guardian: is it them?  `outcome` is None while that is open."""

    task_id: int
    place: Place
    child: str
    guardian: str
    registered: str
    claimed: str
    needs_parent: bool
    has_parent_consent: bool
    parent_said: str = ""  # asked | paper | chat | refused; empty: nobody could be asked in chat
    outcome: str | None = None
    by: str | None = None
    at: datetime | None = None


async def place_of(read: Reading, class_id: int) -> Place:
    """Where a class is; LookupError when there is none."""
    query = (
        select(units.c.name.label("school"), classes.c.grade, classes.c.number)
        .join(units, units.c.id == classes.c.school_id)
        .where(classes.c.id == class_id)
    )
    found = await read.one(query, Place)
    if found is None:
        raise LookupError(f"no class {class_id}")
    return found


async def places_of(read: Reading, class_ids: Iterable[int]) -> tuple[Place, ...]:
    """Several classes, each once."""
    return tuple([await place_of(read, one) for one in dict.fromkeys(class_ids)])


@view("guardian_confirmed")
async def guardian_confirmed(read: Reading, row: OutboxRow) -> Confirmed | Unwanted:
    """Only what the teacher has confirmed, and only while it is."""
    link = await read.one(
        select(guardianships).where(guardianships.c.id == row.item), Guardianship
    )
    is_bound = link is not None and link.state is GuardianState.BOUND
    if link is None or link.confirmed_at is None or not is_bound:
        return Unwanted("unbound")
    return await confirmed(read, link.person_id, [link.id], link.confirmed_at.date())


async def confirmed(read: Reading, person_id: int, link_ids: Iterable[int], on: date) -> Confirmed:
    """The children of these guardianships, for the guardian."""
    wanted = set(link_ids)
    mine = await _linked_children(read, person_id)
    lines = [
        ChildLine(
            await place_of(read, child.class_id),
            await teacher_of(read, child, on),
            given_name(child.name) if len(mine) > 1 else None,
        )
        for link, child in mine
        if link.id in wanted
    ]
    return Confirmed(tuple(lines))


async def _linked_children(read: Reading, person_id: int) -> list[tuple[Guardianship, Student]]:
    query = (
        select(guardianships)
        .where(
            guardianships.c.person_id == person_id,
            guardianships.c.state == GuardianState.BOUND.value,
        )
        .order_by(guardianships.c.id)
    )
    links = await read.all(query, Guardianship)
    return [(link, await student_of(read, link.student_id)) for link in links]


async def student_of(read: Reading, student_id: int) -> Student:
    """A child that a stored row points to."""
    found = await read.one(select(students).where(students.c.id == student_id), Student)
    if found is None:
        raise LookupError(f"no child {student_id}")
    return found


async def name_of(read: Reading, person_id: int | None) -> str | None:
    """A person's name; None for nobody."""
    name: str | None = await read.scalar(select(people.c.name).where(people.c.id == person_id))
    return name


async def teacher_of(read: Reading, child: Student, on: date) -> str | None:
    """The name of the class teacher, if there is one."""
    return await name_of(read, (await duties_of(read, child, on)).class_teacher_id)


@view("binding_card")
async def claim_to_confirm(read: Reading, row: OutboxRow) -> BindingCard | Unwanted:
    """The card that goes out when somebody wants to be linked; not once that is decided."""
    task = await task_by_id(read, row.item)
    if task is None or task.state is not TaskState.OPEN:
        return Unwanted("done")
    return await binding_card(read, task)


async def _parent_said(read: Reading, link: Guardianship) -> str:
    said = await parent_said(read, link.id)
    if said is not None and said.agreed == link.parent_consent:
        return ("paper" if said.way == PAPER else "chat") if said.agreed else "refused"
    return "asked" if await parents_of(read, link.student_id) else ""


@dataclass(frozen=True)
class ParentAskedView:
    """Who asks to be linked to which child; the parent's answer once it is given."""

    link_id: int
    who: str
    child: str
    place: Place
    answer: str = ""  # agreed | refused


@view("parent_asked")
async def parent_asked(read: Reading, row: OutboxRow) -> ParentAskedView | Unwanted:
    """Only while the carer waits, and this parent is still one whom it may be asked."""
    link = await link_of(read, row.item)
    if link.state is not GuardianState.CLAIMED or not needs_parent(link):
        return Unwanted("answered")
    if row.to not in await parents_of(read, link.student_id):
        return Unwanted("unbound")
    return await asked_of_parent(read, link)


async def asked_of_parent(read: Reading, link: Guardianship, answer: str = "") -> ParentAskedView:
    """The question as a parent sees it."""
    child = await student_of(read, link.student_id)
    who = await name_of(read, link.person_id) or ""
    place = await place_of(read, child.class_id)
    return ParentAskedView(link.id, who, given_name(child.name) or child.name, place, answer)


async def binding_card(read: Reading, task: Task) -> BindingCard:
    """The card of a `binding` task, as things stand."""
    link = await link_of(read, int(task.subject.partition(":")[2]))
    child = await student_of(read, link.student_id)
    is_carer = link.is_carer and link.relation not in PARENTS
    return BindingCard(
        task_id=task.id,
        place=await place_of(read, child.class_id),
        child=child_name(read, child),
        guardian=await name_of(read, link.person_id) or "",
        registered=registered(task, link).relation.value,
        claimed="carer" if is_carer else link.relation.value,
        needs_parent=needs_parent(link),
        has_parent_consent=is_carer and link.parent_consent,
        parent_said=await _parent_said(read, link) if is_carer else "",
        outcome=task.outcome,
        by=await name_of(read, task.done_by),
        at=task.done_at,
    )
