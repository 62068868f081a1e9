"""The spelling of presses: what stands in the 64 bytes behind a key.

A press is a verb and a few arguments, `reply:12:sick`.  Each is a value class; the same class
spells it (in the templates) and reads it (in the handlers), so that both always agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar, Self

LIMIT = 64


class UnreadablePress(ValueError):
    """The data behind the key is none of ours, or from a form that no longer exists."""


@cache
def _names(press: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(press))


@dataclass(frozen=True)
class Press:
    """Base of all presses; fields are int or str (without a colon), in the order of the data."""

    verb: ClassVar[str]

    @classmethod
    def pattern(cls) -> re.Pattern[str]:
        """Matches the data of this press and no other."""
        return re.compile(rf"^{re.escape(cls.verb)}(:|$)")

    def spell(self) -> str:
        """The callback data; ValueError when it would not fit."""
        kind: Any = type(self)
        data = ":".join([self.verb, *(str(getattr(self, name)) for name in _names(kind))])
        if len(data.encode()) > LIMIT:
            raise ValueError(f"longer than {LIMIT} bytes: {data}")
        return data

    @classmethod
    def read(cls, data: str) -> Self:
        """The press behind `data`; UnreadablePress when it is not one."""
        verb, *parts = data.split(":")
        if verb != cls.verb or len(parts) != len(fields(cls)):
            raise UnreadablePress(data)
        values: list[Any] = []
        for field, part in zip(fields(cls), parts, strict=True):
            try:
                values.append(int(part) if field.type == "int" else part)
            except ValueError as wrong:
                raise UnreadablePress(data) from wrong
        return cls(*values)
