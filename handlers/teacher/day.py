"""The class teacher's roll call, on one message by edits (rules.md 2)."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from handlers.children import act_on, book_of
from handlers.context import Context
from handlers.dispatch import on_command, on_menu, on_press
from rules import rollcalls
from rules.child.draft import Draft
from rules.child.rollcall import answer_claim, see_child
from rules.child.search_acts import see_tonight
from rules.decision import Decision, Entry
from rules.messages.staff import DayCardTouched
from rules.model.attendance import Mark, RollCall, RollCallState, Session
from rules.refusals import NotNow
from rules.tasks import finish, open_task
from storage.access import classes_of, roll_call_visible_to
from storage.facts.duties import duties_of_class
from storage.facts.rosters import absent_on, class_teacher_of, roll_call_on
from storage.facts.searches import evening_mark
from storage.facts.tasks import open_task_about
from storage.naming import child_name
from storage.views.day_card import day_card_of
from templates.presses_teacher import ClaimPress, NamePress, RollPress, SeenPress


async def show_days(update: Update, context: Context) -> None:
    """[点名]: the teacher's cards of today, evening ones once their time has come."""
    shown = 0
    for class_id in await classes_of(context.work, context.actor, context.today):
        for session in Session:
            roll_call = await roll_call_on(context.work, class_id, context.today, session)
            if roll_call is not None and context.now >= roll_call.ask_at:
                await _refresh(context, roll_call)
                shown += 1
    if not shown:
        await context.say("roll_call_none", {"has_class": await _has_class(context)})


async def _has_class(context: Context) -> bool:
    found = await classes_of(context.work, context.actor, context.today)
    return bool(found)


async def act_on_card(update: Update, context: Context) -> None:
    """A key of the card itself."""
    press = context.press(RollPress)
    roll_call = await _visible(context, press.roll_call_id)
    if press.act == "strange":
        await _ask_for_roster_check(context, roll_call)
        return
    changed = _ACTS[press.act](context, roll_call, press)
    await _store(context, roll_call, changed)


def _open_page(context: Context, roll_call: RollCall, press: RollPress) -> RollCall:
    """[有人没到], or another page of names."""
    if roll_call.state is not RollCallState.OPEN:
        raise NotNow
    return replace(roll_call, page=press.page)


def _close_page(context: Context, roll_call: RollCall, press: RollPress) -> RollCall:
    """[返回]: what was tapped stays."""
    return replace(roll_call, page=None)


def _submit(context: Context, roll_call: RollCall, press: RollPress) -> RollCall:
    """[提交：N人没到], and [全到齐了] with what was tapped so far."""
    submitted = rollcalls.submit(roll_call, context.actor_id, context.now, context.policy)
    return replace(submitted, page=None)


def _all_here(context: Context, roll_call: RollCall, press: RollPress) -> RollCall:
    """[全到齐了] covers everybody but the children who are followed."""
    kept = tuple(one for one in roll_call.picks if one[1] in ("seen", "not_seen"))
    return _submit(context, replace(roll_call, picks=kept), press)


def _take_back(context: Context, roll_call: RollCall, press: RollPress) -> RollCall:
    """[改一下]."""
    return replace(rollcalls.take_back(roll_call), page=0)


def _tell_now(context: Context, roll_call: RollCall, press: RollPress) -> RollCall:
    """[现在通知]."""
    return rollcalls.tell_now(roll_call, context.now)


_ACTS = {
    "page": _open_page,
    "back": _close_page,
    "submit": _submit,
    "all_here": _all_here,
    "change": _take_back,
    "now": _tell_now,
}


async def set_name(update: Update, context: Context) -> None:
    """A tap on a name: ✗ → 病假 → 事假 → 到."""
    press = context.press(NamePress)
    roll_call = await _visible(context, press.roll_call_id)
    changed = rollcalls.pick(roll_call, press.student_id, press.value)
    await _store(context, roll_call, changed)


async def see(update: Update, context: Context) -> None:
    """[见到了] [还没来] [已到校] on one child: nothing else makes a followed child present."""
    press = context.press(SeenPress)
    roll_call = await _visible(context, press.roll_call_id)
    if roll_call.on != context.today:
        raise NotNow
    if press.value == "not_seen":
        await _store(context, roll_call, _remember(roll_call, press))
        return
    is_late = press.value == "late"
    tonight = await _tonights_mark(context, roll_call, press.student_id)

    def see_it(draft: Draft) -> None:
        see_tonight(draft, tonight, is_late=is_late)
        see_child(draft, is_late=is_late)

    child = await act_on(context, press.student_id, see_it)
    await context.toast(
        "roll.arrived" if is_late else "roll.seen", name=child_name(context.work, child)
    )
    await _refresh(context, roll_call)


