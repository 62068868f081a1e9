"""[家长联系]: a school's families that nobody has reached for long; a class of it by name."""

from __future__ import annotations

from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_press
from rules.refusals import NotAllowed, NotYours
from storage.access import filed_classes, led_schools
from storage.facts.binding import class_of
from storage.views.reach import class_reach, school_reach
from templates.presses_reach import ReachPress


async def show_schools(update: Update, context: Context) -> None:
    """Each school that the speaker leads, class by class."""
    schools = await led_schools(context.work, context.actor, context.today)
    if not schools:
        raise NotAllowed
    rules = context.policy.reach
    for school_id in sorted(schools):
        view = await school_reach(context.work, school_id, rules, context.now, context.today)
        await context.say("school_reach", view)


async def show_class(update: Update, context: Context) -> None:
    """The names of one class, for its teacher and for whoever leads the school."""
    class_id = context.press(ReachPress).class_id
    if class_id not in await filed_classes(context.work, context.actor, context.today):
        raise NotYours
    room = await class_of(context.work, class_id)
    view = await class_reach(context.work, room, context.policy.reach, context.now, context.today)
    await context.say("class_reach", view)


HANDLERS = (on_press(show_class, ReachPress),)
