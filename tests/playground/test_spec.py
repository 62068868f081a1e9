from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot
from telegram.error import BadRequest

from playground.calls import Call
from playground.methods import ALL
from playground.people import Person
from playground.server import BotApi, Options
from playground.spec import VARIABLE, Spec


def described(name: str, *types: str, required: bool = False) -> dict[str, Any]:
    return {"name": name, "types": list(types), "required": required}


SMALL = {
    "methods": {
        "sendMessage": {
            "fields": [
                described("chat_id", "Integer", "String", required=True),
                described("text", "String", required=True),
                described("silent", "Boolean"),
                described("markup", "Markup"),
                described("kinds", "Array of String"),
            ]
        },
        "getMe": {},
    },
    "types": {
        "Markup": {"subtypes": ["Inline"]},
        "Inline": {"fields": [described("rows", "Array of Array of Button", required=True)]},
        "Button": {"fields": [described("text", "String", required=True)]},
    },
}


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"chat_id": "1", "text": "a"}, ""),
        ({"chat_id": 1, "text": "a", "silent": "true"}, ""),
        ({"chat_id": 1, "text": "a", "markup": '{"rows": [[{"text": "b"}]]}'}, ""),
        ({"chat_id": 1, "text": "a", "kinds": ["b"]}, ""),
        ({"chat_id": 1}, "without text"),
        ({"chat_id": 1, "text": "a", "txt": "b"}, "there is no parameter txt"),
        ({"chat_id": 1, "text": "a", "silent": "yes"}, "silent is no Boolean: 'yes'"),
        ({"chat_id": 1, "text": "a", "kinds": "[1, {}]"}, "kinds is no Array of String"),
        ({"chat_id": 1, "text": "a", "markup": '{"rows": [[{}]]}'}, "markup is no Markup"),
        ({"chat_id": 1, "text": "a", "markup": '{"rows": [], "x": 1}'}, "markup is no Markup"),
        ({"chat_id": 1, "text": "a", "markup": "[]"}, "markup is no Markup"),
    ],
)
def test_a_call_is_compared_with_its_description(fields: dict[str, Any], complaint: str) -> None:
    found = Spec(SMALL).complaint(Call("sendMessage", fields))

    assert found.startswith(complaint)
    assert bool(found) == bool(complaint)


def test_the_environment_names_the_description(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(SMALL), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(path))
    assert Spec.found() is not None

    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.json"))
    assert Spec.found() is None


async def test_the_server_refuses_what_is_not_as_described(
    bot: Bot, api: BotApi, mother: Person
) -> None:
    api.options = Options(spec=Spec(SMALL), strict=False)

    with pytest.raises(BadRequest, match="Sendmessage is not as described: there is no parameter"):
        await bot.send_message(mother.chat_id, "a", protect_content=True)


def test_every_method_and_parameter_is_in_the_real_description() -> None:
    spec = Spec.found()
    if spec is None:
        pytest.skip("no machine-readable Bot API here")

    for method in ALL:
        assert method.parameters <= spec.parameters_of(method.name), method.name
