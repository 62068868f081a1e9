"""Attendance as a spreadsheet sent to the bot: checked first, taken when the sender says yes.

Registers, and whatever else has protected columns, are refused and taken out of the chat.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from telegram import Update
from telegram.ext import filters

from handlers.children import book_of
from handlers.context import Context, Enclosure
from handlers.dispatch import Handler, InputHandler, on_press
from papers.incoming import ENDINGS, Incoming
from papers.problems import Problem, sentence, sentences
from papers.reading import Row
from papers.refusals import PaperRefused
from papers.tables.attendance import AttendanceEntry
from rules.decision import Entry
from rules.refusals import FileUnread, NotAllowed, NotNow, OldButton
from storage import outgoing
from storage.access import filed_classes
from storage.actors import Actor
from storage.importing.attendance import Claims, match_rows
from storage.importing.county import County
from storage.importing.flaws import Fate, Flawed, ImportFlaw, Verdict, refused
from storage.importing.loading import load_classes
from storage.importing.values import AttendanceRow
from storage.sheets import Sheet, take_sheet
from storage.views.sheet_check import PROBLEMS, Flaw, SheetCheck, count_days
from templates.presses_sheets import SheetPress

FLOW = "sheet"
_FILES: filters.BaseFilter = filters.Document.FileExtension(ENDINGS[0])
for _ending in ENDINGS[1:]:
    _FILES = _FILES | filters.Document.FileExtension(_ending)


def is_staff(actor: Actor) -> bool:
    """Whoever holds a post may send a sheet; for which classes is asked later."""
    return actor.is_staff


async def take_document(update: Update, context: Context) -> None:
    """A spreadsheet: what it would do, or why it is not taken."""
    incoming = _incoming(context.enclosure)
    if incoming.is_protected:
        await _send_away(context)
        return
    if incoming.refusal is not None:
        await _say_refusal(context, incoming.refusal)
        return
    draft = await context.draft()
    if draft is not None and draft.flow != FLOW:
        await context.say("sheet_waits", {})
        return
    await _check(context, incoming.rows)


def _incoming(enclosure: Enclosure | None) -> Incoming:
    if enclosure is None:
        raise FileUnread
    if enclosure.problem is not None:
        raise NotNow(enclosure.problem)
    if enclosure.incoming is None:
        raise FileUnread
    return enclosure.incoming


async def _send_away(context: Context) -> None:
    """The message goes, the explanation stays; that it was there is in the journal."""
    await context.say("sheet_protected", {})
    context.work.journal(Entry("protected_file_refused", "chat", context.actor_id))
    if context.message_id is not None:
        key = f"remove:{context.arrived.update_id}"
        await outgoing.remove(context.work, key, context.chat_id, context.message_id)


async def _say_refusal(context: Context, refusal: PaperRefused) -> None:
    await context.say("sheet_unreadable", {"problem": sentence(refusal, context.language)})


async def _check(context: Context, rows: Sequence[Row]) -> None:
    """The dry run; what was read is kept until the sender has answered."""
    mine = await filed_classes(context.work, context.actor, context.today)
    if not mine:
        raise NotAllowed
    if not rows:
        await context.say("sheet_unknown", {})
        return
    claims, verdicts, flaws = await _matched(context, rows, mine)
    sheets = [Sheet(class_id, on, tuple(said)) for (class_id, on), said in sorted(claims.items())]
    draft_id = await _keep(context, sheets) if sheets else 0
    fates = [verdict.fate for verdict in verdicts]
    view = SheetCheck(
        draft_id=draft_id,
        new=fates.count(Fate.NEW),
        unchanged=fates.count(Fate.UNCHANGED),
        days=await count_days(context.work, sheets),
        flaws=tuple(flaws[:PROBLEMS]),
        more_flaws=max(len(flaws) - PROBLEMS, 0),
        errors=len(flaws),
    )
    await context.say("sheet_check", view)


async def _matched(
    context: Context, rows: Sequence[Row], mine: Sequence[int]
) -> tuple[Claims, list[Verdict], list[Flaw]]:
    """What the rows mean in the classes of the sender, and what is wrong with them."""
    county = await load_classes(context.work, context.calendar, context.now, context.policy, mine)
    claims: Claims = {}
    usable = [row for row in rows if isinstance(row.value, AttendanceEntry)]
    verdicts = [await _judge(context, county, row, mine, claims) for row in usable]
    flaws = [
        _flaw(context, row, one) for row in rows for one in row.problems if not one.is_warning
    ]
    for row, verdict in zip(usable, verdicts, strict=True):
        flaws += [_flaw(context, row, _problem(context, one)) for one in verdict.flaws]
    return claims, verdicts, sorted(flaws, key=lambda flaw: flaw.row)


async def _judge(
    context: Context, county: County, row: Row, mine: Sequence[int], claims: Claims
) -> Verdict:
    assert isinstance(row.value, AttendanceEntry)
    said = _said(row.value)
    school = county.school(said.school)
    place = county.classes.get((school.id, *said.class_key)) if school else None
    if place is not None and place.id not in mine:
        return refused("class", ImportFlaw.NOT_YOUR_CLASS)
    (verdict,) = await match_rows(context.work, county, [said], claims)
    return verdict


def _said(entry: AttendanceEntry) -> AttendanceRow:
    return AttendanceRow(
        on=entry.day,
        school=entry.school,
        class_key=(entry.class_name.grade, entry.class_name.number),
        name=entry.name,
        id_number=entry.id_number,
        register_number=entry.register_number,
        claim="family" if entry.mark == "personal" else entry.mark,
    )


def _problem(context: Context, flaw: Flawed) -> Problem:
    name = sentences(context.language).get(f"_{flaw.column}", flaw.column)
    return Problem(name, flaw.what)


def _flaw(context: Context, row: Row, problem: Problem) -> Flaw:
    return Flaw(row.number, problem.column, sentence(problem, context.language))


async def _keep(context: Context, sheets: Iterable[Sheet]) -> int:
    body = {"sheets": [[one.class_id, one.on.isoformat(), list(one.rows)] for one in sheets]}
    return (await context.keep(FLOW, "confirm", body)).id


async def confirm(update: Update, context: Context) -> None:
    """[确认] [取消]."""
    press = context.press(SheetPress)
    draft = await context.draft()
    if draft is None or draft.flow != FLOW or draft.id != press.draft_id:
        raise OldButton
    await context.forget()
    if not press.sure:
        await context.show("sheet_dropped", {})
        return
    mine = await filed_classes(context.work, context.actor, context.today)
    sheets = [one for one in _kept(draft.body) if one.class_id in mine]
    book, by = book_of(context), context.actor_id
    changed = [one for one in sheets if await take_sheet(context.work, one, book, by)]
    await context.show("sheet_taken", {"days": await count_days(context.work, changed)})


def _kept(body: dict[str, Any]) -> list[Sheet]:
    return [
        Sheet(class_id, date.fromisoformat(on), tuple((child, says) for child, says in rows))
        for class_id, on, rows in body["sheets"]
    ]


HANDLERS: tuple[Handler, ...] = (
    InputHandler(take_document, filters.UpdateType.MESSAGE & _FILES, rank=1, by=is_staff),
    on_press(confirm, SheetPress),
)
