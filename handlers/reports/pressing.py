"""[一键催报]: everybody who has not signed, once an hour; and who may press."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.context import Context
from rules.model.case import Task
from rules.model.people import Role
from rules.reports.pressing import press_missing
from storage.actors import Actor
from storage.facts.found import rungs_of
from storage.facts.reports import open_task_of

COLLECTING = (Role.SECTION, Role.EDUCATION_SECTION, Role.BUREAU_LEADER)


def collects(actor: Actor) -> bool:
    """Whether reports come to somebody on this chat."""
    return actor.has_role(*COLLECTING)


async def press_owners(context: Context, missing: Iterable[int], about: str) -> None:
    """Press whoever is to sign these reports, and say how many that were."""
    owed_ids = list(missing)
    found = [await open_task_of(context.work, one) for one in owed_ids]
    tasks = [one for one in found if one is not None]
    rungs = await rungs_of(context.work, {one.owner_id for one in tasks}, context.today)
    owed = [(one, rungs[one.owner_id].to_tell) for one in tasks]
    reached: list[tuple[Task, tuple[int, ...]]] = [one for one in owed if one[1]]
    await context.carry_out(press_missing(reached, about, context.actor_id, context.now))
    if reached:
        await context.toast("report.pressed", number=len(reached))
    else:
        await context.toast("report.nobody_to_press" if owed_ids else "report.nobody_missing")
