"""Views: the facts behind a message, read again right before it is sent.

One module per errand.  A view is `async def KIND(read, row)`, registered under the kind:

    @view("absence_alert")
    async def absence_alert(read: Reading, row: OutboxRow) -> AbsenceAlertView | Unwanted: ...

`row.items` are the ids it is about (more than one where waiting messages of one group became
one, or where the message that is edited shows several), `row.item` the first, `row.more` the
values that the message brought along, `row.to` the person.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from storage.attachments import Kept
from storage.casefile.sight import CaseFile
from storage.ledgers.scope import CountAsked, LedgerAsked, WeekAsked
from storage.outbox import Outgoing as OutboxRow
from storage.work import Reading

__all__ = ["Document", "OutboxRow", "Unwanted", "View", "kinds", "view", "view_of"]


@dataclass(frozen=True)
class Unwanted:
    """The facts have taken the need for this message away; `cause` goes into the journal."""

    cause: str


@dataclass(frozen=True)
class Document:
    """A stored file, or the file of a case, and the view of the text under it.

    It cannot be passed on, and is taken out of the chat after a day (data.md, Out).
    """

    name: str
    file: Kept | CaseFile | LedgerAsked | WeekAsked | CountAsked
    view: object


View = Callable[[Reading, OutboxRow], Awaitable[object]]
_VIEWS: dict[str, View] = {}
_V = TypeVar("_V", bound=View)


def view(kind: str) -> Callable[[_V], _V]:
    """Register the view of a kind of message; two for one kind are a ValueError."""

    def register(function: _V) -> _V:
        if kind in _VIEWS:
            raise ValueError(f"two views of {kind}")
        _VIEWS[kind] = function
        return function

    return register


@cache
def _load() -> None:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")


def view_of(kind: str) -> View:
    """The view of this kind; LookupError when there is none."""
    _load()
    return _VIEWS[kind]


def kinds() -> frozenset[str]:
    """Every kind that has a view."""
    _load()
    return frozenset(_VIEWS)
