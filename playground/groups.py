"""A group chat: people talk in it, and the bot can be taken in and sent away."""

from __future__ import annotations

from playground.account import Account
from playground.arrivals import Arrivals
from playground.chats import Chat, kicked, not_a_member
from playground.entities import commands_in
from playground.members import member_change
from playground.messages import Message, Shown
from playground.people import Person
from playground.phone import Phone


class Group(Phone):
    def __init__(self, account: Account, chat_id: int, title: str) -> None:
        self.chat_id = chat_id
        self.title = title
        header = {"id": chat_id, "type": "supergroup", "title": title}
        super().__init__(account, Chat(header, Arrivals(title), closed_by=not_a_member))

    @property
    def has_bot(self) -> bool:
        return self._chat.closed_by is None

    def add_bot(self, by: Person) -> None:
        self._chat.closed_by = None
        self._change_member(by, "left", "member")
        message = self._message(by, "")
        message.kind = "service"
        message.extra = {"new_chat_members": [self._account.user]}
        self._account.hear(self._chat, message)

    def remove_bot(self, by: Person) -> None:
        self._chat.closed_by = kicked
        self._change_member(by, "member", "kicked")

    def say(self, by: Person, text: str) -> Shown:
        """Telegram's privacy mode: of what people say, the bot hears commands only."""
        message = self._message(by, text)
        if text.startswith("/") and self.has_bot:
            self._account.hear(self._chat, message)
        else:
            self._chat.keep(message)
            self._account.feed.show("said", message.shown())
        return message.shown()

    def _message(self, by: Person, text: str) -> Message:
        return Message(
            chat=self._chat.header,
            message_id=self._account.next_message_id(),
            sender=by.user,
            sent_at=self._account.now(),
            text=text,
            html=text,
            entities=commands_in(text),
        )

    def _change_member(self, by: Person, before: str, after: str) -> None:
        self._account.feed.tell("state", self.chat_id, after)
        payload = member_change(self._account, self._chat, by.user, before, after)
        self._account.updates.push("my_chat_member", payload)
