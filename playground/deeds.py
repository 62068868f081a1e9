"""What a person or a fault can be told over HTTP, by name."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from playground import faults
from playground.messages import Shown
from playground.people import Person

Asked = dict[str, Any]


def data_of(asked: Asked) -> bytes:
    return base64.b64decode(asked["base64"])


def shown_by(person: Person, asked: Asked) -> Shown | None:
    """The message that is meant, as it stood at version `version` (0 is the oldest) or now."""
    if "message_id" not in asked:
        return None
    message_id = int(asked["message_id"])
    versions = [
        arrival.shown for arrival in person.arrivals if arrival.shown.message_id == message_id
    ] or [shown for shown in person.messages if shown.message_id == message_id]
    return versions[int(asked.get("version", -1))]


def _edit(person: Person, asked: Asked) -> Shown:
    said = shown_by(person, asked)
    if said is None:
        raise KeyError("message_id")
    return person.edit(said, asked["text"])


def _document(person: Person, asked: Asked) -> Shown:
    return person.send_document(asked["name"], data_of(asked), asked.get("caption", ""))


DEEDS: dict[str, Callable[[Person, Asked], Shown | None]] = {
    "start": lambda person, asked: person.start(asked.get("code")),
    "say": lambda person, asked: person.say(asked["text"], asked.get("reply_to")),
    "forward": lambda person, asked: person.forward(asked["text"], asked.get("author", "某人")),
    "photo": lambda person, asked: person.send_photo(data_of(asked), asked.get("caption", "")),
    "voice": lambda person, asked: person.send_voice(data_of(asked)),
    "document": _document,
    "sticker": lambda person, asked: person.send_sticker(),
    "contact": lambda person, asked: person.send_contact(asked["phone"], asked.get("of")),
    "press": lambda person, asked: person.press(asked["label"]),
    "edit": _edit,
    "block": lambda person, asked: person.block(),
    "unblock": lambda person, asked: person.unblock(),
    "deactivate": lambda person, asked: person.deactivate(),
    "see_all": lambda person, asked: person.see_all(),
}

MISFORTUNES: dict[str, Callable[[Asked], faults.Fault]] = {
    "refusal": lambda asked: faults.refusal(
        int(asked["code"]), str(asked["description"]), **asked.get("parameters", {})
    ),
    "too_many": lambda asked: faults.too_many(asked.get("retry_after")),
    "signed_out": lambda asked: faults.signed_out(),
    "bad_gateway": lambda asked: faults.bad_gateway(int(asked.get("code", 502))),
    "hang": lambda asked: faults.hang(float(asked["seconds"])),
    "slow": lambda asked: faults.slow(float(asked["seconds"])),
    "drop_before": lambda asked: faults.drop_before(),
    "drop_after": lambda asked: faults.drop_after(),
    "malformed": lambda asked: faults.malformed(),
}
