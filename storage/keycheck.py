"""The database knows the keys that it was made with, and refuses others."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from storage.database import Database
from storage.errors import WrongKey
from storage.keys import key_id
from storage.meta import recall, remember
from storage.work import Reading

_JOURNAL = "journal_key_check"
_FIELD = "field_key_id"


def journal_check(journal_key: bytes) -> str:
    """A value that proves the journal key, and from which nobody gets it back."""
    return hmac.digest(journal_key, b"guixiao key check", hashlib.sha256).hex()


async def field_id(read: Reading) -> str | None:
    """The id of the key that this database was last opened with; None before the first time."""
    return await recall(read, _FIELD)


async def check_keys(database: Database, now: datetime) -> None:
    """Remember the keys at the first run; WrongKey when later ones are not the same.

    A new field key is fine as long as the one used before is still among them.
    """
    keys = database.keys
    mark = journal_check(keys.journal)
    ids = [key_id(key) for key in keys.fields]
    async with database.work(now) as work:
        if await recall(work, _JOURNAL) not in (None, mark):
            raise WrongKey("JOURNAL_KEY is not the one that this journal was written with")
        if await recall(work, _FIELD) not in (None, *ids):
            raise WrongKey("FIELD_KEY is not the one that this database was sealed with")
        await remember(work, _JOURNAL, mark)
        await remember(work, _FIELD, ids[0])
