"""A school is merged into another: classes, children and whoever teaches them go along."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Table, or_, select, update

from rules.decision import Entry
from rules.model.case import TaskState
from rules.model.people import Pairing, PairingScope, Post, Role
from rules.model.school import PastPlace, SchoolClass, Student, Unit
from storage.importing.batch import Batch
from storage.importing.moves import about_to_lose_school, follow, renewed
from storage.tables.attendance import roll_calls
from storage.tables.cases import tasks
from storage.tables.people import pairings, posts
from storage.tables.school import classes, past_places, students, units
from storage.work import Work

#: Posts of which a school has one holder; the others go along with the children.
ONE_EACH = (Role.HEAD, Role.REPORT_CLERK, Role.REGISTER_CLERK)


def merged_in(batch: Batch) -> list[int]:
    """The schools that are there and that this batch merges into others."""
    return [
        number
        for one in batch.of(Unit).values()
        if one.merged_into_id is not None
        if (number := batch.numbers.real(one.id)) > 0
    ]


async def merge_schools(work: Work, gone: Sequence[int], on: date, *, is_new: bool) -> None:
    """Carry out what the units of a batch say; `is_new`: before the first run."""
    for number in gone:
        into = await work.scalar(select(units.c.merged_into_id).where(units.c.id == number))
        if into is not None:
            await _merge(work, number, int(into), on, is_new=is_new)


async def _merge(work: Work, old: int, new: int, on: date, *, is_new: bool) -> None:
    leaving = await about_to_lose_school(work, old, on)
    await _keep_places(work, old, leaving.children)
    await _move_classes(work, old, new)
    await _move_rows(work, old, new, on)
    await _move_posts(work, old, new, on, is_new=is_new)
    await _end_pairings(work, old, on)
    work.journal(Entry("school_merged", f"unit:{old}", public={"into": new}))
    await follow(work, leaving, on)


async def _move_classes(work: Work, old: int, new: int) -> None:
    """Every class stays together, under the next number that is free."""
    query = select(classes).where(classes.c.school_id.in_((old, new)))
    found = await work.all(query.order_by(classes.c.grade, classes.c.number), SchoolClass)
    taken = {(one.grade, one.number) for one in found if one.school_id == new}
    for one in found:
        if one.school_id != old:
            continue
        number = one.number
        while (one.grade, number) in taken:
            number += 1
        taken.add((one.grade, number))
        await work.save(classes, replace(one, school_id=new, number=number))


async def _keep_places(work: Work, old: int, followed: Collection[int]) -> None:
    """Where the children were until now; of those who are followed, `follow` writes it."""
    query = select(students).where(students.c.school_id == old, students.c.id.not_in(followed))
    left = await work.all(query.order_by(students.c.id), Student)
    places = [PastPlace(0, one.id, old, one.class_id, work.now) for one in left]
    await work.insert_many(past_places, places)


async def _move_rows(work: Work, old: int, new: int, on: date) -> None:
    """Children, open tasks about nobody, roll calls from today on; village schools below."""
    still_open = tasks.c.state == TaskState.OPEN.value
    for table, which in (
        (students, students.c.id > 0),
        (tasks, still_open & tasks.c.student_id.is_(None)),
        (roll_calls, roll_calls.c.on >= on),
    ):
        await _point(work, table, old, new, which)
    children = update(units).where(units.c.parent_id == old)
    await work.execute(children.values(parent_id=new, version=units.c.version + 1))


async def _point(work: Work, table: Table, old: int, new: int, which: object) -> None:
    change = update(table).where(table.c.school_id == old, which)  # type: ignore[arg-type]
    await work.execute(change.values(school_id=new, version=table.c.version + 1))


async def _move_posts(work: Work, old: int, new: int, on: date, *, is_new: bool) -> None:
    """Whoever teaches goes along from today; a head or clerk where the other school has none."""
    query = select(posts).where(
        posts.c.unit_id.in_((old, new)), or_(posts.c.to_on.is_(None), posts.c.to_on >= on)
    )
    held = await work.all(query.order_by(posts.c.id), Post)
    there = {one.role for one in held if one.unit_id == new}
    known = {(one.person_id, one.role, one.class_id) for one in held if one.unit_id == new}
    for one in (post for post in held if post.unit_id == old):
        is_wanted = one.role not in ONE_EACH or one.role not in there
        is_known = (one.person_id, one.role, one.class_id) in known
        if is_new and is_wanted and not is_known:
            await work.save(posts, replace(one, unit_id=new))
            continue
        await work.save(posts, replace(one, to_on=on - timedelta(days=1)))
        if is_wanted and not is_known:
            await work.insert(posts, renewed(one, unit_id=new, from_on=on))


async def _end_pairings(work: Work, old: int, on: date) -> None:
    """Lines for the old school as a whole are over; those of its classes go along with them."""
    query = select(pairings).where(
        pairings.c.scope == PairingScope.SCHOOL.value,
        pairings.c.scope_id == old,
        or_(pairings.c.to_on.is_(None), pairings.c.to_on >= on),
    )
    for one in await work.all(query, Pairing):
        await work.save(pairings, replace(one, to_on=on - timedelta(days=1)))
