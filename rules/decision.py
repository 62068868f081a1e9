"""What a rule returns: the facts to store, the people to tell, the lines for the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.messages.base import Message

#: Record types that rules may hand over for storing; storage maps each to its table.
Record = Any


@dataclass(frozen=True)
class Entry:
    """One line of the journal.  `public` holds no personal data; `personal` is kept apart (D6)."""

    kind: str
    subject: str
    by: int | None = None
    public: Mapping[str, object] = field(default_factory=dict)
    personal: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Withdrawal:
    """Waiting messages that are no longer wanted, and why (a cause code)."""

    key_prefix: str
    cause: str


@dataclass(frozen=True)
class Decision:
    """The outcome of a rule, carried out in one transaction.

    Records are stored in order.  A record whose id is negative is new and is known by that number
    to every later record and message of the same decision: wherever the number stands in a field
    that ends in `_id`, in `item`, or after the colon of a `subject`, it becomes the stored id.
    """

    records: tuple[Record, ...] = ()
    messages: tuple[Message, ...] = ()
    entries: tuple[Entry, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()

    def __add__(self, other: Decision) -> Decision:
        """Both, one after the other."""
        return Decision(
            self.records + other.records,
            self.messages + other.messages,
            self.entries + other.entries,
            self.withdrawals + other.withdrawals,
        )


NOTHING = Decision()
