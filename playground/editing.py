"""The methods by which the bot changes or takes back what it said, and answers taps."""

from __future__ import annotations

from datetime import timedelta

from playground.account import Account
from playground.calls import Call
from playground.chats import Chat
from playground.entities import utf16_length
from playground.markup import Markup, inline_markup_of
from playground.messages import Message
from playground.refusals import bad_request, not_modified
from playground.sending import Wording, caption_of, text_of
from playground.taps import Popup

DELETABLE_FOR = timedelta(hours=48)
MOST_POPUP = 200


async def edit_message_text(account: Account, call: Call) -> object:
    chat, message = _editable(account, call)
    if not message.has_text:
        raise bad_request("there is no text in the message to edit")
    return _edit(account, chat, message, text_of(call), inline_markup_of(call))


async def edit_message_caption(account: Account, call: Call) -> object:
    chat, message = _editable(account, call)
    if message.file is None:
        raise bad_request("there is no caption in the message to edit")
    return _edit(account, chat, message, caption_of(call), inline_markup_of(call))


async def edit_message_reply_markup(account: Account, call: Call) -> object:
    chat, message = _editable(account, call)
    wording = Wording(message.text, message.html, message.entities)
    return _edit(account, chat, message, wording, inline_markup_of(call))


async def delete_message(account: Account, call: Call) -> object:
    chat = account.writable_chat_of(call)
    message = chat.find(call.needed("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    if account.now() - message.sent_at > DELETABLE_FOR:
        raise bad_request("message can't be deleted for everyone")
    account.remove(message)
    return True


async def answer_callback_query(account: Account, call: Call) -> object:
    text = call.text("text")
    if utf16_length(text) > MOST_POPUP:
        raise bad_request("MESSAGE_TOO_LONG")
    popup = Popup(text, call.flag("show_alert"), call.text("url"))
    tap = account.taps.answer(call.text("callback_query_id"), popup)
    account.feed.tell("popup", tap.chat_id, text)
    return True


def _editable(account: Account, call: Call) -> tuple[Chat, Message]:
    """Only the bot's own messages, without a keyboard or with an inline one."""
    chat = account.writable_chat_of(call)
    message = chat.find(call.needed("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot or (message.markup and not message.markup.is_inline):
        raise bad_request("message can't be edited")
    return chat, message


def _edit(
    account: Account, chat: Chat, message: Message, wording: Wording, markup: Markup | None
) -> object:
    rows = markup.rows if markup else ()
    shown_rows = message.inline.rows if message.inline else ()
    said = (message.text, message.entities, shown_rows)
    if said == (wording.text, wording.entities, rows):
        raise not_modified()
    message.history.append(message.shown())
    message.text, message.html, message.entities = wording.text, wording.html, wording.entities
    message.markup = markup
    message.edited_at = account.now()
    account.rewrite(chat, message)
    return message.as_json()