async def _tonights_mark(context: Context, roll_call: RollCall, student_id: int) -> Mark | None:
    """What the evening's roll call says of a boarder who is there after all."""
    if roll_call.session is not Session.EVENING:
        return None
    return await evening_mark(context.work, student_id, context.today)


def _remember(roll_call: RollCall, press: SeenPress) -> RollCall:
    """还没来 on a card that is already handed in changes nothing: the child is recorded absent."""
    if roll_call.state is not RollCallState.OPEN:
        return roll_call
    return rollcalls.pick(roll_call, press.student_id, "not_seen")


async def say_who_asked(update: Update, context: Context) -> None:
    """[家长来电] [家长当面] [没人说] for one claimed leave."""
    press = context.press(ClaimPress)
    roll_call = await _visible(context, press.roll_call_id)
    way = None if press.way == "nobody" else press.way
    child = [press.student_id]
    recorded = await absent_on(context.work, child, roll_call.on, roll_call.session)
    if roll_call.state is RollCallState.SUBMITTED and not recorded:
        changed = rollcalls.name_claimant(roll_call, press.student_id, way)
        await _store(context, roll_call, changed)
        return
    await act_on(context, press.student_id, lambda draft: answer_claim(draft, roll_call.on, way))
    await context.toast("roll.claim_noted")
    await _refresh(context, roll_call)


async def _visible(context: Context, roll_call_id: int) -> RollCall:
    return await roll_call_visible_to(context.work, context.actor, roll_call_id, context.today)


async def _store(context: Context, old: RollCall, new: RollCall) -> None:
    """Write the roll call, end or reopen its task, and show the card as it is now."""
    if new != old:
        decision = Decision((new,))
        task = await open_task_about(context.work, kind_of(old), f"roll_call:{old.id}")
        if new.state is RollCallState.SUBMITTED and task is not None:
            decision += finish(task, context.actor_id, context.now, "submitted")
        if new.state is RollCallState.OPEN and old.state is RollCallState.SUBMITTED:
            decision += await _reopened(context, new)
        await context.carry_out(decision)
    if new.state is RollCallState.SUBMITTED and new.release_at is not None:
        clock = f"{context.calendar.local(new.release_at):%H:%M}"
        await context.toast("roll.submitted", clock=clock)
    await _refresh(context, new)


async def _reopened(context: Context, roll_call: RollCall) -> Decision:
    duties = await duties_of_class(context.work, roll_call.class_id, roll_call.on)
    task = open_task(
        kind_of(roll_call),
        f"roll_call:{roll_call.id}",
        duties.first or context.actor_id,
        id=-1,
        now=context.now,
        policy=context.policy,
        calendar=context.calendar.school(roll_call.school_id),
        due_at=roll_call.due_at,
        school_id=roll_call.school_id,
        class_id=roll_call.class_id,
    )
    return Decision((task,))


def kind_of(roll_call: RollCall) -> str:
    """The kind of the task to take it."""
    return "roll_call" if roll_call.session is Session.MORNING else "evening_roll_call"


async def _refresh(context: Context, roll_call: RollCall) -> None:
    """The living card of whoever answers for the class, and what the speaker pressed on."""
    teacher = await class_teacher_of(context.work, roll_call.class_id, roll_call.on)
    stamp = f"{context.arrived.update_id}"
    if teacher is not None and context.actor.is_one_of(teacher.id):
        cards = (DayCardTouched(to=teacher.id, item=roll_call.id, round=stamp),)
        await context.carry_out(Decision(messages=cards))
    if teacher is None or teacher.id not in context.actor.person_ids:
        shown = await day_card_of(context.work, roll_call.id, context.now)
        await context.show("day_card", shown)


async def _ask_for_roster_check(context: Context, roll_call: RollCall) -> None:
    """[名单里没有]: the register clerk looks whose face that is."""
    duties = await duties_of_class(context.work, roll_call.class_id, roll_call.on)
    owner = duties.register_clerk_id or duties.first
    subject = f"roster:{roll_call.class_id}"
    if owner is not None and await open_task_about(context.work, "roster_check", subject) is None:
        task = open_task(
            "roster_check",
            subject,
            owner,
            id=-1,
            now=context.now,
            policy=context.policy,
            calendar=book_of(context).calendar.school(roll_call.school_id),
            school_id=roll_call.school_id,
            class_id=roll_call.class_id,
        )
        entry = Entry("roster_check", f"class:{roll_call.class_id}", context.actor_id)
        await context.carry_out(Decision((task,), entries=(entry,)))
    await context.toast("roll.strange")


HANDLERS = (
    on_menu(show_days, "roll_call"),
    on_command(show_days, "rollcall"),
    on_press(act_on_card, RollPress),
    on_press(set_name, NamePress),
    on_press(see, SeenPress),
    on_press(say_who_asked, ClaimPress),
)
