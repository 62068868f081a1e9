"""What a handler is given: who speaks, the unit of work, and the ways to answer the speaker."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar, cast

from telegram import Update
from telegram.ext import Application, CallbackContext, ExtBot

from papers.incoming import Incoming
from papers.orders import InviteOrder
from rules.calendar import Calendar
from rules.decision import Decision
from rules.policy import Policy
from storage import drafts, outgoing
from storage.actors import Actor
from storage.carrying import carry_out
from storage.drafts import Draft
from storage.work import Work
from templates.presses import Press
from templates.render import render
from templates.screen import Screen
from templates.words import phrase

P = TypeVar("P", bound=Press)
AnyDict = dict[Any, Any]


@dataclass(frozen=True)
class Rulebook:
    """What the rules of this county are measured by: its numbers and its calendar."""

    policy: Policy
    calendar: Calendar


@dataclass(frozen=True)
class Answer:
    """The words under which a press comes to rest; a pop-up has to be closed by hand."""

    text: str = ""
    is_popup: bool = False


@dataclass(frozen=True)
class Enclosure:
    """A file that came with the message, already fetched.

    `content` is None when it could not be fetched; `problem` is then the phrase that says why.
    `incoming` is what a spreadsheet holds.
    """

    sort: str  # photo | voice | document
    name: str
    media_type: str
    size: int
    content: bytes | None = field(default=None, repr=False)
    problem: str | None = None
    incoming: Incoming | None = field(default=None, repr=False)


class Context(CallbackContext[ExtBot[None], AnyDict, AnyDict, AnyDict]):
    """One update being handled, in one unit of work at one instant."""

    def __init__(self, update: Update, work: Work, actor: Actor, book: Rulebook) -> None:
        """No application stands behind it: what handlers need is here."""
        super().__init__(cast("Application[Any, Any, Any, Any, Any, Any]", None))
        self.arrived = update
        self.work = work
        self.actor = actor
        self.policy = book.policy
        self.calendar = book.calendar
        self.enclosure: Enclosure | None = None
        self.answer: Answer | None = None
        self._draft: Draft | None = None
        self._is_draft_read = False
        self._said = 0

    @property
    def now(self) -> datetime:
        """The instant of everything that happens here."""
        return self.work.now

    @property
    def today(self) -> date:
        """The county's date."""
        return self.calendar.local_date(self.now)

    @property
    def actor_id(self) -> int:
        """The person who speaks; Stranger when it is nobody known."""
        return self.actor.primary_id

    @property
    def language(self) -> str:
        """The language that the speaker is answered in."""
        return self.actor.language

    @property
    def chat_id(self) -> int:
        """Telegram's number of the chat."""
        return self.actor.chat_id

    @property
    def message_id(self) -> int | None:
        """The message that was pressed on, or that was sent."""
        message = self.arrived.effective_message
        return message.message_id if message else None

    @property
    def text(self) -> str:
        """What was typed: the text, or the caption of a file."""
        message = self.arrived.effective_message
        return ((message.text or message.caption) if message else None) or ""

    @property
    def is_edited(self) -> bool:
        """Whether an earlier message was changed, instead of a new one sent."""
        return self.arrived.edited_message is not None

    def press(self, kind: type[P]) -> P:
        """The press as a value; UnreadablePress when it is none of this kind."""
        query = self.arrived.callback_query
        return kind.read((query.data or "") if query else "")

    def words(self, name: str, /, **values: object) -> str:
        """A phrase in the speaker's language."""
        return phrase(self.language, name, **values)

    async def toast(self, name: str, /, **values: object) -> None:
        """Let the press come to rest under a phrase."""
        self.answer = Answer(self.words(name, **values))

    async def pop_up(self, name: str, /, **values: object) -> None:
        """Let the press come to rest under a phrase that stays until it is closed."""
        self.answer = Answer(self.words(name, **values), is_popup=True)

    async def show(self, kind: str, view: object) -> None:
        """Change the message that was pressed on; a new message where none was pressed."""
        is_press = self.arrived.callback_query is not None
        await self._write(self.rendered(kind, view), self.message_id if is_press else None)

    async def say(self, kind: str, view: object) -> None:
        """Send the speaker a new message."""
        await self._write(self.rendered(kind, view), None)

    async def change(self, message_id: int, kind: str, view: object) -> None:
        """Change an earlier message of this chat, such as the one a flow lives on."""
        await self._write(self.rendered(kind, view), message_id)

    async def hand_over(
        self,
        name: str,
        content: bytes | InviteOrder,
        kind: str,
        view: object,
        *,
        is_protected: bool = False,
    ) -> None:
        """Send the speaker a file; `kind` and `view` make the text under it.

        A paper that takes its time is only ordered here, and written when it is sent.  What
        is protected cannot be passed on, and is taken out of the chat after a day.
        """
        screen = self.rendered(kind, view)
        if isinstance(content, InviteOrder):
            made: AnyDict = {"order": content.as_values()}
        else:
            made = {"content": b64encode(content).decode()}
        enclosed = {"name": name, "is_protected": is_protected, **made}
        await self._post({**content_of(screen), "file": enclosed}, None)

    def rendered(self, kind: str, view: object) -> Screen:
        """The screen of `kind`, in the speaker's language and the county's zone."""
        return render(kind, view, self.language, self.calendar.zone.key)

    async def carry_out(self, decision: Decision) -> tuple[Any, ...]:
        """Write what was decided; the stored records, in their order."""
        return await carry_out(self.work, decision)

    async def draft(self) -> Draft | None:
        """The flow that this chat is in the middle of."""
        if not self._is_draft_read:
            self._draft = await drafts.draft_of(self.work, self.chat_id)
            self._is_draft_read = True
        return self._draft

    async def keep(
        self,
        flow: str,
        step: str,
        body: Mapping[str, Any],
        *,
        person_id: int | None = None,
        message_id: int | None = None,
    ) -> Draft:
        """Keep what has been said so far in a flow; `message_id` is the message it lives on.

        Another flow's draft gives way.  `person_id` names who it is about where nobody known
        speaks yet.
        """
        earlier = await self.draft()
        going_on = earlier if earlier and earlier.flow == flow else None
        draft = Draft(
            id=going_on.id if going_on else 0,
            chat_id=self.chat_id,
            person_id=person_id or self.actor_id,
            flow=flow,
            step=step,
            updated_at=self.now,
            body=dict(body),
            message_id=message_id or (going_on.message_id if going_on else None),
            version=going_on.version if going_on else 1,
        )
        self._draft = await drafts.keep(self.work, draft)
        return self._draft

    async def forget(self) -> bool:
        """Leave the flow; whether there was one."""
        self._draft, self._is_draft_read = None, True
        return await drafts.forget(self.work, self.chat_id)

    async def _write(self, screen: Screen, message_id: int | None) -> None:
        await self._post(content_of(screen), message_id)

    async def _post(self, content: Mapping[str, Any], message_id: int | None) -> None:
        self._said += 1
        person_ids = self.actor.person_ids
        await outgoing.answer(
            self.work,
            f"answer:{self.arrived.update_id}:{self._said}",
            self.chat_id,
            {**content, "language": self.language},
            person_id=person_ids[0] if person_ids else None,
            edits=message_id,
        )


def content_of(screen: Screen) -> dict[str, Any]:
    """A screen as plain values, for the outbox."""
    return {
        "text": screen.text,
        "keys": [[{"label": key.label, "data": key.data} for key in row] for row in screen.keys],
        "menu": screen.menu,
    }
