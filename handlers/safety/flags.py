"""Contact flags of guardians: the teacher sets, the leader confirms (rules.md 5, D18)."""

from __future__ import annotations

from sqlalchemy import select
from telegram import Update

from handlers.children import book_of, child_of
from handlers.context import Context
from handlers.dispatch import on_press
from handlers.safety.danger import is_staff
from rules import flags
from rules.child.facts import Duties
from rules.model.people import ContactFlag, Guardianship
from rules.model.school import Student
from rules.refusals import AlreadyDone, NotAllowed, NotYours, OldButton
from storage.access import task_visible_to
from storage.facts.binding import link_of
from storage.facts.duties import duties_of
from storage.facts.searches import name_of
from storage.facts.tasks import open_task_about
from storage.tables.people import guardianships
from storage.views.protection import flag_view, flags_view, link_of_task
from templates.presses_safety import FlagDecisionPress, FlagPress, FlagsPress


async def show_flags(update: Update, context: Context) -> None:
    """[联系限制]: the child's guardians with what may be sent to each."""
    student = await child_of(context, context.press(FlagsPress).student_id)
    _require_teacher(context, await duties_of(context.work, student, context.today))
    await context.say("contact_flags", await flags_view(context.work, student))


async def set_flag(update: Update, context: Context) -> None:
    """[正常] [只限紧急] [不联系（安全）] for one guardian."""
    press = context.press(FlagPress)
    link = await link_of(context.work, press.link_id)
    student = await child_of(context, link.student_id)
    duties = await duties_of(context.work, student, context.today)
    _require_teacher(context, duties)
    wanted = _flag(press.wanted)
    if wanted is not (link.flag_pending or link.flag):
        await _ask(context, link, wanted, student, duties)
    await context.show("contact_flags", await flags_view(context.work, student))


def _flag(word: str) -> ContactFlag:
    if word not in list(ContactFlag):
        raise OldButton
    return ContactFlag(word)


async def _ask(
    context: Context, link: Guardianship, wanted: ContactFlag, student: Student, duties: Duties
) -> None:
    calendar = book_of(context).calendar.school(student.school_id)
    setting = flags.Setting(student, duties, context.policy, calendar, context.now)
    earlier = await open_task_about(context.work, flags.KIND, flags.subject_of(link))
    await context.carry_out(flags.ask(link, wanted, earlier, setting, context.actor_id))
    query = select(guardianships).where(guardianships.c.id == link.id)
    now = await context.work.one(query, Guardianship)
    if now is None or now.flag_pending is None:
        await context.toast("flags.back")
    elif wanted is ContactFlag.NO_CONTACT:
        await context.toast("flags.asked_at_once")
    else:
        await context.toast("flags.asked")


def _require_teacher(context: Context, duties: Duties) -> None:
    """The class teacher or the paired one, or who stands in for them."""
    teachers = (duties.class_teacher_id, duties.paired_teacher_id)
    if not any(context.actor.is_one_of(one) for one in teachers if one is not None):
        raise NotAllowed


async def decide(update: Update, context: Context) -> None:
    """[确认] [不改]."""
    press = context.press(FlagDecisionPress)
    task = await task_visible_to(context.work, context.actor, press.task_id, context.today)
    if not task.subject.startswith("flag:"):
        raise NotYours
    link = await link_of_task(context.work, task)
    student = await child_of(context, link.student_id)
    persons = (*context.actor.person_ids, *context.actor.acts_for)
    flags.may_decide(task, await duties_of(context.work, student, context.today), persons)
    if task.done_at is not None:
        at = f"{context.calendar.local(task.done_at):%H:%M}"
        raise AlreadyDone(await name_of(context.work, task.done_by), at)
    agreed = bool(press.agreed)
    made = flags.decide(link, task, agreed=agreed, by=context.actor_id, now=context.now)
    stored = await context.carry_out(made)
    await context.toast("flags.confirmed" if agreed else "flags.kept")
    ended = next(one for one in stored if getattr(one, "kind", None) == flags.KIND)
    await context.show("flag_asked", await flag_view(context.work, ended))


HANDLERS = (
    on_press(show_flags, FlagsPress, by=is_staff),
    on_press(set_flag, FlagPress, by=is_staff),
    on_press(decide, FlagDecisionPress, by=is_staff),
)
