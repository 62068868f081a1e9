"""One message as it leaves, and how it becomes less: rows dropped, rows joined."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.files import File
from storage.outbox import Outgoing
from storage.outgoing import COMMANDS, REMOVAL, SCREEN
from templates.screen import Key, Screen

Dropped = tuple[tuple[Outgoing, str], ...]
Commands = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Letter:
    """One message as it leaves: the rows that it stands for, and how it looks.

    `screens` has several where the text is too long for one message; `edits` names the message
    that is changed instead of adding one, `removes` the one that is taken out of the chat.
    `commands` are those of the chat: they are registered with the letter, or (where nothing is
    to be read) instead of it.  `dropped` are rows that are not wanted any more.
    """

    rows: tuple[Outgoing, ...]
    dropped: Dropped = ()
    chat_id: int = 0
    language: str = "zh"
    screens: tuple[Screen, ...] = ()
    edits: int | None = None
    file: File | None = None
    removes: int | None = None
    commands: Commands = ()
    is_fallback: bool = False
    is_marked: bool = False

    @property
    def main(self) -> Outgoing:
        """The row that the others joined."""
        return self.rows[0]

    @property
    def is_answer_by_edit(self) -> bool:
        """Whether it changes the message that the speaker has just pressed on."""
        return self.edits is not None and self.main.kind == SCREEN

    @property
    def is_silent_act(self) -> bool:
        """Whether it shows nothing: a message is removed, or commands are registered."""
        return self.main.kind in (REMOVAL, COMMANDS)

    @property
    def shown_hash(self) -> str:
        """Tells whether two letters look the same."""
        return hashlib.sha256(repr(self.screens).encode()).hexdigest()


class Unsayable(Exception):
    """The words for a message could not be found; `letter` says so plainly in their place."""

    def __init__(self, letter: Letter) -> None:
        """The cause of it is chained."""
        super().__init__(letter.main.kind)
        self.letter = letter


def without(letter: Letter, causes: Mapping[int, str]) -> Letter:
    if not causes:
        return letter
    dropped = tuple((row, causes[row.id]) for row in letter.rows if row.id in causes)
    kept = tuple(row for row in letter.rows if row.id not in causes)
    return replace(letter, rows=kept, dropped=letter.dropped + dropped)


def joined(letter: Letter) -> Letter:
    """The first row speaks for all: it carries every item."""
    if len(letter.rows) < 2:
        return letter
    first = letter.rows[0]
    items = list(dict.fromkeys(item for row in letter.rows for item in row.items))
    whole = replace(first, payload={**first.payload, "items": items})
    return replace(letter, rows=(whole, *letter.rows[1:]))


def all_dropped(letter: Letter, cause: str) -> Letter:
    dropped = tuple((row, cause) for row in letter.rows)
    return replace(letter, rows=(), dropped=letter.dropped + dropped)


def silent_act(row: Outgoing) -> Letter:
    """What changes the chat without a word."""
    commands = tuple((name, words) for name, words in row.payload.get("commands", ()))
    return Letter(
        (row,),
        chat_id=row.chat_id or 0,
        screens=(Screen(""),),
        removes=row.message_id,
        commands=commands,
    )


def screen_of(content: Mapping[str, Any]) -> Screen:
    keys = tuple(
        tuple(Key(key["label"], key["data"]) for key in row) for row in content.get("keys", ())
    )
    menu = content.get("menu")
    return Screen(
        content["text"], keys, None if menu is None else tuple(tuple(row) for row in menu)
    )
