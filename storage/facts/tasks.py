"""Tasks: which are due, whose they are, and what the engine must know about one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Select, and_, bindparam, func, or_, select

from rules.book import Book
from rules.chain import ABOVE, Chain, Gap
from rules.model.case import Case, CaseState, Task, TaskState
from rules.model.people import Level
from rules.model.school import SchoolClass, Student
from rules.policy import Policy
from rules.tasks import TaskContext
from rules.tasks.gaps import GAP
from storage.actors import Actor
from storage.asking import Question
from storage.due_rows import DueRows
from storage.facts.chain import OF_OTHER_SCHOOL, OF_TOWNSHIP, chain_of_task
from storage.held import acts_on
from storage.tables.cases import cases, tasks
from storage.tables.ladder import categories
from storage.tables.people import deputies
from storage.tables.school import classes, students
from storage.work import Reading

_OPEN = tasks.c.state == TaskState.OPEN.value
_OPEN_ABOUT = Question(
    select(tasks).where(
        _OPEN, tasks.c.subject == bindparam("subject"), tasks.c.kind == bindparam("kind")
    ),
    Task,
)


@dataclass(frozen=True)
class TaskFacts:
    """A task with all that the engine decides on."""

    task: Task
    context: TaskContext


_PLANNED = DueRows(
    select(tasks.c.id).where(tasks.c.next_at.is_not(None)), tasks.c.id, tasks.c.next_at
)


async def due_task_ids(
    read: Reading, now: datetime, limit: int, skipped: Collection[int] = ()
) -> list[int]:
    """Up to `limit` tasks about which time does something now, oldest first."""
    return await _PLANNED.at(read, now, limit, skipped)


async def first_task_at(read: Reading, skipped: Collection[int] = ()) -> datetime | None:
    """When time does something about a task next."""
    return await _PLANNED.first_at(read, skipped)


async def task_by_id(read: Reading, task_id: int) -> Task | None:
    """One task, whatever its state."""
    return await read.one(select(tasks).where(tasks.c.id == task_id), Task)


async def open_tasks_of(read: Reading, person_id: int, on: date) -> list[Task]:
    """What is open for this person: their own, and of those for whom they are deputy.

    A child in danger is the two readers' alone, whoever stands in for them (privacy D18).
    """
    stands_in_for = select(deputies.c.person_id).where(
        deputies.c.deputy_id == person_id, acts_on(on)
    )
    stood_in = and_(tasks.c.owner_id.in_(stands_in_for), tasks.c.kind != "danger")
    owned = or_(tasks.c.owner_id == person_id, stood_in)
    return await _in_order(read, select(tasks).where(_OPEN, owned))


async def stood_in_for(read: Reading, actor: Actor, student_id: int) -> int | None:
    """In whose place the speaker acts on a child: the owner of an open task about it for whom the
    speaker is deputy, where none of them is the speaker's own."""
    query = select(tasks.c.owner_id).where(_OPEN, tasks.c.student_id == student_id)
    owners = await read.scalars(query.order_by(tasks.c.due_at, tasks.c.id))
    if any(one in actor.person_ids for one in owners):
        return None
    return next((one for one in owners if one in actor.acts_for), None)


async def tasks_of_case(read: Reading, case_id: int, *, only_open: bool = True) -> list[Task]:
    """The tasks of a case, by their due time."""
    query = select(tasks).where(tasks.c.case_id == case_id)
    return await _in_order(read, query.where(_OPEN) if only_open else query)


async def open_tasks_about(read: Reading, subject: str) -> list[Task]:
    """The open tasks of any kind about a subject ('leave:3')."""
    return await _in_order(read, select(tasks).where(_OPEN, tasks.c.subject == subject))


async def open_task_about(read: Reading, kind: str, subject: str) -> Task | None:
    """The one open task of a kind about a subject."""
    return await read.ask_one(_OPEN_ABOUT, subject=subject, kind=kind)


