"""What superiors do about somebody else's task: [催一下] [我来办] [换人办] [暂缓几天] [已阅]."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from telegram import Update

from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from handlers.staff.asking import ask_words, asked_about
from handlers.staff.cards import Seen, decide, seen_by, show_card, tell_too_late
from handlers.staff.status import draft_for
from rules.child.supervision import supervise
from rules.decision import NOTHING, Decision, Entry
from rules.messages.staff import Note
from rules.model.case import TaskState
from rules.model.people import Level, Person
from rules.refusals import BadInput, NotAllowed, OldButton
from rules.tasks import hand_over, note, nudge, pause, take_over
from rules.tasks.finishing import entry
from storage.access import schools_of
from storage.facts.overdue import late_tasks, names_of, staff_of
from storage.views.overdue import late_of, overdue_of
from storage.views.tasks import TaskLine, lines_of
from templates.presses_staff import HandPress, OverduePress, PausePress, SuperiorPress

PAUSING, INSTRUCTING = "pause", "instruct"
PER_PAGE, PER_ROW = 12, 2


@dataclass(frozen=True)
class WhoInstead:
    """[换人办]: the colleagues to choose from."""

    task: TaskLine
    rows: tuple[tuple[Person, ...], ...]
    page: int
    pages: int


async def superior_of(context: Context, task_id: int) -> Seen | None:
    """An open task below the speaker; None when it has ended meanwhile, and the card says so."""
    seen = await seen_by(context, task_id)
    if seen.task.state is not TaskState.OPEN:
        await tell_too_late(context, seen)
        return None
    if seen.level is None:
        raise NotAllowed
    return seen


async def act_as_superior(update: Update, context: Context) -> None:
    """A key under somebody else's task."""
    press = context.press(SuperiorPress)
    seen = await superior_of(context, press.task_id)
    if seen is None:
        return
    if press.act == "nudge":
        await _nudge(context, seen)
    elif press.act == "take":
        await decide(context, seen.task.id, take_over(seen.task, seen.press), "staff.taken")
    elif press.act == "note":
        await decide(context, seen.task.id, note(seen.task, seen.press), "staff.noted")
    elif press.act == "pause":
        await _ask_days(context, seen)
    elif press.act == "instruct" and seen.level is Level.BUREAU_LEADER:
        await ask_words(context, INSTRUCTING, seen, "instruction")
    else:
        raise OldButton


async def _nudge(context: Context, seen: Seen) -> None:
    await context.carry_out(nudge(seen.task, seen.press))
    names = await names_of(context.work, [seen.task.owner_id])
    await context.toast("staff.nudged", name=names.get(seen.task.owner_id, ""))


async def choose_person(update: Update, context: Context) -> None:
    """[换人办]: a page of colleagues, or the one who was chosen."""
    press = context.press(HandPress)
    seen = await superior_of(context, press.task_id)
    if seen is None:
        return
    staff = await _colleagues(context, seen)
    if not press.person_id:
        await context.show("who_instead", await _page(context, seen, staff, press.page))
        return
    chosen = next((one for one in staff if one.id == press.person_id), None)
    if chosen is None:
        raise OldButton
    await context.carry_out(hand_over(seen.task, seen.press, chosen.id))
    await context.toast("staff.handed", name=chosen.name)
    await show_card(context, seen.task.id)


async def _colleagues(context: Context, seen: Seen) -> list[Person]:
    """The school's staff, without whoever has the task now."""
    if seen.task.school_id is None:
        raise NotAllowed
    found = await staff_of(context.work, [seen.task.school_id], context.today)
    return [one for one in found if one.id != seen.task.owner_id]


