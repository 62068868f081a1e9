"""[本班]: which families of a class are linked, and which are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from rules.confirming import KIND
from rules.model.attendance import Session
from rules.model.case import Task, TaskState
from rules.model.people import ContactFlag, Guardianship, GuardianState
from rules.model.school import SchoolClass
from rules.policy.sections import Reaching
from storage.facts.rosters import roster_of
from storage.naming import child_name
from storage.tables.cases import tasks
from storage.tables.people import guardianships
from storage.tables.school import classes
from storage.views.binding import Place, place_of
from storage.views.reach import ReachLine, class_lines
from storage.work import Reading


@dataclass(frozen=True)
class Linked:
    """One guardian who is linked, by the child."""

    name: str
    relation: str


@dataclass(frozen=True)
class Waiting:
    """A claim that waits for the class teacher."""

    task_id: int
    name: str


@dataclass(frozen=True)
class OtherClass:
    """Another class of the same teacher."""

    class_id: int
    grade: int
    number: int


@dataclass(frozen=True)
class MyClass:
    """The families of one class; children are named where nobody of theirs is linked."""

    class_id: int
    place: Place
    bound: int
    total: int
    percent: int
    linked: tuple[Linked, ...]
    waiting: tuple[Waiting, ...]
    unbound: tuple[str, ...]
    phone_only: tuple[str, ...]
    stopped: tuple[str, ...]
    live_until: datetime | None
    silent: tuple[ReachLine, ...]
    others: tuple[OtherClass, ...]


async def my_class(
    read: Reading,
    school_class: SchoolClass,
    mine: Sequence[int],
    today: tuple[datetime, date],
    rules: Reaching,
) -> MyClass:
    """The class as it stands; `mine` are all classes of the teacher."""
    now, on = today
    children = await roster_of(read, school_class.id, Session.MORNING)
    links = await _links(read, [child.id for child in children])
    names = {child.id: child_name(read, child) for child in children}
    bound = [link for link in links if link.state is GuardianState.BOUND]
    until = school_class.live_binding_until
    return MyClass(
        class_id=school_class.id,
        place=await place_of(read, school_class.id),
        bound=len(bound),
        total=len(links),
        percent=100 * len(bound) // len(links) if links else 0,
        linked=tuple(Linked(names[link.student_id], _said(link)) for link in bound),
        waiting=await _waiting(read, school_class.id, names),
        unbound=_named(names, links, GuardianState.UNBOUND),
        phone_only=_named(names, links, GuardianState.PHONE_ONLY),
        stopped=_named(names, links, GuardianState.STOPPED),
        live_until=until if until and now < until else None,
        silent=await class_lines(read, children, rules, now, on),
        others=await _others(read, [one for one in mine if one != school_class.id]),
    )


async def _links(read: Reading, student_ids: list[int]) -> list[Guardianship]:
    """Those who may ever be linked; a wrong person, and one who must not be written to, is not."""
    query = (
        select(guardianships)
        .where(
            guardianships.c.student_id.in_(student_ids),
            guardianships.c.state != GuardianState.WRONG_PERSON.value,
            guardianships.c.flag != ContactFlag.NO_CONTACT.value,
        )
        .order_by(guardianships.c.student_id, guardianships.c.position)
    )
    return await read.all(query, Guardianship)


def _said(link: Guardianship) -> str:
    return link.relation.value


_BEFORE_OTHERS = (
    GuardianState.BOUND,
    GuardianState.CLAIMED,
    GuardianState.PHONE_ONLY,
    GuardianState.STOPPED,
)


def _named(
    names: Mapping[int, str], links: Sequence[Guardianship], state: GuardianState
) -> tuple[str, ...]:
    """The children whose family has come this far and no further."""
    return tuple(name for child, name in names.items() if _furthest(child, links) is state)


def _furthest(student_id: int, links: Sequence[Guardianship]) -> GuardianState:
    states = {link.state for link in links if link.student_id == student_id}
    return next((one for one in _BEFORE_OTHERS if one in states), GuardianState.UNBOUND)


async def _waiting(read: Reading, class_id: int, names: dict[int, str]) -> tuple[Waiting, ...]:
    query = select(tasks).where(
        tasks.c.kind == KIND, tasks.c.class_id == class_id, tasks.c.state == TaskState.OPEN.value
    )
    found = await read.all(query.order_by(tasks.c.id), Task)
    return tuple(
        Waiting(task.id, names[task.student_id]) for task in found if task.student_id in names
    )


async def _others(read: Reading, class_ids: list[int]) -> tuple[OtherClass, ...]:
    query = select(classes).where(classes.c.id.in_(class_ids)).order_by(classes.c.id)
    return tuple(
        OtherClass(one.id, one.grade, one.number) for one in await read.all(query, SchoolClass)
    )
