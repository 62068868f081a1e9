from __future__ import annotations

import json
from typing import Any

import pytest

from playground.calls import Call
from playground.markup import inline_markup_of, markup_of
from playground.refusals import Refused

OK = {"text": "收到", "callback_data": "a"}


def call_with(markup: Any) -> Call:
    return Call("sendMessage", {"reply_markup": json.dumps(markup)})


def inline(*buttons: Any) -> Any:
    return {"inline_keyboard": [list(buttons)]}


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        (inline({"text": "a", "callback_data": "字" * 22}), "BUTTON_DATA_INVALID"),
        (inline({"text": "a", "callback_data": "x" * 65}), "BUTTON_DATA_INVALID"),
        (
            inline({"text": "a", "callback_data": ""}),
            "can't parse inline keyboard button: "
            "Text buttons are unallowed in the inline keyboard",
        ),
        (
            inline({"text": "a"}),
            "can't parse inline keyboard button: "
            "Text buttons are unallowed in the inline keyboard",
        ),
        (
            inline({**OK, "url": "https://example.org"}),
            "can't parse inline keyboard button: "
            "exactly one action must be used, not callback_data, url",
        ),
        (
            inline({"text": " ", "callback_data": "a"}),
            "inline keyboard button text must be non-empty",
        ),
        (
            inline({"text": "a", "url": "ftp://example.org"}),
            "inline keyboard button URL 'ftp://example.org' is invalid: Unsupported URL protocol",
        ),
        (
            inline({"text": "a", "url": "nothing"}),
            "inline keyboard button URL 'nothing' is invalid: Wrong HTTP URL",
        ),
        (
            {"inline_keyboard": [OK]},
            'field "inline_keyboard" of the reply markup must be an Array of Arrays',
        ),
        ({"inline_keyboard": [[OK]] * 101}, "REPLY_MARKUP_TOO_LONG"),
        ({"keyboard": [[{"text": ""}]]}, "keyboard button text must be non-empty"),
        ({"keyboards": []}, "can't parse reply keyboard markup JSON object"),
        ([], "object expected as reply markup"),
    ],
)
def test_a_keyboard_is_refused(markup: Any, complaint: str) -> None:
    with pytest.raises(Refused) as refusal:
        markup_of(call_with(markup))

    assert refusal.value.description == f"Bad Request: {complaint}"


def test_the_largest_keyboard_is_taken() -> None:
    button = {"text": "收到", "callback_data": "x" * 64}

    markup = markup_of(call_with({"inline_keyboard": [[button] * 5] * 20}))

    assert markup is not None
    assert len(markup.rows) == 20


def test_other_actions_are_taken() -> None:
    markup = inline({"text": "分享", "switch_inline_query": ""}, {"text": "看", "url": "t.me/x"})

    assert markup_of(call_with(markup)) is not None


def test_only_an_inline_keyboard_can_be_edited_in() -> None:
    with pytest.raises(Refused, match="inline keyboard expected"):
        inline_markup_of(call_with({"remove_keyboard": True}))


def test_broken_json_is_refused() -> None:
    with pytest.raises(Refused, match="can't parse reply_markup JSON object"):
        markup_of(Call("sendMessage", {"reply_markup": "{"}))
