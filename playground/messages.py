"""One message: as the server keeps it, and as a person saw it at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from playground.clock import seconds
from playground.entities import Entity
from playground.files import Held
from playground.markup import REPLY, Button, Markup, Rows


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stood on the screen; later edits do not change it.

    `keyboard` is what it puts below the input field: empty takes away what is there, None nothing.
    """

    chat_id: int
    message_id: int
    kind: str
    text: str
    html: str
    rows: Rows
    at: datetime
    silent: bool
    protected: bool
    from_bot: bool
    file: Held | None = None
    reply_to: int | None = None
    is_edited: bool = False
    keyboard: Rows | None = None

    @property
    def labels(self) -> list[list[str]]:
        return labels_of(self.rows)

    @property
    def words(self) -> str:
        """Everything that can be read in it, the name of a file included."""
        return f"{self.text}\n{self.file.name}" if self.file else self.text

    def as_json(self) -> dict[str, Any]:
        return {
            "chat_id": self.chat_id,
            "message_id": self.message_id,
            "kind": self.kind,
            "text": self.text,
            "html": self.html,
            "buttons": [[_button_json(button) for button in row] for row in self.rows],
            "at": self.at.isoformat(),
            "silent": self.silent,
            "protected": self.protected,
            "from_bot": self.from_bot,
            "file": _file_json(self.file) if self.file else None,
            "reply_to": self.reply_to,
            "edited": self.is_edited,
            "keyboard": None if self.keyboard is None else labels_of(self.keyboard),
        }

    def button(self, label: str) -> Button | None:
        """The button that a person means by `label`; an exact label goes before a prefix."""
        buttons = [button for row in self.rows for button in row if button.answers_to(label)]
        exact = [button for button in buttons if button.label == label]
        if not exact and len({button.label for button in buttons}) > 1:
            raise LookupError(f"{label!r} may be any of {[button.label for button in buttons]}")
        return next(iter(exact or buttons), None)


@dataclass(slots=True)
class Message:
    """A message as the server keeps it; `extra` is what only its kind has."""

    chat: dict[str, Any]
    message_id: int
    sender: dict[str, Any]
    sent_at: datetime
    kind: str = "text"
    text: str = ""
    html: str = ""
    entities: list[Entity] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    file: Held | None = None
    markup: Markup | None = None
    silent: bool = False
    protected: bool = False
    reply_to: int | None = None
    edited_at: datetime | None = None
    deleted: bool = False
    history: list[Shown] = field(default_factory=list)

    @property
    def from_bot(self) -> bool:
        return bool(self.sender["is_bot"])

    @property
    def has_text(self) -> bool:
        return self.kind == "text"

    @property
    def inline(self) -> Markup | None:
        return self.markup if self.markup and self.markup.is_inline and self.markup.rows else None

    def shown(self) -> Shown:
        return Shown(
            chat_id=self.chat["id"],
            message_id=self.message_id,
            kind=self.kind,
            text=self.text,
            html=self.html,
            rows=self.inline.rows if self.inline else (),
            at=self.edited_at or self.sent_at,
            silent=self.silent,
            protected=self.protected,
            from_bot=self.from_bot,
            file=self.file,
            reply_to=self.reply_to,
            is_edited=self.edited_at is not None,
            keyboard=self.markup.rows if self.markup and not self.markup.is_inline else None,
        )

    def as_json(self) -> dict[str, Any]:
        wire: dict[str, Any] = {
            "message_id": self.message_id,
            "from": self.sender,
            "chat": self.chat,
            "date": seconds(self.sent_at),
            **self.extra,
        }
        if self.text:
            wire["text" if self.has_text else "caption"] = self.text
        if self.entities:
            wire["entities" if self.has_text else "caption_entities"] = self.entities
        if self.inline:
            wire["reply_markup"] = self.inline.source
        if self.edited_at:
            wire["edit_date"] = seconds(self.edited_at)
        if self.protected:
            wire["has_protected_content"] = True
        return wire


def labels_of(rows: Rows) -> list[list[str]]:
    return [[button.label for button in row] for row in rows]


def _button_json(button: Button) -> dict[str, Any]:
    return {"label": button.label, "data": button.data, "url": button.url}


def _file_json(file: Held) -> dict[str, Any]:
    return {
        "file_id": file.file_id,
        "name": file.name,
        "mime": file.mime,
        "size": len(file.data),
        "path": file.path,
    }


def keyboard_after(current: Markup | None, message: Message) -> Markup | None:
    """The keyboard under the input field once `message` has arrived."""
    markup = message.markup
    if markup is None or markup.is_inline:
        return current
    return markup if markup.kind == REPLY else None
