"""Teachers say whether it is them, hold parents' meetings, and see which families are linked."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from handlers.children import book_of
from handlers.context import Context, content_of
from handlers.dispatch import on_command, on_menu, on_press
from handlers.menus import commands_of, keyboard_of
from rules import binding
from rules.confirming import KIND, confirm, reject
from rules.consent import answer_as_parent, note_parent_consent, said_as_parent
from rules.decision import Decision
from rules.messages.base import Lane
from rules.model.case import Task
from rules.model.people import Person, Role
from rules.parties import Party, Tie
from rules.quiet import Audience, release_at
from rules.refusals import NotAllowed, NotYours, OldButton
from storage import outbox, outgoing
from storage.access import classes_of, task_visible_to
from storage.actors import actor_of
from storage.facts.binding import class_of, link_of, parents_of, party_of
from storage.facts.binding import open_claim as claim_task
from storage.facts.tasks import task_by_id
from storage.outgoing import SCREEN
from storage.views.binding import asked_of_parent, binding_card
from storage.views.my_class import my_class
from templates.presses_binding import (
    ClaimCardPress,
    ConfirmPress,
    LivePress,
    MyClassPress,
    ParentPress,
    ParentSaysPress,
    RejectPress,
)
from templates.render import render


async def confirm_guardian(update: Update, context: Context) -> None:
    """[是本人]: from now on messages about the child may go to this chat."""
    task = await _own_task(context, context.press(ConfirmPress).task_id)
    _, tie = await _claim_of(context, task)
    decision = confirm(tie, context.actor_id, context.now, _acting_for(context, task))
    await _settle(context, task, decision, "binding.confirmed")


async def reject_guardian(update: Update, context: Context) -> None:
    """[不是，作废]: the link goes, and with it the chat."""
    task = await _own_task(context, context.press(RejectPress).task_id)
    party, tie = await _claim_of(context, task)
    decision = reject(party, tie, context.actor_id, context.now, _acting_for(context, task))
    await _settle(context, task, decision, "binding.rejected")
    if decision is not None:
        await _say_farewell(context, party.person, task)


async def note_paper(update: Update, context: Context) -> None:
    """[家长已同意（纸质）]: a parent has signed for the carer."""
    task = await _own_task(context, context.press(ParentPress).task_id)
    _, tie = await _claim_of(context, task)
    version = context.words("consent.version")
    decision = note_parent_consent(tie.link, version, context.actor_id, context.now)
    await _settle(context, task, decision, "binding.parent_noted")


async def answer_for_carer(update: Update, context: Context) -> None:
    """[同意] [不同意]: a bound parent about a carer who wants to be linked."""
    press = context.press(ParentSaysPress)
    link = await link_of(context.work, press.link_id)
    parents = await parents_of(context.work, link.student_id)
    parent = next((one for one in parents if one in context.actor.person_ids), None)
    if parent is None:
        raise NotYours
    version, agrees = context.words("consent.version"), bool(press.agrees)
    said = said_as_parent(link, parent, version, context.chat_id, context.now, agrees=agrees)
    task = await claim_task(context.work, link.id)
    decision = answer_as_parent(link, parent, said, task=task)
    if decision is None:
        await context.toast("binding.no_longer_waits")
    else:
        await context.carry_out(decision)
        await context.toast("binding.parent_answered")
    answer = ("agreed" if agrees else "refused") if decision is not None else "over"
    await context.show("parent_asked", await asked_of_parent(context.work, link, answer))


async def open_claim(update: Update, context: Context) -> None:
    """[处理] in the list of the class: the card as it stands now."""
    task = await _own_task(context, context.press(ClaimCardPress).task_id)
    await context.say("binding_card", await binding_card(context.work, task))


async def show_my_class(update: Update, context: Context) -> None:
    """[本班]."""
    mine = await classes_of(context.work, context.actor, context.today)
    if not mine:
        raise NotAllowed
    own = {post.class_id for post in context.actor.posts}
    await _show_class(context, next((one for one in mine if one in own), mine[0]), mine)


async def show_other_class(update: Update, context: Context) -> None:
    """Another class of the same teacher."""
    class_id = context.press(MyClassPress).class_id
    await _show_class(context, class_id, await _own_classes(context, class_id))


async def hold_meeting(update: Update, context: Context) -> None:
    """[现场绑定]: for an hour, whoever taps is confirmed; or its end."""
    press = context.press(LivePress)
    mine = await _own_classes(context, press.class_id)
    school_class = await class_of(context.work, press.class_id)
    by = context.actor_id
    if press.on:
        (changed,) = await context.carry_out(binding.hold_meeting(school_class, by, context.now))
        until = context.calendar.local(changed.live_binding_until)
        await context.toast("binding.live_on", until=f"{until:%H:%M}")
    else:
        await context.carry_out(binding.end_meeting(school_class, by))
        await context.toast("binding.live_off")
    await _show_class(context, press.class_id, mine)


async def _own_task(context: Context, task_id: int) -> Task:
    """A claim that this person may decide: the owner, a deputy, or a leader of the school."""
    task = await task_visible_to(context.work, context.actor, task_id, context.today)
    if task.kind != KIND:
        raise NotYours
    is_leader = context.actor.has_role(Role.LEADER, Role.HEAD, unit_id=task.school_id)
    is_teacher = task.class_id in await classes_of(context.work, context.actor, context.today)
    if not (context.actor.is_one_of(task.owner_id) or is_leader or is_teacher):
        raise NotAllowed
    return task


def _acting_for(context: Context, task: Task) -> int | None:
    """What a deputy does is marked 代."""
    is_deputy = task.owner_id in context.actor.acts_for
    return task.owner_id if is_deputy and task.owner_id not in context.actor.person_ids else None


async def _claim_of(context: Context, task: Task) -> tuple[Party, Tie]:
    link = await link_of(context.work, int(task.subject.partition(":")[2]))
    party = await party_of(context.work, link.person_id, book_of(context), context.today)
    tie = party.tie(link.id)
    if tie is None:
        raise OldButton
    return party, tie


async def _settle(context: Context, task: Task, decision: Decision | None, done: str) -> None:
    """Carry it out; a press that came too late sees how things stand."""
    if decision is not None:
        await context.carry_out(decision)
    await context.toast(done if decision is not None else "binding.no_longer_waits")
    now_stands = await task_by_id(context.work, task.id)
    await context.show("binding_card", await binding_card(context.work, now_stands or task))


async def _say_farewell(context: Context, person: Person, task: Task) -> None:
    """Neutral words to the chat that was linked, whoever holds it; by day, and silently."""
    if person.chat_id is None:
        return
    zone = context.calendar.zone
    rest = await actor_of(context.work, person.chat_id, context.today, person.language)
    screen = render(
        "guardian_rejected", {"is_linked": not rest.is_stranger}, rest.language, zone.key
    )
    content = {**content_of(replace(screen, menu=keyboard_of(rest))), "language": rest.language}
    at = release_at(context.now, context.policy.quiet_hours, Audience.GUARDIANS, zone)
    row = outbox.Outgoing(
        key=f"task:{task.id}:guardian_rejected",
        kind=SCREEN,
        lane=Lane.TASK,
        chat_id=person.chat_id,
        payload={"content": content},
        not_before=at,
        is_silent=True,
    )
    await outbox.add(context.work, row)
    key = f"commands:task:{task.id}"
    await outgoing.register(context.work, key, person.chat_id, commands_of(rest))


async def _own_classes(context: Context, class_id: int) -> list[int]:
    mine = await classes_of(context.work, context.actor, context.today)
    if class_id not in mine:
        raise NotYours
    return mine


async def _show_class(context: Context, class_id: int, mine: list[int]) -> None:
    school_class = await class_of(context.work, class_id)
    today, rules = (context.now, context.today), context.policy.reach
    view = await my_class(context.work, school_class, mine, today, rules)
    await context.show("my_class", view)


HANDLERS = (
    on_press(confirm_guardian, ConfirmPress),
    on_press(reject_guardian, RejectPress),
    on_press(note_paper, ParentPress),
    on_press(answer_for_carer, ParentSaysPress),
    on_press(open_claim, ClaimCardPress),
    on_press(hold_meeting, LivePress),
    on_press(show_other_class, MyClassPress),
    on_menu(show_my_class, "my_class"),
    on_command(show_my_class, "myclass"),
)
