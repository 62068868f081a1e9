"""[今日全校] and [待我审批]: a leader's two minutes."""

from __future__ import annotations

from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_command, on_menu
from rules.corrections import KIND as CORRECTION
from rules.model.people import Role
from rules.refusals import NotAllowed
from storage.access import schools_of
from storage.facts.tasks import open_tasks_of
from storage.views.overdue import overdue_of
from storage.views.school_line import morning_of
from storage.views.tasks import lines_of

LEADING = (Role.LEADER, Role.HEAD)
DECIDED = (
    "status_confirm",
    "objection",
    CORRECTION,
    "closing_approval",
    "leave_limit",
    "return_sign",
)


async def show_school(update: Update, context: Context) -> None:
    """[今日全校]: each school's morning, and who is late."""
    schools = sorted(await schools_of(context.work, context.actor, context.today))
    if not schools or not (context.actor.has_role(*LEADING) or context.actor.acts_for):
        raise NotAllowed
    without = set(context.actor.person_ids)
    for school_id in schools:
        await context.say("morning_line", await morning_of(context.work, school_id, context.now))
        late = await overdue_of(context.work, school_id, context.now, without)
        if late.owners:
            await context.say("overdue_card", late)


async def show_approvals(update: Update, context: Context) -> None:
    """[待我审批]: what waits for the speaker's word."""
    mine = {
        task.id: task
        for person in context.actor.person_ids
        for task in await open_tasks_of(context.work, person, context.today)
        if task.kind in DECIDED
    }
    found = sorted(mine.values(), key=lambda task: (task.due_at, task.id))
    await context.say("approvals", {"lines": await lines_of(context.work, found, context.now)})


HANDLERS = (
    on_menu(show_school, "school_today"),
    on_command(show_school, "today"),
    on_menu(show_approvals, "my_approvals"),
    on_command(show_approvals, "approvals"),
)