async def task_facts(read: Reading, task: Task, book: Book, now: datetime) -> TaskFacts:
    """The task with its chain of today, its case, and the numbers that its case started with."""
    on = book.calendar.local_date(now)
    child, school_class = await _child_of(read, task)
    grade = school_class.grade if school_class else None
    case = await _case_of(read, task)
    policy = _policy_from(case.policy) if case else book.policy
    chain = await chain_of_task(read, task, on)
    context = TaskContext(
        policy=policy,
        calendar=book.calendar.school(task.school_id or 0, grade),
        chain=chain,
        case=case,
        is_early=await _is_early(read, child, grade, policy, on),
        open_gaps=await _open_gaps(read, task, chain),
        earned=await _earned(read, case, task),
    )
    return TaskFacts(task, context)


async def _is_early(
    read: Reading, child: Student | None, grade: int | None, policy: Policy, on: date
) -> bool:
    if child is None:
        return False
    return is_early(child, grade, policy) or await has_category(read, child.id, on)


def is_early(child: Student, grade: int | None, policy: Policy) -> bool:
    """Whether the section hears of this child earlier: grades 1 to 6, boarders, and children with
    a category of their own (rules.md 7, Whereabouts clock; rules.md 10)."""
    is_marked = child.left_behind in ("one", "both") or child.is_disabled
    is_young = grade is not None and grade <= policy.whereabouts.early_up_to_grade
    return is_young or child.boards or is_marked


async def has_category(read: Reading, student_id: int, on: date) -> bool:
    """Whether the child belongs to a group of rules.md 10 on this day."""
    query = select(categories.c.id).where(
        categories.c.student_id == student_id,
        or_(categories.c.from_on.is_(None), categories.c.from_on <= on),
        or_(categories.c.to_on.is_(None), categories.c.to_on >= on),
    )
    return await read.scalar(query.limit(1)) is not None


@lru_cache(maxsize=64)
def _policy_from(text: str) -> Policy:
    return Policy.from_json(text)


async def _child_of(read: Reading, task: Task) -> tuple[Student | None, SchoolClass | None]:
    child = None
    if task.student_id is not None:
        child = await read.one(select(students).where(students.c.id == task.student_id), Student)
    class_id = child.class_id if child else task.class_id
    if class_id is None:
        return child, None
    return child, await read.one(select(classes).where(classes.c.id == class_id), SchoolClass)


async def _case_of(read: Reading, task: Task) -> Case | None:
    if task.case_id is None:
        return None
    query = select(cases).where(cases.c.id == task.case_id, cases.c.state != CaseState.CLOSED)
    return await read.one(query, Case)


async def _earned(read: Reading, case: Case | None, task: Task) -> int | None:
    """The highest level that an open task of the case has reached; the silence of a township, or
    of another school, is not this school's, and climbs by itself (rules.md 5, joint)."""
    if case is None:
        return None
    query = select(func.max(tasks.c.level)).where(_OPEN, tasks.c.case_id == case.id)
    own = next((kinds for kinds in (OF_TOWNSHIP, OF_OTHER_SCHOOL) if task.kind in kinds), None)
    others = tasks.c.kind.not_in((*OF_TOWNSHIP, *OF_OTHER_SCHOOL))
    query = query.where(tasks.c.kind.in_(own) if own else others)
    return int(await read.scalar(query) or 0)


async def _open_gaps(read: Reading, task: Task, chain: Chain) -> frozenset[str]:
    """The gap tasks that are open for the levels of this chain."""
    gaps = [Gap(Level.OWNER, task.school_id)]
    gaps += [Gap(one.level, one.unit_id) for one in chain.rungs if one.level in ABOVE]
    subjects = [gap.subject for gap in gaps]
    query = select(tasks.c.subject).where(
        _OPEN, tasks.c.kind == GAP, tasks.c.subject.in_(subjects)
    )
    return frozenset(await read.scalars(query))


async def _in_order(read: Reading, query: Select[object]) -> list[Task]:
    return await read.all(query.order_by(tasks.c.due_at, tasks.c.id), Task)
