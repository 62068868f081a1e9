"""From a row of the outbox to what is really sent: facts read again, words chosen, text fitted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from jinja2 import TemplateError

from bot.case_files import Archive
from bot.files import File, Order, file_from
from bot.ledger_files import ordered
from bot.letter import (
    Letter,
    Unsayable,
    all_dropped,
    joined,
    screen_of,
    silent_act,
    without,
)
from bot.report_files import count_ordered, week_ordered
from handlers.menus import commands_of, keyboard_of
from rules.messages.base import Lane
from rules.messages.catalogue import audience_of, edited_by, sets_menu
from rules.model.people import ContactFlag, Person
from rules.policy.sections import Reaching
from rules.quiet import Audience
from storage import departures
from storage.actors import actor_of
from storage.attachments import Kept
from storage.by_key import LINKS, PERSON
from storage.cards import card
from storage.casefile.sight import CaseFile
from storage.ledgers.scope import CountAsked, LedgerAsked, WeekAsked
from storage.outbox import Outgoing
from storage.outgoing import COMMANDS, FILE, REMOVAL, SCREEN
from storage.views import Document, Unwanted, view_of
from storage.work import Reading
from templates.render import render
from templates.screen import Screen
from templates.splitting import LIMIT, length, split
from templates.words import phrase

CAPTION_LIMIT = 1024


@dataclass(frozen=True)
class Desk:
    """Where letters are written."""

    zone: str
    is_rehearsal: bool = False
    journal_key: bytes = field(default=b"", repr=False)
    reach: Reaching = field(default_factory=Reaching)

    async def write(self, read: Reading, row_id: int, now: datetime) -> Letter | None:
        """The letter for a row; None when the row does not wait any more.

        Unsayable when its view or template fails.
        """
        row = await departures.unsent(read, row_id)
        if row is None:
            return None
        if row.kind in (REMOVAL, COMMANDS):
            return silent_act(row)
        if row.kind in (SCREEN, FILE):
            return self._answer(row)
        person = await read.get(PERSON, row.person_id)
        if person is None or person.chat_id is None or not person.is_reachable:
            return Letter((), ((row, _why_unreachable(person)),))
        rows = (row, *await departures.companions(read, row, now))
        letter = Letter(rows, chat_id=person.chat_id, language=person.language)
        letter = await _permitted(read, letter, person)
        if not letter.rows:
            return letter
        try:
            letter = await self._compose(read, letter, now)
            return await self._with_menu(read, letter, now)
        except BUGS as bug:
            raise Unsayable(self.fallback(letter)) from bug

    def fallback(self, letter: Letter) -> Letter:
        """What is said when the proper words fail."""
        text = phrase(letter.language, "delivery.fallback")
        screens = self._fitted(Screen(text), letter.language)
        return replace(letter, screens=screens, edits=None, file=None, is_fallback=True)

    def _answer(self, row: Outgoing) -> Letter:
        content = row.payload["content"]
        screen = screen_of(content)
        file = content.get("file")
        language = content.get("language", "zh")
        return Letter(
            (row,),
            chat_id=row.chat_id or 0,
            language=language,
            screens=self._fitted(screen, language, CAPTION_LIMIT if file else LIMIT),
            edits=row.message_id if row.is_edit else None,
            file=file_from(file) if file else None,
        )

    async def _compose(self, read: Reading, letter: Letter, now: datetime) -> Letter:
        letter = await _wanted(read, letter)
        if letter.rows:
            letter = await _with_target(read, letter)
        if not letter.rows:
            return letter
        found = await view_of(letter.main.kind)(read, letter.main)
        if isinstance(found, Unwanted):
            return all_dropped(letter, found.cause)
        if isinstance(found, Document):
            order = await self._order(read, found.file, letter.language, now)
            file = File(found.name, is_protected=True, order=order)
            letter, found = replace(letter, file=file), found.view
        screen = render(letter.main.kind, found, letter.language, self.zone)
        limit = CAPTION_LIMIT if letter.file else LIMIT
        return await _unless_shown(
            read, replace(letter, screens=self._fitted(screen, letter.language, limit))
        )

    async def _order(
        self,
        read: Reading,
        wanted: Kept | CaseFile | LedgerAsked | WeekAsked | CountAsked,
        language: str,
        now: datetime,
    ) -> Order:
        """A stored file is read later; what a case says is read now and written later."""
        if isinstance(wanted, Kept):
            return wanted
        if isinstance(wanted, LedgerAsked):
            return await ordered(read, wanted, self.zone, self.reach)
        if isinstance(wanted, WeekAsked):
            return await week_ordered(read, wanted, self.zone)
        if isinstance(wanted, CountAsked):
            return await count_ordered(read, wanted, self.zone)
        return await Archive(self.zone, self.journal_key).order(read, wanted, language, now)

    async def _with_menu(self, read: Reading, letter: Letter, now: datetime) -> Letter:
        """The keyboard and the commands of the chat, for the kinds that bring them."""
        if not letter.rows or not sets_menu(letter.main.kind):
            return letter
        today = now.astimezone(ZoneInfo(self.zone)).date()
        actor = await actor_of(read, letter.chat_id, today, letter.language)
        *first, last = letter.screens
        last = replace(last, menu=keyboard_of(actor))
        return replace(letter, screens=(*first, last), commands=commands_of(actor))

    def _fitted(self, screen: Screen, language: str, limit: int = LIMIT) -> tuple[Screen, ...]:
        """The parts of a screen; the keys stand under the last one."""
        prefix = phrase(language, "delivery.rehearsal") if self.is_rehearsal else ""
        room = limit - length(prefix)
        *parts, last = split(screen.text, room) or (screen.text,)
        first = [Screen(prefix + part) for part in parts]
        return (*first, replace(screen, text=prefix + last))


#: What a faulty view or template raises; lost races and lost connections are none of these.
BUGS = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    TemplateError,
)


def _why_unreachable(person: Person | None) -> str:
    if person is None or person.left_on is not None:
        return "left"
    return "unbound" if person.chat_id is None else "blocked"


async def _permitted(read: Reading, letter: Letter, person: Person) -> Letter:
    """Without what this guardian must not, or does not want to, be sent."""
    causes: dict[int, str] = {}
    for row in letter.rows:
        if audience_of(row.kind) is not Audience.GUARDIANS:
            continue
        if person.stopped_at is not None:
            causes[row.id] = "stopped"
        elif not await _may_be_written_to(read, row):
            causes[row.id] = "contact_flag"
    return without(letter, causes)


async def _wanted(read: Reading, letter: Letter) -> Letter:
    """Each row of a group is asked by itself, so that each has its own cause."""
    causes: dict[int, str] = {}
    for row in letter.rows if len(letter.rows) > 1 else ():
        found = await view_of(row.kind)(read, row)
        if isinstance(found, Unwanted):
            causes[row.id] = found.cause
    return joined(without(letter, causes))


async def _may_be_written_to(read: Reading, row: Outgoing) -> bool:
    """What the contact flag of this guardian allows (rules.md 5): the strictest that applies."""
    links = await read.found(LINKS, row.person_id)
    flags = {one.flag for one in links if row.student_id in (None, one.student_id)}
    if ContactFlag.NO_CONTACT in flags:
        return False
    return ContactFlag.EMERGENCIES not in flags or row.lane is Lane.SAFETY


async def _with_target(read: Reading, letter: Letter) -> Letter:
    """Which earlier message this one changes, if it is of that sort."""
    row = letter.main
    if row.card_key is not None:
        shown = await card(read, row.card_key)
        is_here = shown is not None and shown.chat_id == letter.chat_id
        return replace(letter, edits=shown.message_id if shown and is_here else None)
    kinds = edited_by(row.kind)
    if not kinds:
        return letter
    before = await departures.shown_before(read, row, kinds)
    if not before:
        return all_dropped(letter, "nothing_to_edit")
    items = list(dict.fromkeys([*row.items, *(item for one in before for item in one.items)]))
    whole = replace(row, payload={**row.payload, "items": items})
    return replace(letter, rows=(whole, *letter.rows[1:]), edits=before[0].message_id)


async def _unless_shown(read: Reading, letter: Letter) -> Letter:
    """A living message that shows exactly this already is left alone."""
    if letter.edits is None or letter.main.card_key is None:
        return letter
    shown = await card(read, letter.main.card_key)
    if shown is not None and shown.shown_hash == letter.shown_hash:
        return all_dropped(letter, "unchanged")
    return letter
