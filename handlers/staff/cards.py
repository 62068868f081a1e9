"""Opening the card of a task, and deciding what stands on it: the same way for every errand."""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers.children import book_of
from handlers.context import Context
from handlers.ladder.steps import steps_for
from rules.approvals import APPROVALS
from rules.decision import Decision
from rules.model.case import Task, TaskState
from rules.model.people import Level
from rules.policy import due
from rules.refusals import NotAllowed, NotYours, OldButton, Refusal
from rules.tasks import Press, may_press
from storage.access import task_visible_to
from storage.facts.overdue import HIDDEN, acts_of, names_of
from storage.facts.tasks import task_by_id, task_facts
from storage.views.cards import Steps, Viewer, card_kind, card_of_task

BUREAU = (Level.SECTION, Level.BUREAU_LEADER)
#: On the card of this task stands what may be asked for next.
PERSUASION = "contact"


@dataclass(frozen=True)
class Seen:
    """A task as somebody sees it: as whom they act, and what stands above the owner."""

    task: Task
    press: Press
    level: Level | None = None
    acting_for: int | None = None

    @property
    def by(self) -> int:
        """The person on the chat who acts."""
        return self.press.by


async def seen_by(context: Context, task_id: int) -> Seen:
    """The task as it stands, if the speaker may see it: one's own, a child's or school's of one's
    own, or one that has climbed to oneself (D2, D3).  NotYours otherwise."""
    task = await task_by_id(context.work, task_id)
    if task is None:
        raise NotYours
    found = await _as_whom(context, task)
    if context.actor.is_one_of(task.owner_id):
        return found
    if task.kind in HIDDEN:
        raise NotYours
    if found.level is None:
        await task_visible_to(context.work, context.actor, task_id, context.today)
    return found


async def _as_whom(context: Context, task: Task) -> Seen:
    """Who on the chat acts: the owner, else whoever stands above the owner, else the first."""
    facts = await task_facts(context.work, task, book_of(context), context.now)
    first = Press(context.actor_id, context.now, facts.context)
    if context.actor.is_one_of(task.owner_id):
        is_own = task.owner_id in context.actor.person_ids
        by = task.owner_id if is_own else context.actor_id
        return Seen(task, replace(first, by=by), None, None if is_own else task.owner_id)
    for person in context.actor.person_ids:
        press = replace(first, by=person)
        try:
            return Seen(task, press, may_press(task, press))
        except Refusal:
            continue
    return Seen(task, first)


async def card_of(context: Context, seen: Seen) -> object:
    """The card with the keys of whoever looks."""
    viewer = Viewer(
        {*context.actor.person_ids, *context.actor.acts_for},
        acts_of(seen.task, seen.press),
        may_stand_in(context, seen),
        names_school=seen.level in BUREAU,
        steps=await _steps(context, seen.task),
    )
    return await card_of_task(context.work, seen.task, viewer, context.now)


async def _steps(context: Context, task: Task) -> Steps | None:
    if task.kind != PERSUASION or task.student_id is None:
        return None
    return await steps_for(context, task.student_id)


def may_stand_in(context: Context, seen: Seen) -> bool:
    """[代批]: the section, one working day after an approval was due (rules.md 6)."""
    approval = APPROVALS.get(seen.task.kind)
    if approval is None or not approval.stands_in or seen.level not in BUREAU:
        return False
    wait = context.policy.engine.approval_shown_to_section_after
    return context.now >= due(wait, seen.task.due_at, seen.press.context.calendar)


def in_place_of(context: Context, seen: Seen) -> int | None:
    """For whom a deputy acts (代), or the section in the leader's place (代批)."""
    if seen.acting_for is not None or context.actor.is_one_of(seen.task.owner_id):
        return seen.acting_for
    return seen.task.owner_id


async def show_card(context: Context, task_id: int, *, anew: bool = False) -> None:
    """The card as it stands now, in the place of what was pressed on, or as a new message."""
    seen = await seen_by_or_after(context, task_id)
    view = await card_of(context, seen)
    await (context.say if anew else context.show)(card_kind(seen.task), view)


async def seen_by_or_after(context: Context, task_id: int) -> Seen:
    """After one's own act the card is shown even where nothing is one's own any more."""
    task = await task_by_id(context.work, task_id)
    if task is None:
        raise NotYours
    return await _as_whom(context, task)


async def own_open(context: Context, task_id: int, *kinds: str) -> Seen | None:
    """A task that the speaker decides: its owner, a deputy, or the section in the leader's place.

    None when somebody was faster: the press has come to rest with who and when, and the message
    shows how things stand.
    """
    seen = await seen_by(context, task_id)
    if kinds and seen.task.kind not in kinds:
        raise OldButton
    if seen.task.state is not TaskState.OPEN:
        await tell_too_late(context, seen)
        return None
    if not context.actor.is_one_of(seen.task.owner_id) and not may_stand_in(context, seen):
        raise NotAllowed
    return seen


async def tell_too_late(context: Context, seen: Seen) -> None:
    """The loser of a race hears who and when; the dead keys go."""
    task = seen.task
    if task.done_by is not None and task.done_at is not None:
        names = await names_of(context.work, [task.done_by])
        at = f"{context.calendar.local(task.done_at):%H:%M}"
        words = {"by": names.get(task.done_by, ""), "at": at}
        await context.pop_up("refusals.already_done", **words)
    else:
        await context.pop_up("refusals.old_button")
    await context.show(card_kind(task), await card_of(context, seen))


async def decide(context: Context, task_id: int, decision: Decision, toast: str) -> None:
    """Carry it out, say so, and show the card as it has become."""
    await context.carry_out(decision)
    await context.toast(toast)
    await show_card(context, task_id)
