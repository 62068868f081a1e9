"""[换班主任] [调整包保]: who answers for a class or a child from today on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_command, on_press
from rules.model.people import Person, Role
from rules.model.school import SchoolClass, Student
from rules.refusals import NotAllowed, NotYours, OldButton
from rules.staffing import Handover, Place, What, change_class_teacher, change_pairing
from storage.access import schools_of, student_visible_to
from storage.facts.binding import class_of
from storage.facts.overdue import names_of, posts_of_people
from storage.facts.staffing import Held, children_in, classes_in, colleagues_in, held_at
from storage.naming import child_name
from templates.presses_staffing import StaffingPress

T = TypeVar("T")
LEADING = (Role.LEADER, Role.HEAD)
PER_PAGE, PER_ROW = 12, 2


@dataclass(frozen=True)
class Current:
    """Who holds what today; empty where nobody does."""

    what: str
    name: str


@dataclass(frozen=True)
class StaffingView:
    """One step; `child` is empty where it is about the whole class."""

    step: str
    what: str = "-"
    scope: str = "-"
    target: int = 0
    grade: int = 0
    number: int = 0
    child: str = ""
    current: tuple[Current, ...] = ()
    person: Person | None = None
    rows: tuple[tuple[Person | SchoolClass | Student, ...], ...] = ()
    page: int = 0
    pages: int = 1


async def open_menu(update: Update, context: Context) -> None:
    """`/staff`: [换班主任] [调整包保] [停用旧手机]."""
    await led_schools(context)
    await context.say("staffing", StaffingView("menu"))


async def take_step(update: Update, context: Context) -> None:
    """A key of the flow."""
    press = context.press(StaffingPress)
    step = _STEPS.get(press.step)
    if step is None:
        raise OldButton
    await step(context, press, await led_schools(context))


async def led_schools(context: Context) -> set[int]:
    """The schools whose leader somebody on this chat is, or stands in for."""
    who = {*context.actor.person_ids, *context.actor.acts_for}
    held = await posts_of_people(context.work, who, context.today)
    if not any(post.role in LEADING for post in held):
        raise NotAllowed
    return await schools_of(context.work, context.actor, context.today)


async def _menu(context: Context, press: StaffingPress, schools: set[int]) -> None:
    await context.show("staffing", StaffingView("menu"))


async def _classes(context: Context, press: StaffingPress, schools: set[int]) -> None:
    found = await classes_in(context.work, schools)
    view = StaffingView("classes", press.what, **paged(found, press.number))
    await context.show("staffing", view)


async def _options(context: Context, press: StaffingPress, schools: set[int]) -> None:
    """The paired teacher and leader of a class or a child, each to be changed."""
    place = await _place(context, press, schools)
    current = [
        await _current(context, what, place) for what in (What.PAIRED_TEACHER, What.PAIRED_LEADER)
    ]
    await _show(context, press, place, current=tuple(current))


async def _children(context: Context, press: StaffingPress, schools: set[int]) -> None:
    place = await _place(context, press, schools)
    found = await children_in(context.work, place.class_id)
    named = [replace(one, name=child_name(context.work, one)) for one in found]
    await _show(context, press, place, **paged(named, press.number))


async def _who(context: Context, press: StaffingPress, schools: set[int]) -> None:
    place = await _place(context, press, schools)
    current = await _current(context, _what(press), place)
    staff = await colleagues_in(context.work, place.school_id, context.today)
    others = [one for one in staff if one.name != current.name or not current.name]
    await _show(context, press, place, current=(current,), **paged(others, press.number))


async def _ask(context: Context, press: StaffingPress, schools: set[int]) -> None:
    place = await _place(context, press, schools)
    person = await _colleague(context, place, press.number)
    current = await _current(context, _what(press), place)
    await _show(context, press, place, current=(current,), person=person)


async def _do(context: Context, press: StaffingPress, schools: set[int]) -> None:
    place, what = await _place(context, press, schools), _what(press)
    person = await _colleague(context, place, press.number)
    held = await held_at(context.work, what, place, context.today)
    to = Handover(held.holder_id, person.id, context.actor_id, context.now, context.today)
    await _carry_out(context, what, place, held, to)
    await context.toast("staffing.changed")
    current = await _current(context, what, place)
    await _show(context, press, place, current=(current,), person=person)


async def _carry_out(context: Context, what: What, place: Place, held: Held, to: Handover) -> None:
    if what is What.CLASS_TEACHER:
        decision = change_class_teacher(
            place,
            held.posts,
            held.tasks,
            held.still_paired,
            to,
            has_other_post=held.has_other_post,
        )
    else:
        is_teacher = held.class_teacher_id == held.holder_id
        decision = change_pairing(
            what, place, held.lines, held.tasks, to, is_class_teacher=is_teacher
        )
    await context.carry_out(decision)


_STEPS = {
    "menu": _menu,
    "classes": _classes,
    "options": _options,
    "children": _children,
    "who": _who,
    "ask": _ask,
    "do": _do,
}


def _what(press: StaffingPress) -> What:
    try:
        return What(press.what)
    except ValueError:
        raise OldButton from None


async def _place(context: Context, press: StaffingPress, schools: set[int]) -> Place:
    """The class or the child, of a school of one's own."""
    student_id = press.target if press.scope == "student" else None
    class_id = press.target
    if student_id is not None:
        child = await student_visible_to(context.work, context.actor, student_id, context.today)
        class_id = child.class_id
    school_class = await class_of(context.work, class_id)
    if school_class.school_id not in schools:
        raise NotYours
    return Place(school_class.school_id, class_id, student_id)


async def _colleague(context: Context, place: Place, person_id: int) -> Person:
    staff = await colleagues_in(context.work, place.school_id, context.today)
    found = next((one for one in staff if one.id == person_id), None)
    if found is None:
        raise OldButton
    return found


async def _current(context: Context, what: What, place: Place) -> Current:
    held = await held_at(context.work, what, place, context.today)
    names = await names_of(context.work, [held.holder_id])
    return Current(what.value, names.get(held.holder_id or 0, ""))


async def _show(context: Context, press: StaffingPress, place: Place, **more: Any) -> None:
    school_class = await class_of(context.work, place.class_id)
    child = ""
    if place.student_id is not None:
        student = await student_visible_to(
            context.work, context.actor, place.student_id, context.today
        )
        child = child_name(context.work, student)
    view = StaffingView(
        press.step,
        press.what,
        press.scope,
        press.target,
        school_class.grade,
        school_class.number,
        child,
        **more,
    )
    await context.show("staffing", view)


def paged(found: Sequence[T], page: int) -> dict[str, Any]:
    """One page of a list, two in a row."""
    shown = found[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows = tuple(tuple(shown[n : n + PER_ROW]) for n in range(0, len(shown), PER_ROW))
    return {"rows": rows, "page": page, "pages": max(1, -(-len(found) // PER_PAGE))}


HANDLERS = (
    on_command(open_menu, "staff"),
    on_press(take_step, StaffingPress),
)
