"""Updates as they arrive, in Telegram's own words: where they come from, and their safekeeping."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeGuard

import structlog

from storage import inbox
from storage.database import Database

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
_LARGEST = 2**63

_log = structlog.get_logger(__name__)


async def keep(database: Database, updates: Sequence[Any], now: datetime) -> int | None:
    """Store updates lastingly, before Telegram is told; the highest id among them."""
    arrived = []
    for update in updates:
        update_id = update.get("update_id") if isinstance(update, dict) else None
        if not _is_number(update_id):
            _log.error("an update without a number", action="update_lost")
            continue
        arrived.append((update_id, json.dumps(update), chat_of(update)))
    await inbox.store(database, arrived, now)
    return max((update_id for update_id, _, _ in arrived), default=None)


def chat_of(update: dict[str, Any]) -> int | None:
    """The chat of an update, whatever is wrong with the rest of it."""
    for name in ALLOWED:
        part = update.get(name)
        if not isinstance(part, dict):
            continue
        message = part.get("message") if name == "callback_query" else part
        found = _chat_id(message, "chat")
        return _chat_id(part, "from") if found is None else found
    return None


def _chat_id(part: object, name: str) -> int | None:
    inner = part.get(name) if isinstance(part, dict) else None
    number = inner.get("id") if isinstance(inner, dict) else None
    return number if _is_number(number) else None


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST
