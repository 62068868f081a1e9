"""Keyboards: what may stand under a message, and what Telegram refuses there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playground.calls import Call
from playground.refusals import Refused, bad_request

INLINE, REPLY, REMOVE, FORCE = "inline_keyboard", "keyboard", "remove_keyboard", "force_reply"
ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
MOST_BUTTONS = 100
MOST_DATA_BYTES = 64


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    data: str | None = None
    url: str | None = None
    asks_contact: bool = False

    def answers_to(self, label: str) -> bool:
        """Whether a person who says `label` means this button: "请假" is "请假·王小明"."""
        return self.label == label or self.label.startswith(f"{label}·")


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Markup:
    kind: str
    source: dict[str, Any]
    rows: Rows = ()

    @property
    def is_inline(self) -> bool:
        return self.kind == INLINE


def markup_of(call: Call) -> Markup | None:
    source = call.value("reply_markup")
    if source is None:
        return None
    if not isinstance(source, dict):
        raise bad_request("object expected as reply markup")
    for kind, read in ((INLINE, _inline_button), (REPLY, _reply_button)):
        if kind in source:
            rows = tuple(tuple(map(read, row)) for row in _rows(source[kind], kind))
            _refuse_too_many(rows)
            return Markup(kind, source, rows)
    for kind in (REMOVE, FORCE):
        if source.get(kind) is True:
            return Markup(kind, source)
    raise bad_request("can't parse reply keyboard markup JSON object")


def inline_markup_of(call: Call) -> Markup | None:
    markup = markup_of(call)
    if markup is not None and not markup.is_inline:
        raise bad_request("inline keyboard expected")
    return markup


def _rows(source: Any, kind: str) -> list[list[Any]]:
    if not isinstance(source, list) or not all(isinstance(row, list) for row in source):
        raise bad_request(f'field "{kind}" of the reply markup must be an Array of Arrays')
    return source


def _refuse_too_many(rows: Rows) -> None:
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")


def _inline_button(source: Any) -> Button:
    label = _label(source, "inline keyboard button")
    actions = [name for name in ACTIONS if source.get(name) not in (None, "")]
    actions += [name for name in source if "switch_inline" in name and source[name] == ""]
    if not actions:
        raise _unparsable("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _unparsable(f"exactly one action must be used, not {', '.join(actions)}")
    data, url = source.get("callback_data"), source.get("url")
    if data and (not isinstance(data, str) or len(data.encode()) > MOST_DATA_BYTES):
        raise bad_request("BUTTON_DATA_INVALID")
    if url:
        _check_url(str(url))
    return Button(label, data or None, url or None)


def _reply_button(source: Any) -> Button:
    if isinstance(source, str):
        source = {"text": source}
    label = _label(source, "keyboard button")
    return Button(label, asks_contact=source.get("request_contact") is True)


def _label(source: Any, what: str) -> str:
    if not isinstance(source, dict):
        raise bad_request(f"can't parse {what}: {what} must be an Object")
    if not isinstance(label := source.get("text"), str):
        raise bad_request(f"can't parse {what}: Can't find field \"text\"")
    if not label.strip():
        raise bad_request(f"{what} text must be non-empty")
    return label


def _check_url(url: str) -> None:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    wrong = f"inline keyboard button URL '{url}' is invalid"
    if parts.scheme not in ("http", "https", "tg"):
        raise bad_request(f"{wrong}: Unsupported URL protocol")
    if parts.scheme != "tg" and "." not in parts.netloc and not parts.hostname == "localhost":
        raise bad_request(f"{wrong}: Wrong HTTP URL")


def _unparsable(problem: str) -> Refused:
    return bad_request(f"can't parse inline keyboard button: {problem}")
