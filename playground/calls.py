"""One method call as it came in, with its parameters read the way Telegram reads them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from playground.refusals import bad_request

TRUE_WORDS = ("true", "1", "yes", "t", "y")


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    mime: str
    data: bytes


@dataclass(slots=True)
class Call:
    method: str
    fields: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.fields or name in self.files

    def text(self, name: str) -> str:
        given = self.fields.get(name, "")
        return given if isinstance(given, str) else str(given)

    def number(self, name: str) -> int | None:
        given = self.fields.get(name)
        if given is None or given == "":
            return None
        try:
            return int(given)
        except (TypeError, ValueError):
            raise bad_request(f'field "{name}" must be a Number') from None

    def needed(self, name: str) -> int:
        given = self.number(name)
        if given is None:
            raise bad_request(f'parameter "{name}" is required')
        return given

    def flag(self, name: str) -> bool:
        given = self.fields.get(name)
        return given if isinstance(given, bool) else str(given).lower() in TRUE_WORDS

    def value(self, name: str) -> Any:
        """The parameter as the JSON value it stands for; None if it was not given."""
        given = self.fields.get(name)
        if not isinstance(given, str):
            return given
        if not given:
            return None
        try:
            return json.loads(given)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    @property
    def chat_id(self) -> int | None:
        """The chat this call is about, or None when it names none by number."""
        try:
            return int(self.fields["chat_id"])
        except (KeyError, TypeError, ValueError):
            return None
