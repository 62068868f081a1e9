"""Who may see which child, case and task (privacy D3): one condition for lists and for single ids.

Checked at the moment of use, by the person's present posts and pairings, never by having a key.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, or_, select

from rules.model.attendance import Leave, RollCall
from rules.model.case import Case, Safety, Task
from rules.model.ladder import ReferralState
from rules.model.people import Level, PairingLevel, PairingScope, Role
from rules.model.reports import ReportDue
from rules.model.school import Student
from rules.refusals import NotYours
from storage.actors import Actor
from storage.by_key import ROLL_CALL
from storage.held import Day, holds_on
from storage.prepared import Prepared
from storage.tables.attendance import leaves
from storage.tables.cases import cases, safety, tasks
from storage.tables.ladder import closings, referrals
from storage.tables.people import pairings, posts
from storage.tables.reports import report_dues
from storage.tables.school import classes, students, units
from storage.work import Reading

T = TypeVar("T")

#: Posts that see every child of their school, and of the village schools under it.
SCHOOL_POSTS = (Role.LEADER, Role.HEAD, Role.REPORT_CLERK, Role.REGISTER_CLERK)
_SCHOOL_LEVELS = (PairingLevel.TEACHER, PairingLevel.LEADER)
_ATTENTION = ("suspected", "dropout")


def visible_students(actor: Actor, on: date) -> ColumnElement[bool]:
    """The children whom somebody on this chat, or whoever they stand in for, answers for today.

    Class teachers see their class, paired teachers and leaders whom they are paired to, leaders
    and clerks their school; the section and the bureau leader what climbed to them from whatever
    they are paired to (D2), and whose case they ended; the township contact the children whose
    cases were notified to the township; and whoever owns a task sees the child it is about.
    """
    who = list({*actor.person_ids, *actor.acts_for})
    return or_(
        students.c.class_id.in_(_held(who, (Role.CLASS_TEACHER,), on, posts.c.class_id)),
        students.c.id.in_(_paired(who, PairingScope.STUDENT, _SCHOOL_LEVELS, on)),
        students.c.class_id.in_(_paired(who, PairingScope.CLASS, _SCHOOL_LEVELS, on)),
        students.c.school_id.in_(_paired(who, PairingScope.SCHOOL, _SCHOOL_LEVELS, on)),
        students.c.school_id.in_(_schools_of(_held(who, SCHOOL_POSTS, on, posts.c.unit_id))),
        students.c.id.in_(_notified(who, on)),
        _climbed(who, PairingLevel.SECTION, Level.SECTION, on),
        _climbed(who, PairingLevel.BUREAU_LEADER, Level.BUREAU_LEADER, on),
        students.c.id.in_(select(closings.c.student_id).where(closings.c.section_by.in_(who))),
        students.c.id.in_(
            select(tasks.c.student_id).where(
                tasks.c.owner_id.in_(who),
                tasks.c.state == "open",
                tasks.c.student_id.is_not(None),
            )
        ),
    )


def _notified(who: list[int], on: date) -> Select[Any]:
    """The children of cases that were notified to a township of these people, until it is out."""
    return select(referrals.c.student_id).where(
        referrals.c.township_id.in_(_held(who, (Role.TOWNSHIP,), on, posts.c.unit_id)),
        referrals.c.state.in_((ReferralState.SENT.value, ReferralState.ACCEPTED.value)),
    )


def _held(
    who: list[int] | BindParameter[Any], roles: Iterable[Role], on: Day, column: ColumnElement[int]
) -> Select[Any]:
    return select(column).where(
        posts.c.person_id.in_(who),
        posts.c.role.in_([role.value for role in roles]),
        holds_on(posts, on),
        column.is_not(None),
    )


_TAUGHT = _held(
    bindparam("who", expanding=True), (Role.CLASS_TEACHER,), bindparam("on"), posts.c.class_id
)
_CLASSES = Prepared(select(classes.c.id).where(classes.c.id.in_(_TAUGHT)))


def _paired(
    who: list[int], scope: PairingScope, levels: Iterable[PairingLevel], on: date
) -> Select[Any]:
    return select(pairings.c.scope_id).where(
        pairings.c.person_id.in_(who),
        pairings.c.scope == scope.value,
        pairings.c.level.in_([level.value for level in levels]),
        holds_on(pairings, on),
    )


def _schools_of(unit_ids: Select[Any]) -> Select[Any]:
    return select(units.c.id).where(or_(units.c.id.in_(unit_ids), units.c.parent_id.in_(unit_ids)))


def _climbed(who: list[int], level: PairingLevel, rung: Level, on: date) -> ColumnElement[bool]:
    """Children of the person's townships, schools, classes or own list who are suspected, searched
    for, or whose case has reached this level."""
    schools = select(units.c.id).where(
        or_(
            units.c.township_id.in_(_paired(who, PairingScope.TOWNSHIP, (level,), on)),
            units.c.id.in_(_paired(who, PairingScope.SCHOOL, (level,), on)),
        )
    )
    reached = select(cases.c.student_id).where(cases.c.level >= int(rung), cases.c.state == "open")
    searched = select(safety.c.student_id).where(safety.c.state == "open")
    return and_(
        or_(
            students.c.school_id.in_(schools),
            students.c.class_id.in_(_paired(who, PairingScope.CLASS, (level,), on)),
            students.c.id.in_(_paired(who, PairingScope.STUDENT, (level,), on)),
        ),
        or_(
            students.c.id.in_(reached),
            students.c.id.in_(searched),
            students.c.status.in_(_ATTENTION) if rung is Level.SECTION else students.c.id < 0,
        ),
    )


async def student_visible_to(read: Reading, actor: Actor, student_id: int, on: date) -> Student:
    """The child; NotYours when there is none, or none of this person's."""
    query = select(students).where(students.c.id == student_id, visible_students(actor, on))
    return _found(await read.one(query, Student))


