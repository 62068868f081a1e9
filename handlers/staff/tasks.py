"""[我的待办], [处理], and the tasks that a tap ends."""

from __future__ import annotations

from telegram import Update

from handlers.children import book_of
from handlers.context import Context
from handlers.dispatch import on_command, on_menu, on_press
from handlers.staff.cards import Seen, decide, own_open, seen_by, show_card
from handlers.staff.screenshots import ask_for_screenshot
from rules.child import leaves
from rules.model.people import Level
from rules.refusals import OldButton
from rules.status_decisions import sign
from rules.tasks import finish
from storage.access import leave_visible_to, roll_call_visible_to
from storage.facts.child import draft_about
from storage.facts.tasks import open_tasks_of
from storage.views.day_card import day_card_of
from storage.views.digests import MyTasksView
from storage.views.task_card import PLAIN
from storage.views.tasks import lines_of
from templates.presses_staff import MyTasksPress, TakeRollPress, TaskPress

PER_PAGE = 8


async def show_tasks(update: Update, context: Context) -> None:
    """[我的待办]: what is open for me, due and overdue first."""
    await context.say("my_tasks", await _page(context, 0))


async def turn_page(update: Update, context: Context) -> None:
    """Another page of it."""
    page = context.press(MyTasksPress).page
    await context.show("my_tasks", await _page(context, page))


async def _page(context: Context, page: int) -> MyTasksView:
    mine = {
        task.id: task
        for person in context.actor.person_ids
        for task in await open_tasks_of(context.work, person, context.today)
    }
    found = sorted(mine.values(), key=lambda task: (task.due_at, task.id))
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = found[page * PER_PAGE : (page + 1) * PER_PAGE]
    late = sum(task.due_at <= context.now for task in found)
    lines = await lines_of(context.work, shown, context.now)
    return MyTasksView(lines, page, pages, len(found), late)


async def open_task(update: Update, context: Context) -> None:
    """[处理]: the card of the task, as it stands now."""
    task_id = context.press(TaskPress).task_id
    await seen_by(context, task_id)
    await show_card(context, task_id, anew=True)


async def end_task(update: Update, context: Context) -> None:
    """[已办好] under a task of which the program can know no more."""
    seen = await own_open(context, context.press(TaskPress).task_id, *PLAIN)
    if seen is not None:
        decision = finish(seen.task, seen.by, context.now, "done", seen.acting_for)
        await decide(context, seen.task.id, decision, "staff.done")


async def sign_return(update: Update, context: Context) -> None:
    """[确认返校]: the second sign."""
    seen = await own_open(context, context.press(TaskPress).task_id, "return_sign")
    if seen is not None:
        draft = await draft_about(context.work, _child(seen), book_of(context), by=seen.by)
        await decide(
            context, seen.task.id, sign(draft, seen.task, seen.acting_for), "staff.signed"
        )


async def approve_leave(update: Update, context: Context) -> None:
    """[批准] under a long leave: the leader over ten days, the section over twenty."""
    seen = await own_open(context, context.press(TaskPress).task_id, "leave_limit")
    if seen is None:
        return
    leave_id = int(seen.task.subject.partition(":")[2])
    leave = await leave_visible_to(context.work, context.actor, leave_id, context.today)
    draft = await draft_about(context.work, leave.student_id, book_of(context), by=seen.by)
    is_section = seen.task.owner_id == draft.facts.duties.section_id
    leaves.approve(draft, leave, Level.SECTION if is_section else Level.LEADER)
    await decide(context, seen.task.id, draft.decision(), "staff.approved")


def _child(seen: Seen) -> int:
    if seen.task.student_id is None:
        raise OldButton
    return seen.task.student_id


async def show_register(update: Update, context: Context) -> None:
    """[上传截图] under a register correction."""
    await ask_for_screenshot(context, context.press(TaskPress).task_id)


_ACTS = {
    "open": open_task,
    "done": end_task,
    "shot": show_register,
    "sign": sign_return,
    "leave_ok": approve_leave,
}


async def act_on_task(update: Update, context: Context) -> None:
    """A key of a task's card."""
    act = _ACTS.get(context.press(TaskPress).act)
    if act is None:
        raise OldButton
    await act(update, context)


async def take_roll(update: Update, context: Context) -> None:
    """[点名] [代点名]: the day card of the class, beside what was pressed on."""
    roll_call = await roll_call_visible_to(
        context.work, context.actor, context.press(TakeRollPress).roll_call_id, context.today
    )
    await context.say("day_card", await day_card_of(context.work, roll_call.id, context.now))


HANDLERS = (
    on_menu(show_tasks, "my_tasks"),
    on_command(show_tasks, "tasks"),
    on_press(turn_page, MyTasksPress),
    on_press(act_on_task, TaskPress),
    on_press(take_roll, TakeRollPress),
)
