"""Every method of the Bot API that the stage knows, with its parameters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playground import about, editing, fetching, sending
from playground.account import Account
from playground.calls import Call
from playground.refusals import bad_request

Run = Callable[[Account, Call], Awaitable[object]]

SENT = (
    "chat_id parse_mode disable_notification protect_content allow_paid_broadcast "
    "message_effect_id reply_parameters reply_markup"
)
CAPTIONED = f"{SENT} caption caption_entities"
EDITED = "chat_id message_id reply_markup"


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    run: Run
    parameters: frozenset[str]

    def refuse_unknown(self, call: Call) -> None:
        """Telegram ignores parameters that it does not know; a test should hear of them."""
        attached = {
            value.removeprefix("attach://")
            for value in call.fields.values()
            if isinstance(value, str) and value.startswith("attach://")
        }
        given = call.fields.keys() | (call.files.keys() - attached)
        if unknown := sorted(given - self.parameters):
            raise bad_request(f"unknown parameter {', '.join(unknown)} of {self.name}")


def _method(name: str, run: Run, parameters: str = "") -> Method:
    return Method(name, run, frozenset(parameters.split()))


ALL = (
    _method("getMe", about.get_me),
    _method("getUpdates", fetching.get_updates, "offset limit timeout allowed_updates"),
    _method(
        "setWebhook",
        fetching.set_webhook,
        "url certificate ip_address max_connections allowed_updates drop_pending_updates "
        "secret_token",
    ),
    _method("deleteWebhook", fetching.delete_webhook, "drop_pending_updates"),
    _method("getWebhookInfo", fetching.get_webhook_info),
    _method("sendMessage", sending.send_message, f"{SENT} text entities link_preview_options"),
    _method(
        "sendPhoto",
        sending.send_photo,
        f"{CAPTIONED} photo show_caption_above_media has_spoiler",
    ),
    _method(
        "sendDocument",
        sending.send_document,
        f"{CAPTIONED} document thumbnail disable_content_type_detection",
    ),
    _method("sendVoice", sending.send_voice, f"{CAPTIONED} voice duration"),
    _method("sendChatAction", sending.send_chat_action, "chat_id action"),
    _method(
        "editMessageText",
        editing.edit_message_text,
        f"{EDITED} text parse_mode entities link_preview_options",
    ),
    _method(
        "editMessageCaption",
        editing.edit_message_caption,
        f"{EDITED} caption parse_mode caption_entities show_caption_above_media",
    ),
    _method("editMessageReplyMarkup", editing.edit_message_reply_markup, EDITED),
    _method("deleteMessage", editing.delete_message, "chat_id message_id"),
    _method(
        "answerCallbackQuery",
        editing.answer_callback_query,
        "callback_query_id text show_alert url cache_time",
    ),
    _method("getFile", about.get_file, "file_id"),
    _method("setMyCommands", about.set_my_commands, "commands scope language_code"),
    _method("getMyCommands", about.get_my_commands, "scope language_code"),
    _method("deleteMyCommands", about.delete_my_commands, "scope language_code"),
    _method("getChat", about.get_chat, "chat_id"),
    _method("leaveChat", about.leave_chat, "chat_id"),
)
METHODS = {method.name.lower(): method for method in ALL}
