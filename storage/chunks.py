"""Many ids in one question, but not so many that a statement cannot hold them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Column, ColumnElement, true

#: As many ids stand in one statement.
CHUNK = 500
#: For more than so many it is quicker to read the whole table once.
MOST = 20 * CHUNK


def chunks(ids: Collection[int]) -> list[list[int]]:
    """The ids in their order, so many at a time."""
    ordered = sorted(ids)
    return [ordered[first : first + CHUNK] for first in range(0, len(ordered), CHUNK)]


def among(column: Column[int], ids: Collection[int]) -> list[ColumnElement[bool]]:
    """Conditions of one question each that together find all rows of these ids.

    For very many ids it is a single one, which finds others besides.
    """
    return [true()] if len(ids) > MOST else [column.in_(some) for some in chunks(ids)]
