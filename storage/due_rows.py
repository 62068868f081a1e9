"""What every duty asks of its table at every turn, prepared once: what is due, what is next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Select, bindparam, func

from storage.prepared import Prepared
from storage.work import Reading


class DueRows:
    """The rows of a table whose instant has come."""

    def __init__(self, planned: Select[tuple[int]], row_id: Column[Any], at: Column[Any]) -> None:
        """`planned` are the ids of all rows that the duty is about, `at` is when each is due."""
        left = planned.where(row_id.not_in(bindparam("skipped", expanding=True)))
        due = left.where(at <= bindparam("now")).order_by(at, row_id).limit(bindparam("most"))
        first = left.with_only_columns(func.min(at), maintain_column_froms=True)
        self._due, self._first = Prepared(due), Prepared(first)

    async def at(
        self, read: Reading, now: datetime, limit: int, skipped: Collection[int] = ()
    ) -> list[int]:
        """Up to so many of them, oldest first, without those `skipped`."""
        return await read.values(self._due, now=now, most=limit, skipped=list(skipped))

    async def first_at(self, read: Reading, skipped: Collection[int] = ()) -> datetime | None:
        """The instant of the first one that is not `skipped`."""
        (at,) = await read.values(self._first, skipped=list(skipped))
        found: datetime | None = at
        return found
