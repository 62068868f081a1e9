"""From house to house: each child of a village answered in chat, with a photo (rules.md 8)."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass

from sqlalchemy import select
from telegram import Update

from handlers.children import book_of
from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from handlers.files import FileView, keep_paper
from handlers.ladder.proofs import SORTS
from handlers.staff.asking import ask_words, asked_about
from handlers.staff.cards import Seen, own_open, seen_by, show_card
from rules.model.eligible import Answer, Doorstep
from rules.model.school import Unit, UnitKind
from rules.refusals import BadInput, OldButton
from storage.access_log import note_look
from storage.attachments import attachment_by_id, content_of
from storage.facts.listed import listed_name
from storage.facts.overdue import acts_of
from storage.reconciling.at_the_door import FAILS, HOLDS, Said, answer, assessed, check
from storage.reconciling.doorsteps import (
    CHECK,
    PLACEMENT,
    VISIT,
    doorstep_by_id,
    listed_by_id,
    village_by_id,
)
from storage.tables.school import units
from storage.views.cards import Viewer
from storage.views.doorsteps import child_at_door, doorstep_page
from templates.presses_doorsteps import (
    DoorCheckPress,
    DoorPagePress,
    DoorPress,
    DoorSchoolPress,
)

FLOW = "doorstep"
POP_UP = 190
PER_PAGE = 8
#: What is asked for with each answer.
FIELDS = {Answer.AWAY: "door_proof", Answer.DEFERRED: "door_document"}
ASSESSED = "assessed"


@dataclass(frozen=True)
class WhichSchool:
    """Which school the family names."""

    task_id: int
    line_id: int
    child: str
    places: tuple[Unit, ...]
    page: int
    pages: int


async def turn_page(update: Update, context: Context) -> None:
    """Another page of the village, or back to it from a child."""
    press = context.press(DoorPagePress)
    seen = await seen_by(context, press.task_id)
    if seen.task.kind != VISIT:
        raise OldButton
    persons = {*context.actor.person_ids, *context.actor.acts_for}
    viewer = Viewer(persons, acts_of(seen.task, seen.press))
    page = await doorstep_page(context.work, seen.task, viewer, context.now, press.page)
    await context.show("doorstep_card", page)


async def act_at_door(update: Update, context: Context) -> None:
    """A name on the card, an answer for it, or a look at where the family lives."""
    press = context.press(DoorPress)
    found = await _line(context, press.task_id, press.line_id)
    if found is None:
        return
    seen, line = found
    if press.act == "open":
        view = await child_at_door(context.work, seen.task, line, context.now, is_mine=True)
        await context.show("doorstep_child", view)
    elif press.act in _LOOKS:
        await _LOOKS[press.act](context, line)
    elif press.act in {*Answer} - {Answer.ENROLLED} and line.is_waiting:
        await _ask_photo(context, seen, line, Answer(press.act))
    else:
        raise OldButton


async def choose_school(update: Update, context: Context) -> None:
    """[已在校就读]: which school, the township's first; then the photo."""
    press = context.press(DoorSchoolPress)
    found = await _line(context, press.task_id, press.line_id)
    if found is None:
        return
    seen, line = found
    if not line.is_waiting:
        raise OldButton
    places = await _schools(context, line)
    if not press.school_id:
        await context.show("which_school", _page(context, press, line, places))
    elif press.school_id in {one.id for one in places}:
        await _ask_photo(context, seen, line, Answer.ENROLLED, press.school_id)
    else:
        raise OldButton


async def take_photo(update: Update, context: Context) -> None:
    """The photo, and with it the answer."""
    asked, body = await asked_about(context)
    found = await _line(context, asked.task.id, int(str(body["line"])))
    if found is None:
        await context.forget()
        return
    seen, line = found
    said = Answer(str(body["answer"]))
    if context.enclosure is None or context.enclosure.sort not in SORTS:
        raise BadInput(_field(said))
    file = await keep_paper(context, context.enclosure)
    school_id = int(str(body["school"])) or None
    await answer(context.work, book_of(context), line, Said(said, seen.by, file.id, school_id))
    await context.forget()
    await context.toast("door.kept")
    await show_card(context, seen.task.id)


