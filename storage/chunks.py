"""Many ids in one question, but not so many that a statement cannot hold them."""

from __future__ import annotations

from collections.abc import Collection

#: As many ids stand in one statement.
CHUNK = 500


def chunks(ids: Collection[int]) -> list[list[int]]:
    """The ids in their order, so many at a time."""
    ordered = sorted(ids)
    return [ordered[first : first + CHUNK] for first in range(0, len(ordered), CHUNK)]
