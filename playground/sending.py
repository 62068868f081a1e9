"""The methods by which the bot says something new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.account import Account
from playground.calls import Call
from playground.chats import Chat
from playground.entities import Entity, parse, utf16_length
from playground.files import content_of
from playground.markup import markup_of
from playground.messages import Message
from playground.refusals import bad_request

MOST_TEXT = 4096
MOST_CAPTION = 1024
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


@dataclass(frozen=True, slots=True)
class Wording:
    text: str
    html: str
    entities: list[Entity]


def text_of(call: Call) -> Wording:
    if not call.text("text"):
        raise bad_request("message text is empty")
    wording = _wording(call, "text", "entities")
    if not wording.text:
        raise bad_request("text must be non-empty")
    if utf16_length(wording.text) > MOST_TEXT:
        raise bad_request("message is too long")
    return wording


def caption_of(call: Call) -> Wording:
    wording = _wording(call, "caption", "caption_entities")
    if utf16_length(wording.text) > MOST_CAPTION:
        raise bad_request("message caption is too long")
    return wording


def _wording(call: Call, name: str, entities_name: str) -> Wording:
    source = call.text(name)
    given = call.value(entities_name)
    if given:
        return Wording(source, source, _checked(given, source))
    plain, entities = parse(source, call.text("parse_mode"))
    return Wording(plain, source, entities)


def _checked(entities: Any, text: str) -> list[Entity]:
    length = utf16_length(text)
    for entity in entities if isinstance(entities, list) else [None]:
        if not isinstance(entity, dict) or {"type", "offset", "length"} - entity.keys():
            raise bad_request("can't parse MessageEntity: expected an Object")
        if entity["offset"] + entity["length"] > length:
            raise bad_request("entity begins after the end of the message")
    return list(entities)


async def send_message(account: Account, call: Call) -> object:
    chat = account.writable_chat_of(call)
    _check_preview(call)
    return _send(account, chat, call, _new_message(account, chat, text_of(call)))


async def send_photo(account: Account, call: Call) -> object:
    return _send_file(account, call, "photo")


async def send_document(account: Account, call: Call) -> object:
    return _send_file(account, call, "document")


async def send_voice(account: Account, call: Call) -> object:
    return _send_file(account, call, "voice")


async def send_chat_action(account: Account, call: Call) -> object:
    chat = account.writable_chat_of(call)
    action = call.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    account.feed.tell("action", chat.chat_id, action)
    return True


def _send_file(account: Account, call: Call, kind: str) -> object:
    chat = account.writable_chat_of(call)
    message = _new_message(account, chat, caption_of(call))
    message.kind = kind
    message.file = account.files.sent_with(call, kind)
    message.extra = content_of(message.file)
    return _send(account, chat, call, message)


def _new_message(account: Account, chat: Chat, wording: Wording) -> Message:
    return Message(
        chat=chat.header,
        message_id=0,
        sender=account.user,
        sent_at=account.now(),
        text=wording.text,
        html=wording.html,
        entities=wording.entities,
    )


def _send(account: Account, chat: Chat, call: Call, message: Message) -> object:
    """Everything that may be refused comes before the message gets its number."""
    message.markup = markup_of(call)
    message.reply_to = _reply_to(chat, call)
    message.silent = call.flag("disable_notification")
    message.protected = call.flag("protect_content")
    message.message_id = account.next_message_id()
    account.deliver(chat, message)
    return message.as_json()


def _reply_to(chat: Chat, call: Call) -> int | None:
    parameters = call.value("reply_parameters")
    if parameters is None:
        return None
    if not isinstance(parameters, dict) or not isinstance(parameters.get("message_id"), int):
        raise bad_request("can't parse reply parameters JSON object")
    found = chat.find(parameters["message_id"])
    if found is None and not parameters.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return found.message_id if found else None


def _check_preview(call: Call) -> None:
    if not isinstance(call.value("link_preview_options") or {}, dict):
        raise bad_request("can't parse link preview options JSON object")
