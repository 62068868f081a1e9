"""Records of children in danger, fetched only for the two who may open them (privacy D18)."""

from __future__ import annotations

from sqlalchemy import select

from rules.danger import KIND, Danger
from rules.model.case import Task, TaskState
from rules.refusals import NotYours
from storage.actors import Actor
from storage.tables.cases import tasks
from storage.tables.danger import dangers
from storage.work import Reading, Work


async def danger_visible_to(read: Reading, actor: Actor, danger_id: int) -> Danger:
    """The record; NotYours for everybody but its two readers, also for their deputies."""
    danger = await danger_by_id(read, danger_id)
    if danger is None:
        raise NotYours
    danger.require_reader(actor.person_ids)
    return danger


async def danger_by_id(read: Reading, danger_id: int) -> Danger | None:
    """The record, for what has checked the reader itself."""
    return await read.one(select(dangers).where(dangers.c.id == danger_id), Danger)


async def keep_danger(work: Work, danger: Danger) -> Danger:
    """Store it; it has its number afterwards."""
    return await work.save(dangers, danger)


async def danger_tasks(read: Reading, danger: Danger) -> tuple[Task, ...]:
    """The open tasks of both readers."""
    query = select(tasks).where(
        tasks.c.kind == KIND,
        tasks.c.subject.startswith(f"{KIND}:{danger.id}:", autoescape=True),
        tasks.c.state == TaskState.OPEN.value,
    )
    return tuple(await read.all(query.order_by(tasks.c.id), Task))
