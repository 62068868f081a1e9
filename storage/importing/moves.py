"""Children whom a batch puts into another class or school: what is open about them follows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from rules.child.facts import Duties
from rules.decision import Decision
from rules.messages.staff import DayCard
from rules.model.attendance import RollCall, Session
from rules.model.case import CaseState, Task, TaskState
from rules.model.school import PastPlace, Student
from rules.moving import Move, carry_picks, move
from storage.carrying import carry_out
from storage.facts.child import running_case
from storage.facts.duties import duties_of, duties_of_class
from storage.facts.rosters import roll_call_on
from storage.importing.batch import Batch
from storage.tables.attendance import roll_calls
from storage.tables.cases import cases, tasks
from storage.tables.school import past_places, students
from storage.work import Reading, Work


@dataclass(frozen=True)
class Leaving:
    """Children as they were before a batch was written, and who answered for them."""

    children: dict[int, Student]
    duties: dict[int, Duties]


async def about_to_move(read: Reading, batch: Batch, on: date) -> Leaving:
    """The children of a batch who are known and will sit elsewhere."""
    planned = {
        number: one
        for one in batch.of(Student).values()
        if (number := batch.numbers.real(one.id)) > 0
    }
    if not planned:
        return Leaving({}, {})
    query = select(students).where(students.c.id.in_(planned))
    before = {one.id: one for one in await read.all(query, Student)}
    real = batch.numbers.real
    return await _leaving(
        read,
        {
            number: one
            for number, one in before.items()
            if (one.school_id, one.class_id)
            != (real(planned[number].school_id), real(planned[number].class_id))
        },
        on,
    )


async def about_to_lose_school(read: Reading, school_id: int, on: date) -> Leaving:
    """The children of a school that is merged into another, as far as somebody follows them."""
    running = select(cases.c.student_id).where(cases.c.state != CaseState.CLOSED.value)
    waiting = select(tasks.c.student_id).where(
        tasks.c.state == TaskState.OPEN.value, tasks.c.student_id.is_not(None)
    )
    query = select(students).where(
        students.c.school_id == school_id,
        or_(students.c.id.in_(running), students.c.id.in_(waiting)),
    )
    return await _leaving(read, {one.id: one for one in await read.all(query, Student)}, on)


async def _leaving(read: Reading, children: dict[int, Student], on: date) -> Leaving:
    duties = {number: await duties_of(read, one, on) for number, one in children.items()}
    return Leaving(children, duties)


async def follow(work: Work, leaving: Leaving, on: date) -> None:
    """After the batch: cases, tasks, today's taps and the teachers' cards; where they were."""
    if not leaving.children:
        return
    await work.insert_many(
        past_places, [_place_of(one, work) for one in leaving.children.values()]
    )
    query = select(students).where(students.c.id.in_(leaving.children))
    touched: set[int] = set()
    for after in await work.all(query, Student):
        before = leaving.children[after.id]
        there = await duties_of(work, after, on)
        one = Move(before, after, leaving.duties[after.id], there)
        await _follow(work, one)
        if before.class_id != after.class_id:
            await _carry_picks(work, one, on)
            touched |= {before.class_id, after.class_id}
    await _show_again(work, touched, on)


def _place_of(before: Student, work: Work) -> PastPlace:
    return PastPlace(0, before.id, before.school_id, before.class_id, work.now)


async def _follow(work: Work, one: Move) -> None:
    """Of a child about whom nothing is open, there is nothing to tell."""
    query = select(tasks).where(
        tasks.c.student_id == one.after.id, tasks.c.state == TaskState.OPEN.value
    )
    found = await work.all(query.order_by(tasks.c.id), Task)
    case = await running_case(work, one.after.id)
    if one.is_one and (found or case is not None):
        await carry_out(work, move(one, found, case, work.now))


async def _carry_picks(work: Work, one: Move, on: date) -> None:
    for session in Session:
        old = await roll_call_on(work, one.before.class_id, on, session)
        new = await roll_call_on(work, one.after.class_id, on, session)
        for changed in carry_picks(old, new, one.after.id):
            await work.save(roll_calls, changed)


async def _show_again(work: Work, class_ids: Collection[int], on: date) -> None:
    """The living cards of both classes show who sits there now."""
    cards = []
    query = select(roll_calls).where(roll_calls.c.class_id.in_(class_ids), roll_calls.c.on == on)
    for one in await work.all(query.order_by(roll_calls.c.id), RollCall):
        teacher = (await duties_of_class(work, one.class_id, on)).class_teacher_id
        if teacher is not None:
            stamp = f"moved:{work.now.timestamp():.6f}"
            cards.append(DayCard(to=teacher, item=one.id, round=stamp))
    if cards:
        await carry_out(work, Decision(messages=tuple(cards)))


def renewed(record: Any, **changes: Any) -> Any:
    """The same line anew, for somebody or some place else."""
    return replace(record, id=0, version=1, **changes)
