"""A scripted person with a phone: what they do, and what they see."""

from __future__ import annotations

import re
from typing import Any

from playground.account import Account
from playground.arrivals import Arrivals
from playground.calls import Upload
from playground.chats import Chat, blocked, deactivated, not_started
from playground.clock import seconds
from playground.entities import commands_in
from playground.files import content_of
from playground.markup import Button
from playground.members import member_change
from playground.messages import Message, Shown, labels_of
from playground.phone import Phone
from playground.taps import Popup, Tap

START_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Person(Phone):
    """Sees and does what a person can in a private chat with one bot."""

    def __init__(self, account: Account, chat_id: int, name: str, language: str) -> None:
        self.chat_id = chat_id
        self.name = name
        self.language = language
        self.popups: list[Popup] = []
        header = {"id": chat_id, "type": "private", "first_name": name}
        super().__init__(account, Chat(header, Arrivals(name), closed_by=not_started))

    @property
    def user(self) -> dict[str, Any]:
        return {
            "id": self.chat_id,
            "is_bot": False,
            "first_name": self.name,
            "language_code": self.language,
        }

    def start(self, code: str | None = None) -> Shown:
        """Opens the bot, by a deep link if there is a code, and presses Start."""
        if code is not None and not START_CODE.fullmatch(code):
            raise ValueError(f"Telegram takes no such start code: {code!r}")
        if self._chat.closed_by is blocked:
            self.unblock()
        return self.say(f"/start {code}" if code else "/start")

    def say(self, text: str, reply_to: int | None = None) -> Shown:
        message = self._message(text=text, entities=commands_in(text))
        message.reply_to = reply_to
        replied = self._chat.find(reply_to) if reply_to is not None else None
        if replied:
            message.extra = {"reply_to_message": replied.as_json()}
        return self._send(message)

    def forward(self, text: str, author: str = "某人") -> Shown:
        """Forwards a text that somebody with a hidden account wrote."""
        date = seconds(self._account.now())
        origin = {"type": "hidden_user", "sender_user_name": author, "date": date}
        return self._send(self._message(text=text, extra={"forward_origin": origin}))

    def send_photo(self, data: bytes, caption: str = "") -> Shown:
        return self._send_file("photo", Upload("photo.jpg", "image/jpeg", data), caption)

    def send_voice(self, data: bytes) -> Shown:
        return self._send_file("voice", Upload("voice.ogg", "audio/ogg", data), "")

    def send_document(
        self, name: str, data: bytes, caption: str = "", mime: str = "application/octet-stream"
    ) -> Shown:
        return self._send_file("document", Upload(name, mime, data), caption)

    def send_sticker(self, data: bytes = b"RIFF") -> Shown:
        return self._send_file("sticker", Upload("sticker.webp", "image/webp", data), "")

    def send_contact(self, phone: str, of: str | None = None) -> Shown:
        """Shares a phone number: the person's own, or that `of` somebody else by name."""
        contact: dict[str, Any] = {"phone_number": phone, "first_name": of or self.name}
        if of is None:
            contact["user_id"] = self.chat_id
        return self._send(self._message(kind="contact", extra={"contact": contact}))

    def edit(self, said: Shown, text: str) -> Shown:
        message = self._own(said)
        message.history.append(message.shown())
        message.text = message.html = text
        message.entities = commands_in(text)
        message.edited_at = self._account.now()
        self._account.feed.show("said", message.shown())
        self._account.updates.push("edited_message", message.as_json())
        return message.shown()

    async def tap(self, label: str, on: Shown | None = None, within: float = 5.0) -> str:
        """Taps an inline button and waits for the bot; returns what popped up."""
        popup = await self.touch(label, on).popup(within)
        self.popups.append(popup)
        return popup.text

    def touch(self, label: str, on: Shown | None = None) -> Tap:
        """Taps an inline button and does not wait."""
        shown = on or self._chat.showing(label)
        button = shown.button(label) if shown else None
        if shown is None or button is None:
            raise LookupError(f"{self.name} sees no button {label!r}")
        if button.data is None:
            raise LookupError(f"the button {button.label!r} sends nothing to the bot")
        return self._press(shown, button, button.data)

    def touch_at(self, shown: Shown, row: int, column: int) -> Tap:
        """Taps the key that stands there on a message; two keys may bear the same words."""
        button = shown.rows[row][column]
        if button.data is None:
            raise LookupError(f"the button {button.label!r} sends nothing to the bot")
        return self._press(shown, button, button.data)

    def press(self, label: str) -> Shown:
        """Presses a button of the keyboard below the input field."""
        rows = self._chat.keyboard.rows if self._chat.keyboard else ()
        for button in (button for row in rows for button in row):
            if button.answers_to(label):
                contact = button.asks_contact
                return self.send_contact("+8613800000000") if contact else self.say(button.label)
        raise LookupError(f"{self.name} has no key {label!r}")

    def block(self) -> None:
        self._chat.closed_by = blocked
        self._change_member("member", "kicked")

    def unblock(self) -> None:
        self._chat.closed_by = None
        self._change_member("kicked", "member")

    def deactivate(self) -> None:
        """Deletes the account; Telegram tells the bot nothing."""
        self._chat.closed_by = deactivated
        self._account.feed.tell("state", self.chat_id, "deactivated")

    @property
    def standing(self) -> str:
        """new, open, blocked or deactivated: what this chat and the bot are to each other."""
        words = {None: "open", not_started: "new", blocked: "blocked"}
        return words.get(self._chat.closed_by, "deactivated")

    @property
    def keyboard(self) -> list[list[str]]:
        """The labels of the keyboard below the input field; empty when there is none."""
        rows = self._chat.keyboard.rows if self._chat.keyboard else ()
        return labels_of(rows)

    @property
    def commands(self) -> list[dict[str, str]]:
        return self._account.menu.seen_by(self.chat_id, self.language)

    def _message(self, **content: Any) -> Message:
        text = content.get("text", "")
        return Message(
            chat=self._chat.header,
            message_id=self._account.next_message_id(),
            sender=self.user,
            sent_at=self._account.now(),
            html=text,
            **content,
        )

    def _send(self, message: Message) -> Shown:
        closed_by = self._chat.closed_by
        if closed_by and closed_by is not not_started:
            raise RuntimeError(f"{self.name} cannot write: {closed_by().description}")
        self._chat.closed_by = None
        self._account.hear(self._chat, message)
        return message.shown()

    def _send_file(self, kind: str, upload: Upload, caption: str) -> Shown:
        held = self._account.files.keep(kind, upload)
        message = self._message(kind=kind, text=caption, entities=commands_in(caption))
        message.file, message.extra = held, content_of(held)
        return self._send(message)

    def _own(self, said: Shown) -> Message:
        message = self._chat.find(said.message_id)
        if message is None or message.from_bot:
            raise LookupError(f"{self.name} has no such message to edit")
        return message

    def _press(self, shown: Shown, button: Button, data: str) -> Tap:
        tap = self._account.taps.open(self.chat_id, button.label)
        self._account.feed.tell("tap", self.chat_id, button.label)
        self._account.updates.push(
            "callback_query",
            {
                "id": tap.query_id,
                "from": self.user,
                "message": self._tapped(shown),
                "chat_instance": str(-self.chat_id),
                "data": data,
            },
        )
        return tap

    def _tapped(self, shown: Shown) -> dict[str, Any]:
        message = self._chat.find(shown.message_id)
        if message:
            return message.as_json()
        return {"chat": self._chat.header, "message_id": shown.message_id, "date": 0}

    def _change_member(self, before: str, after: str) -> None:
        account = self._account
        account.feed.tell("state", self.chat_id, after)
        payload = member_change(account, self._chat, self.user, before, after)
        account.updates.push("my_chat_member", payload)
