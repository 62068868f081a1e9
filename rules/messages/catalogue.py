"""Every message by its kind, and for whom each kind is."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from rules import messages
from rules.messages.base import Hold, Message
from rules.quiet import Audience

GUARDIANS = "rules.messages.guardians"


@cache
def by_kind() -> dict[str, type[Message]]:
    """Every message class there is, by its kind."""
    for module in pkgutil.iter_modules(messages.__path__):
        importlib.import_module(f"{messages.__name__}.{module.name}")
    return {one.kind: one for one in _below(Message)}


def audience_of(kind: str) -> Audience:
    """Guardians for what stands among their messages, else staff."""
    message = by_kind().get(kind)
    is_theirs = message is not None and message.__module__ == GUARDIANS
    return Audience.GUARDIANS if is_theirs else Audience.STAFF


def edited_by(kind: str) -> tuple[str, ...]:
    """The kinds whose message about the same item this one changes, instead of adding another."""
    edits: tuple[str, ...] = getattr(by_kind().get(kind), "edits", ())
    return edits


def sets_menu(kind: str) -> bool:
    """Whether the keyboard of the receiver's chat comes with this kind."""
    message = by_kind().get(kind)
    return message is not None and message.sets_menu


@cache
def repeating() -> tuple[str, ...]:
    """The kinds that say once more what was said before."""
    return tuple(sorted(kind for kind, message in by_kind().items() if message.repeats))


@cache
def held_at_night(audience: Audience) -> frozenset[str]:
    """The kinds that keep this audience's quiet hours."""
    return frozenset(
        kind
        for kind, message in by_kind().items()
        if message.hold is not Hold.NEVER and audience_of(kind) is audience
    )


def _below(parent: type[Message]) -> list[type[Message]]:
    return [one for child in parent.__subclasses__() for one in (child, *_below(child))]