async def case_visible_to(read: Reading, actor: Actor, case_id: int, on: date) -> Case:
    """The case of a child whom this person may see."""
    case = _found(await read.one(select(cases).where(cases.c.id == case_id), Case))
    await student_visible_to(read, actor, case.student_id, on)
    return case


async def task_visible_to(read: Reading, actor: Actor, task_id: int, on: date) -> Task:
    """A task: one's own, a deputised one, or about a child or class of one's own."""
    task = _found(await read.one(select(tasks).where(tasks.c.id == task_id), Task))
    if actor.is_one_of(task.owner_id):
        return task
    if task.student_id is not None:
        await student_visible_to(read, actor, task.student_id, on)
        return task
    if task.school_id is None or task.school_id not in await schools_of(read, actor, on):
        raise NotYours
    return task


async def schools_of(read: Reading, actor: Actor, on: date) -> set[int]:
    """The schools that somebody on this chat answers for as a whole: as its leader or clerk, by
    township or school in the pairing table, or because every class of it is paired to them there.
    """
    who = list({*actor.person_ids, *actor.acts_for})
    bureau = (PairingLevel.SECTION, PairingLevel.BUREAU_LEADER)
    query = select(units.c.id).where(
        or_(
            units.c.id.in_(_schools_of(_held(who, SCHOOL_POSTS, on, posts.c.unit_id))),
            units.c.township_id.in_(_paired(who, PairingScope.TOWNSHIP, bureau, on)),
            units.c.id.in_(_paired(who, PairingScope.SCHOOL, (*bureau, PairingLevel.LEADER), on)),
            *(_class_by_class(who, level, on) for level in bureau),
        ),
        units.c.kind == "school",
    )
    return set(await read.scalars(query))


def _class_by_class(who: list[int], level: PairingLevel, on: date) -> ColumnElement[bool]:
    """Schools whose classes are paired to these people at this level, and to nobody else."""
    lines = (
        select(classes.c.school_id)
        .join(pairings, pairings.c.scope_id == classes.c.id)
        .where(
            pairings.c.scope == PairingScope.CLASS.value,
            pairings.c.level == level.value,
            holds_on(pairings, on),
        )
    )
    return and_(
        units.c.id.in_(lines.where(pairings.c.person_id.in_(who))),
        units.c.id.not_in(lines.where(pairings.c.person_id.not_in(who))),
    )


