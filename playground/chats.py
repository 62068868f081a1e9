"""A chat of the bot with a person or a group, and when it cannot be written to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playground.arrivals import Arrivals
from playground.markup import Markup
from playground.messages import Message, Shown, keyboard_after
from playground.refusals import Refused, bad_request, forbidden


@dataclass(slots=True)
class Chat:
    header: dict[str, Any]
    arrivals: Arrivals
    closed_by: Callable[[], Refused] | None
    messages: dict[int, Message] = field(default_factory=dict)
    keyboard: Markup | None = None

    @property
    def chat_id(self) -> int:
        return int(self.header["id"])

    @property
    def is_group(self) -> bool:
        return bool(self.header["type"] != "private")

    def refuse_if_closed(self) -> None:
        if self.closed_by is not None:
            raise self.closed_by()

    def keep(self, message: Message) -> None:
        self.messages[message.message_id] = message
        self.keyboard = keyboard_after(self.keyboard, message)

    def live(self) -> list[Message]:
        return [message for message in self.messages.values() if not message.deleted]

    def find(self, message_id: int) -> Message | None:
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def showing(self, label: str) -> Shown | None:
        """The newest message of the bot with a button that answers to `label`."""
        for message in reversed(self.live()):
            if message.inline and (shown := message.shown()).button(label):
                return shown
        return None


def not_started() -> Refused:
    return forbidden("bot can't initiate conversation with a user")


def blocked() -> Refused:
    return forbidden("bot was blocked by the user")


def deactivated() -> Refused:
    return forbidden("user is deactivated")


def not_a_member() -> Refused:
    return forbidden("bot is not a member of the supergroup chat")


def kicked() -> Refused:
    return forbidden("bot was kicked from the supergroup chat")


def unknown_chat() -> Refused:
    return bad_request("chat not found")