async def _page(context: Context, seen: Seen, staff: list[Person], page: int) -> WhoInstead:
    shown = staff[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows = tuple(tuple(shown[n : n + PER_ROW]) for n in range(0, len(shown), PER_ROW))
    line = (await lines_of(context.work, [seen.task], context.now))[0]
    return WhoInstead(line, rows, page, max(1, -(-len(staff) // PER_PAGE)))


async def _ask_days(context: Context, seen: Seen, days: int = 0) -> None:
    line = (await lines_of(context.work, [seen.task], context.now))[0]
    at_most = context.policy.engine.pause_at_most_working_days
    choices = tuple(range(1, at_most + 1))
    await context.show("pause_ask", {"task": line, "days": days, "choices": choices})


async def choose_days(update: Update, context: Context) -> None:
    """So many working days; now the reason is asked for."""
    press = context.press(PausePress)
    seen = await superior_of(context, press.task_id)
    if seen is None:
        return
    calendar = seen.press.context.calendar
    if not 1 <= press.days <= context.policy.engine.pause_at_most_working_days:
        raise OldButton
    until = calendar.nth_working_day_after(context.today, press.days)
    pause(seen.task, seen.press, until, "?")  # whether the rules allow it at all
    body = {"task": seen.task.id, "until": until.isoformat()}
    await context.keep(PAUSING, "words", body)
    await _ask_days(context, seen, press.days)


async def take_reason(update: Update, context: Context) -> None:
    """Why it is paused."""
    asked, body = await asked_about(context)
    seen = await superior_of(context, asked.task.id)
    if seen is not None:
        until = date.fromisoformat(str(body["until"]))
        decision = pause(seen.task, seen.press, until, context.text)
        await decide(context, seen.task.id, decision, "staff.paused")
    await context.forget()


async def take_instruction(update: Update, context: Context) -> None:
    """[批示]: the owner and the leader read it, the record keeps it."""
    asked, _ = await asked_about(context)
    seen = await superior_of(context, asked.task.id)
    if seen is not None:
        text = context.text.strip()
        if not text:
            raise BadInput("instruction")
        decision = await _instruct(context, seen, text) + await _on_paper(context, seen, text)
        await decide(context, seen.task.id, decision, "staff.instructed")
    await context.forget()


async def _instruct(context: Context, seen: Seen, text: str) -> Decision:
    chain, task = seen.press.context.chain, seen.task
    names = await names_of(context.work, [seen.by])
    told = dict.fromkeys((*chain.owner(task.owner_id).to_tell, chain.person(Level.LEADER)))
    notes = tuple(
        Note(
            to=person,
            item=task.student_id or task.id,
            round=f"instruct:{task.id}:{context.now.isoformat()}",
            student_id=task.student_id,
            case_id=task.case_id,
            more={"line": "instruction", "by": names.get(seen.by, ""), "text": text},
        )
        for person in told
        if person is not None
    )
    line = entry(task, "instructed", seen.by)
    return Decision(
        messages=notes,
        entries=(Entry(line.kind, line.subject, line.by, line.public, {"text": text}),),
    )


async def _on_paper(context: Context, seen: Seen, text: str) -> Decision:
    """What is overdue in a case is also pressed for by a 督办函."""
    if seen.task.case_id is None or seen.task.student_id is None:
        return NOTHING
    draft = await draft_for(context, seen)
    supervise(draft, seen.task, text)
    return draft.decision()


async def act_on_overdue(update: Update, context: Context) -> None:
    """The overdue card: one person's late tasks, or [全部催一下]."""
    press = context.press(OverduePress)
    if press.school_id not in await schools_of(context.work, context.actor, context.today):
        raise NotAllowed
    if press.act == "nudge":
        await _nudge_all(context, press)
    elif press.owner_id:
        await context.say(
            "late_tasks",
            await late_of(context.work, press.school_id, press.owner_id, context.now),
        )


async def _nudge_all(context: Context, press: OverduePress) -> None:
    """Everybody below the speaker who is late is pressed, once an hour at most."""
    owners = set()
    for task in await late_tasks(
        context.work, press.school_id, context.now, press.owner_id or None
    ):
        seen = await seen_by(context, task.id)
        if seen.level is not None:
            await context.carry_out(nudge(seen.task, seen.press))
            owners.add(task.owner_id)
    if not owners:
        await context.toast("staff.nudged_none")
        return
    await context.toast("staff.nudged_all", n=len(owners))
    if not press.owner_id:
        without = set(context.actor.person_ids)
        shown = await overdue_of(context.work, press.school_id, context.now, without)
        await context.show("overdue_card", shown)


HANDLERS = (
    on_press(act_as_superior, SuperiorPress),
    on_press(choose_person, HandPress),
    on_press(choose_days, PausePress),
    on_press(act_on_overdue, OverduePress),
    in_flow(take_reason, PAUSING),
    in_flow(take_instruction, INSTRUCTING),
)
