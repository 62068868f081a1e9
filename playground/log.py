"""The record of every call, for counting what was lost or doubled and for telling the story."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.calls import Call
from playground.clock import Now


@dataclass(frozen=True, slots=True)
class Logged:
    """One call; `status` is 0 when the bot got no answer, `instant` is monotonic."""

    number: int
    at: datetime
    instant: float
    bot: str
    method: str
    params: dict[str, Any]
    chat_id: int | None
    status: int
    description: str
    fault: str

    @property
    def ok(self) -> bool:
        return self.status == 200

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "instant": self.instant,
            "bot": self.bot,
            "method": self.method,
            "params": self.params,
            "chat_id": self.chat_id,
            "status": self.status,
            "description": self.description,
            "fault": self.fault,
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls: by method, chat, words in the text or caption; None is any."""

    method: str | None = None
    chat_id: int | None = None
    contains: str | None = None

    def covers(self, method: str, chat_id: int | None, fields: dict[str, Any]) -> bool:
        if self.method is not None and self.method.lower() != method.lower():
            return False
        if self.chat_id is not None and self.chat_id != chat_id:
            return False
        words = f"{fields.get('text', '')}\n{fields.get('caption', '')}"
        return self.contains is None or self.contains in words


class CallLog:
    def __init__(self, now: Now) -> None:
        self._now = now
        self._calls: list[Logged] = []

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Logged]:
        return iter(self._calls)

    def write(self, bot: str, call: Call, status: int, description: str, fault: str) -> None:
        params = call.fields
        if call.files:
            named = {name: f"<{file.name}>" for name, file in call.files.items()}
            params = params | named
        self._calls.append(
            Logged(
                number=len(self._calls) + 1,
                at=self._now(),
                instant=time.monotonic(),
                bot=bot,
                method=call.method,
                params=params,
                chat_id=call.chat_id,
                status=status,
                description=description,
                fault=fault,
            )
        )

    def of(
        self,
        method: str | None = None,
        chat_id: int | None = None,
        contains: str | None = None,
        since: int = 0,
        ok: bool | None = None,
    ) -> list[Logged]:
        """The calls after number `since` that fit; `ok` asks for success or failure."""
        wanted = Wanted(method, chat_id, contains)
        return [
            call
            for call in self._calls[max(since, 0) :]
            if wanted.covers(call.method, call.chat_id, call.params) and ok in (None, call.ok)
        ]
