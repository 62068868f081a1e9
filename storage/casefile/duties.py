"""Who was responsible when: posts and pairings wherever the child was, tasks, statuses."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from sqlalchemy import and_, false, or_, select

from rules.model.case import Case, Task
from rules.model.dossier import DutyLine, StatusLine, TaskLine
from rules.model.people import Pairing, PairingScope, Post, Role
from rules.model.school import Confirmation, SchoolClass, StatusChange, Student, Unit
from storage.casefile.sight import PROTECTED_TASKS, Sight
from storage.facts.overdue import HIDDEN, names_of
from storage.tables.cases import tasks
from storage.tables.people import pairings, posts
from storage.tables.plumbing import journal
from storage.tables.school import classes, status_changes, units
from storage.work import Reading

MOVED = "child_moved"
_OF_SCHOOL = (Role.LEADER, Role.HEAD)
_LEVELS = (
    "class_teacher",
    "teacher",
    "leader",
    "head",
    "section",
    "bureau_leader",
    "township",
)


async def duty_lines(
    read: Reading, case: Case, child: Student, until: date
) -> tuple[DutyLine, ...]:
    """Everybody who stood in the chain at any time of the case, lowest level first."""
    class_ids, school_ids = await _places(read, child)
    held = [
        *await _posts(read, class_ids, school_ids),
        *await _pairings(read, child, class_ids, school_ids),
    ]
    lines = [
        one
        for one in held
        if (one.to_on is None or one.to_on >= case.first_absent_on)
        and (one.from_on is None or one.from_on <= until)
    ]
    return tuple(
        sorted(lines, key=lambda one: (_LEVELS.index(one.level), one.from_on or date.min))
    )


async def _places(read: Reading, child: Student) -> tuple[set[int], set[int]]:
    """The classes and schools the child has been in: today's, and those it was moved from."""
    query = select(journal.c.public).where(
        journal.c.subject == f"child:{child.id}", journal.c.kind == MOVED
    )
    moves = [json.loads(public) for public in await read.scalars(query)]
    class_ids = {child.class_id, *(one["from_class"] for one in moves)}
    return class_ids, {child.school_id, *(one["from_school"] for one in moves)}


async def _posts(
    read: Reading, class_ids: Iterable[int], school_ids: Iterable[int]
) -> list[DutyLine]:
    query = select(posts).where(
        or_(
            and_(posts.c.role == Role.CLASS_TEACHER.value, posts.c.class_id.in_(class_ids)),
            and_(
                posts.c.role.in_([role.value for role in _OF_SCHOOL]),
                posts.c.unit_id.in_(school_ids),
            ),
        )
    )
    found = await read.all(query.order_by(posts.c.id), Post)
    names = await names_of(read, [one.person_id for one in found])
    places = await _class_places(read, [one.class_id for one in found if one.class_id])
    schools = await _unit_names(read, [one.unit_id for one in found])
    return [
        DutyLine(
            level=one.role.value,
            scope="class" if one.class_id else "school",
            place=places[one.class_id] if one.class_id else schools[one.unit_id],
            who=names[one.person_id],
            from_on=one.from_on,
            to_on=one.to_on,
        )
        for one in found
    ]


async def _pairings(
    read: Reading, child: Student, class_ids: set[int], school_ids: set[int]
) -> list[DutyLine]:
    townships = await read.scalars(
        select(units.c.township_id).where(
            units.c.id.in_(school_ids), units.c.township_id.is_not(None)
        )
    )
    covered = {
        PairingScope.STUDENT: {child.id},
        PairingScope.CLASS: class_ids,
        PairingScope.SCHOOL: school_ids,
        PairingScope.TOWNSHIP: set(townships),
    }
    covers = [
        and_(pairings.c.scope == scope.value, pairings.c.scope_id.in_(ids))
        for scope, ids in covered.items()
    ]
    query = select(pairings).where(or_(false(), *covers))
    found = await read.all(query.order_by(pairings.c.id), Pairing)
    names = await names_of(read, [one.person_id for one in found])
    in_class = [one.scope_id for one in found if one.scope is PairingScope.CLASS]
    places = await _class_places(read, in_class)
    named = await _unit_names(read, [one.scope_id for one in found])
    return [
        DutyLine(
            level=one.level.value,
            scope=one.scope.value,
            place=_place(one, child, places, named),
            who=names[one.person_id],
            from_on=one.from_on,
            to_on=one.to_on,
        )
        for one in found
    ]


def _place(line: Pairing, child: Student, places: dict[int, str], named: dict[int, str]) -> str:
    if line.scope is PairingScope.STUDENT:
        return child.name
    return (places if line.scope is PairingScope.CLASS else named)[line.scope_id]


async def _class_places(read: Reading, class_ids: Iterable[int]) -> dict[int, str]:
    """School and class as `school|grade|number`, for the words to be put together elsewhere."""
    found = await read.all(select(classes).where(classes.c.id.in_(set(class_ids))), SchoolClass)
    schools = await _unit_names(read, [one.school_id for one in found])
    return {one.id: f"{schools[one.school_id]}|{one.grade}|{one.number}" for one in found}


async def _unit_names(read: Reading, unit_ids: Iterable[int]) -> dict[int, str]:
    found = await read.all(select(units).where(units.c.id.in_(set(unit_ids))), Unit)
    return {one.id: one.name for one in found}


async def task_lines(read: Reading, case: Case, sight: Sight) -> tuple[TaskLine, ...]:
    """Every task of the case with its owner; nothing about danger."""
    query = select(tasks).where(tasks.c.case_id == case.id, tasks.c.kind.not_in(HIDDEN))
    found = await read.all(query.order_by(tasks.c.opened_at, tasks.c.id), Task)
    if not sight.protected:
        found = [one for one in found if one.kind not in PROTECTED_TASKS]
    names = await names_of(
        read, [n for one in found for n in (one.owner_id, one.done_by, one.acting_for)]
    )
    return tuple(
        TaskLine(
            kind=one.kind,
            owner=names[one.owner_id],
            opened_at=one.opened_at,
            due_at=one.due_at,
            state=one.state.value,
            done_at=one.done_at,
            done_by=names.get(one.done_by or 0),
            acting_for=names.get(one.acting_for or 0),
            outcome=one.outcome,
            level=one.level,
        )
        for one in found
    )


async def status_lines(read: Reading, case: Case, child: Student) -> tuple[StatusLine, ...]:
    """The steps of the child's status that belong to this case, with who confirmed each."""
    query = select(status_changes).where(status_changes.c.case_id == case.id)
    found = await read.all(query.order_by(status_changes.c.at, status_changes.c.id), StatusChange)
    names = await names_of(read, [n for one in found for n in (one.by, one.confirmed_by)])
    is_disputed = child.confirmation is Confirmation.OBJECTED
    return tuple(
        StatusLine(
            old=one.old.value,
            new=one.new.value,
            effective_on=one.effective_on,
            at=one.at,
            by=names.get(one.by or 0),
            confirmed_by=names.get(one.confirmed_by or 0),
            confirmed_at=one.confirmed_at,
            objection=one.objection,
            is_objected=is_disputed and one is found[-1],
        )
        for one in found
    )