async def look_whether(update: Update, context: Context) -> None:
    """[在我校就读] [不在我校], [属实] [不属实], [已做评估]; the photo beside them."""
    press = context.press(DoorCheckPress)
    kinds = (PLACEMENT,) if press.act == ASSESSED else (CHECK, PLACEMENT)
    seen = await own_open(context, press.task_id, *kinds)
    if seen is None:
        return
    line = await doorstep_by_id(context.work, int(seen.task.subject.rpartition(":")[2]))
    if line is None:
        raise OldButton
    if press.act == "file":
        await _send_file(context, line)
        return
    if press.act == ASSESSED:
        await assessed(context.work, line, seen.task, seen.by)
    elif press.act in (HOLDS, FAILS) and seen.task.kind == CHECK:
        holds = press.act == HOLDS
        await check(context.work, book_of(context), line, seen.task, seen.by, holds=holds)
    else:
        raise OldButton
    await context.toast(f"door.{press.act}")
    await show_card(context, seen.task.id)


async def _line(context: Context, task_id: int, line_id: int) -> tuple[Seen, Doorstep] | None:
    """A child of the village that is the speaker's to visit; OldButton for any other."""
    seen = await own_open(context, task_id, VISIT)
    if seen is None:
        return None
    line = await doorstep_by_id(context.work, line_id)
    if line is None or seen.task.subject != f"village:{line.village_id}":
        raise OldButton
    return seen, line


async def _ask_photo(
    context: Context, seen: Seen, line: Doorstep, said: Answer, school_id: int = 0
) -> None:
    more = {"line": line.id, "answer": said.value, "school": school_id}
    await ask_words(context, FLOW, seen, _field(said), **more)


def _field(said: Answer) -> str:
    return FIELDS.get(said, "door_photo")


async def _schools(context: Context, line: Doorstep) -> list[Unit]:
    village = await village_by_id(context.work, line.village_id)
    is_school = (units.c.kind == UnitKind.SCHOOL.value) & units.c.merged_into_id.is_(None)
    found = await context.work.all(select(units).where(is_school).order_by(units.c.id), Unit)
    return sorted(found, key=lambda one: one.township_id != village.township_id)


def _page(
    context: Context, press: DoorSchoolPress, line: Doorstep, places: list[Unit]
) -> WhichSchool:
    pages = max(1, -(-len(places) // PER_PAGE))
    page = min(max(press.page, 0), pages - 1)
    shown = tuple(places[page * PER_PAGE : (page + 1) * PER_PAGE])
    name = listed_name(context.work, line.eligible_id, line.name)
    return WhichSchool(press.task_id, line.id, name, shown, page, pages)


async def _show_address(context: Context, line: Doorstep) -> None:
    """[显示地址]: a pop-up that does not stay in the chat; each look is logged."""
    child = await listed_by_id(context.work, line.eligible_id)
    await _look(context, line, "address")
    if child.address:
        await context.pop_up("door.address", address=child.address[:POP_UP])
    else:
        await context.pop_up("door.no_address")


async def _show_phone(context: Context, line: Doorstep) -> None:
    """[显示号码]."""
    child = await listed_by_id(context.work, line.eligible_id)
    await _look(context, line, "phone")
    if child.phone:
        who = child.guardian or ""
        await context.pop_up("door.number", who=who, number=child.phone)
    else:
        await context.pop_up("door.no_number")


async def _look(context: Context, line: Doorstep, what: str) -> None:
    why = f"eligible:{line.eligible_id}"
    await note_look(context.work, context.actor_id, None, what, why)


async def _send_file(context: Context, line: Doorstep) -> None:
    """[看照片]: as it was stored."""
    row = await attachment_by_id(context.work, line.file_id or 0)
    if row is None or row.removed_at is not None:
        await context.pop_up("door.no_file")
        return
    content = await content_of(context.work, row)
    await _look(context, line, "attachment")
    ending = mimetypes.guess_extension(row.media_type) or ".bin"
    view = FileView(row.received_at, listed_name(context.work, line.eligible_id, line.name))
    await context.hand_over(f"{row.received_at:%Y%m%d-%H%M}{ending}", content, "opened_file", view)


_LOOKS = {"address": _show_address, "phone": _show_phone}

HANDLERS = (
    on_press(turn_page, DoorPagePress),
    on_press(act_at_door, DoorPress),
    on_press(choose_school, DoorSchoolPress),
    on_press(look_whether, DoorCheckPress),
    in_flow(take_photo, FLOW),
)
