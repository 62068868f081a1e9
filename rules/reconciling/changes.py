"""What a new comparison changed against the one before it (rules.md 8: a re-run shows it)."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True)
class Changes(Generic[K, V]):
    """What is new, what still stands, and what is settled."""

    new: Mapping[K, V]
    standing: Mapping[K, V]
    gone: frozenset[K]


def changes(before: Collection[K], now: Iterable[tuple[K, V]]) -> Changes[K, V]:
    """Compare by key; of a key that comes twice the first counts."""
    found: dict[K, V] = {}
    for key, value in now:
        found.setdefault(key, value)
    known = set(before)
    return Changes(
        {key: value for key, value in found.items() if key not in known},
        {key: value for key, value in found.items() if key in known},
        frozenset(known - found.keys()),
    )
