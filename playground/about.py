"""The methods about the bot itself, its chats, its files and its menu."""

from __future__ import annotations

from playground.account import Account
from playground.calls import Call
from playground.chats import not_a_member
from playground.refusals import bad_request


async def get_me(account: Account, call: Call) -> object:
    return {
        **account.user,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_chat(account: Account, call: Call) -> object:
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    header = account.chat_of(call).header
    return {**header, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


async def leave_chat(account: Account, call: Call) -> object:
    chat = account.writable_chat_of(call)
    if not chat.is_group:
        raise bad_request("chat member status can't be changed in private chats")
    chat.closed_by = not_a_member
    account.feed.tell("state", chat.chat_id, "left")
    return True


async def get_file(account: Account, call: Call) -> object:
    return account.files.named(call.text("file_id"))


async def set_my_commands(account: Account, call: Call) -> object:
    account.menu.set(call)
    return True


async def get_my_commands(account: Account, call: Call) -> object:
    return account.menu.get(call)


async def delete_my_commands(account: Account, call: Call) -> object:
    account.menu.delete(call)
    return True
