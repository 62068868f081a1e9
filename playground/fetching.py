"""The methods by which the bot gets its updates."""

from __future__ import annotations

from playground.account import Account
from playground.calls import Call
from playground.refusals import bad_request, webhook_is_set

MOST_UPDATES = 100
LONGEST_POLL = 50


async def get_updates(account: Account, call: Call) -> object:
    if account.webhook.address:
        raise webhook_is_set()
    limit = call.number("limit")
    limit = MOST_UPDATES if limit is None else min(max(limit, 1), MOST_UPDATES)
    timeout = min(max(call.number("timeout") or 0, 0), LONGEST_POLL)
    _remember_allowed(account, call)
    return await account.updates.poll(call.number("offset") or 0, limit, timeout)


async def set_webhook(account: Account, call: Call) -> object:
    account.webhook.set(call)
    _remember_allowed(account, call)
    _drop_if_asked(account, call)
    return True


async def delete_webhook(account: Account, call: Call) -> object:
    account.webhook.delete()
    _drop_if_asked(account, call)
    return True


async def get_webhook_info(account: Account, call: Call) -> object:
    return account.webhook.described()


def _remember_allowed(account: Account, call: Call) -> None:
    allowed = call.value("allowed_updates")
    if allowed is None:
        return
    if not isinstance(allowed, list):
        raise bad_request("can't parse allowed_updates JSON object")
    account.updates.allowed = [str(kind) for kind in allowed]


def _drop_if_asked(account: Account, call: Call) -> None:
    if call.flag("drop_pending_updates"):
        account.updates.drop_all()