async def led_schools(read: Reading, actor: Actor, on: date) -> set[int]:
    """The schools that somebody on this chat leads, with their village schools."""
    who = list({*actor.person_ids, *actor.acts_for})
    held = _held(who, (Role.LEADER, Role.HEAD), on, posts.c.unit_id)
    query = _schools_of(held).where(units.c.kind == "school", units.c.merged_into_id.is_(None))
    return set(await read.scalars(query))


async def ledger_schools(read: Reading, actor: Actor, on: date) -> set[int]:
    """The schools whose ledgers this chat may have: those it answers for as a whole, and all of
    them for the education section (rules.md 9)."""
    if actor.has_role(Role.EDUCATION_SECTION):
        is_school = (units.c.kind == "school") & units.c.merged_into_id.is_(None)
        return set(await read.scalars(select(units.c.id).where(is_school)))
    return await schools_of(read, actor, on)


async def report_visible_to(read: Reading, actor: Actor, due_id: int, on: date) -> ReportDue:
    """A report of a school that this chat answers for, or to which it comes."""
    query = select(report_dues).where(report_dues.c.id == due_id)
    due = _found(await read.one(query, ReportDue))
    offices = [one.unit_id for one in actor.posts if one.role is Role.EDUCATION_SECTION]
    if due.unit_id not in (*offices, *await ledger_schools(read, actor, on)):
        raise NotYours
    return due


async def township_report_visible_to(
    read: Reading, actor: Actor, due_id: int, on: date
) -> ReportDue:
    """A signed report of a school of a township for which this chat acts."""
    here = select(units.c.id).where(units.c.township_id.in_(await townships_of(read, actor, on)))
    query = select(report_dues).where(
        report_dues.c.id == due_id, report_dues.c.unit_id.in_(here), report_dues.c.number > 0
    )
    return _found(await read.one(query, ReportDue))


async def townships_of(read: Reading, actor: Actor, on: date) -> list[int]:
    """The townships for which somebody on this chat acts today."""
    who = list({*actor.person_ids, *actor.acts_for})
    held = _held(who, (Role.TOWNSHIP,), on, posts.c.unit_id)
    return await read.scalars(select(units.c.id).where(units.c.id.in_(held)))


async def classes_of(read: Reading, actor: Actor, on: date) -> list[int]:
    """The classes of which somebody on this chat is class teacher today, or deputy for one."""
    return await read.values(_CLASSES, who=list({*actor.person_ids, *actor.acts_for}), on=on)


async def filed_classes(read: Reading, actor: Actor, on: date) -> list[int]:
    """The classes for which somebody on this chat may file attendance: their own, and those of
    the school whose leader or clerk they are."""
    who = list({*actor.person_ids, *actor.acts_for})
    schools = _schools_of(_held(who, SCHOOL_POSTS, on, posts.c.unit_id))
    query = select(classes.c.id).where(
        or_(
            classes.c.id.in_(_held(who, (Role.CLASS_TEACHER,), on, posts.c.class_id)),
            classes.c.school_id.in_(schools),
        )
    )
    return await read.scalars(query.order_by(classes.c.id))


async def roll_call_visible_to(
    read: Reading, actor: Actor, roll_call_id: int, on: date
) -> RollCall:
    """A roll call of one's own class, or of one's own school ([代点名])."""
    found = _found(await read.get(ROLL_CALL, roll_call_id))
    if found.class_id in await classes_of(read, actor, on):
        return found
    if found.school_id not in await schools_of(read, actor, on):
        raise NotYours
    return found


async def leave_visible_to(read: Reading, actor: Actor, leave_id: int, on: date) -> Leave:
    """A leave of a child whom this person may see."""
    leave = _found(await read.one(select(leaves).where(leaves.c.id == leave_id), Leave))
    await student_visible_to(read, actor, leave.student_id, on)
    return leave


async def search_visible_to(read: Reading, actor: Actor, safety_id: int, on: date) -> Safety:
    """A search for a child whom this person may see, or about which they were told."""
    search = _found(await read.one(select(safety).where(safety.c.id == safety_id), Safety))
    if not any(actor.is_one_of(person) for person in search.told):
        await student_visible_to(read, actor, search.student_id, on)
    return search


def _found(row: T | None) -> T:
    if row is None:
        raise NotYours
    return row
