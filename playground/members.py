"""How the bot hears that it was let in, sent away or blocked."""

from __future__ import annotations

from typing import Any

from playground.account import Account
from playground.chats import Chat
from playground.clock import seconds


def member_change(
    account: Account, chat: Chat, by: dict[str, Any], before: str, after: str
) -> dict[str, Any]:
    """The bot's own standing in a chat has changed."""
    return {
        "chat": chat.header,
        "from": by,
        "date": seconds(account.now()),
        "old_chat_member": _member(account, before),
        "new_chat_member": _member(account, after),
    }


def _member(account: Account, status: str) -> dict[str, Any]:
    until = {"until_date": 0} if status == "kicked" else {}
    return {"user": account.user, "status": status, **until}
