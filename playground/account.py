"""The bot's account: its chats, its files, and everything that waits for it."""

from __future__ import annotations

from typing import Any

from playground.arrivals import EDIT, MESSAGE
from playground.calls import Call
from playground.chats import Chat, unknown_chat
from playground.clock import Now
from playground.feed import Feed
from playground.files import Shelf
from playground.limits import Limits
from playground.menu import Menu
from playground.messages import Message
from playground.refusals import bad_request
from playground.taps import Taps
from playground.updates import UpdateQueue
from playground.webhook import Webhook


class Account:
    def __init__(self, token: str, username: str, now: Now, feed: Feed) -> None:
        self.token = token
        self.bot_id = int(token.partition(":")[0])
        self.username = username
        self.now = now
        self.feed = feed
        self.chats: dict[int, Chat] = {}
        self.files = Shelf(self.bot_id)
        self.menu = Menu()
        self.taps = Taps(now)
        self.updates = UpdateQueue(now)
        self.webhook = Webhook(self.updates, now)
        self.limits: Limits | None = None
        self._last_message_id = 0

    @property
    def user(self) -> dict[str, Any]:
        name = {"first_name": self.username, "username": self.username}
        return {"id": self.bot_id, "is_bot": True, **name}

    def next_message_id(self) -> int:
        self._last_message_id += 1
        return self._last_message_id

    def chat_of(self, call: Call) -> Chat:
        if not call.text("chat_id"):
            raise bad_request("chat_id is empty")
        chat = self.chats.get(call.chat_id or 0)
        if chat is None:
            raise unknown_chat()
        return chat

    def writable_chat_of(self, call: Call) -> Chat:
        chat = self.chat_of(call)
        chat.refuse_if_closed()
        return chat

    def deliver(self, chat: Chat, message: Message) -> None:
        """A message of the bot appears in the chat."""
        chat.keep(message)
        shown = message.shown()
        chat.arrivals.add(MESSAGE, shown)
        self.feed.show("message", shown)

    def rewrite(self, chat: Chat, message: Message) -> None:
        """A message of the bot has just been changed."""
        shown = message.shown()
        chat.arrivals.add(EDIT, shown)
        self.feed.show("edit", shown)

    def remove(self, message: Message) -> None:
        message.deleted = True
        self.feed.show("delete", message.shown())

    def hear(self, chat: Chat, message: Message) -> None:
        """A person's message appears in the chat and goes to the bot."""
        chat.keep(message)
        self.feed.show("said", message.shown())
        self.updates.push("message", message.as_json())
