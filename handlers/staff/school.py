"""[今日全校] and [待我审批]: a leader's two minutes; [待签收] at the section."""

from __future__ import annotations

from collections.abc import Collection

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
from storage.views.tasks import TaskLine, lines_of

LEADING = (Role.LEADER, Role.HEAD)
DECIDED = (
    "status_confirm",
    "objection",
    CORRECTION,
    "closing_approval",
    "transfer_confirm",
    "leave_limit",
    "return_sign",
    "notice_approval",
    "report_signature",
    "joint_issue",
)
#: What comes to the section from the schools, and what it has to send on.
RECEIVED = (
    "report_acknowledgement",
    "joint_issue",
    "township_delivery",
    "county_delivery",
    "township_dispute",
    "closing_approval",
    "objection",
    "leave_limit",
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
    await context.say("approvals", {"lines": await _own_lines(context, DECIDED)})


async def show_received(update: Update, context: Context) -> None:
    """[待签收]: what waits at the section to be acknowledged, decided or delivered."""
    await context.say("received", {"lines": await _own_lines(context, RECEIVED)})


async def _own_lines(context: Context, kinds: Collection[str]) -> tuple[TaskLine, ...]:
    mine = {
        task.id: task
        for person in context.actor.person_ids
        for task in await open_tasks_of(context.work, person, context.today)
        if task.kind in kinds
    }
    found = sorted(mine.values(), key=lambda task: (task.due_at, task.id))
    return await lines_of(context.work, found, context.now)


HANDLERS = (
    on_menu(show_school, "school_today"),
    on_command(show_school, "today"),
    on_menu(show_approvals, "my_approvals"),
    on_command(show_approvals, "approvals"),
    on_menu(show_received, "to_receive"),
    on_command(show_received, "received"),
)
