"""What can be seen on a phone that has a chat with the bot open."""

from __future__ import annotations

from playground.account import Account
from playground.arrivals import Arrival
from playground.chats import Chat
from playground.messages import Shown


class Phone:
    def __init__(self, account: Account, chat: Chat) -> None:
        self._account = account
        self._chat = chat
        if chat.chat_id in account.chats:
            raise ValueError(f"chat {chat.chat_id} is taken")
        account.chats[chat.chat_id] = chat

    @property
    def messages(self) -> list[Shown]:
        """The chat as it stands now, oldest first."""
        return [message.shown() for message in self._chat.live()]

    @property
    def newest(self) -> Shown:
        """The last message of the bot."""
        return next(shown for shown in reversed(self.messages) if shown.from_bot)

    @property
    def arrivals(self) -> list[Arrival]:
        """Every message and edit that ever arrived, in order."""
        return self._chat.arrivals.all

    @property
    def deleted(self) -> list[Shown]:
        """What was taken back, as it last stood."""
        return [message.shown() for message in self._chat.messages.values() if message.deleted]

    def current(self, shown: Shown) -> Shown | None:
        """How that message stands now; None when it was deleted."""
        message = self._chat.find(shown.message_id)
        return message.shown() if message else None

    def history(self, shown: Shown) -> list[Shown]:
        """How that message stood before each of its edits."""
        return list(self._chat.messages[shown.message_id].history)

    async def expect(self, *words: str, within: float = 5.0) -> Shown:
        """Waits for a message or an edit that nobody expected yet, with all these words."""
        return await self._chat.arrivals.expect(words, within)

    def unexpected(self, edits: bool = False) -> list[Arrival]:
        return self._chat.arrivals.unexpected(edits)

    def see_all(self) -> None:
        self._chat.arrivals.see_all()
