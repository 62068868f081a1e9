"""What is on a phone, as far as anybody acts on it."""

from __future__ import annotations

from bot.simulation.habits import habits, press_of
from playground.messages import Shown
from templates.presses import Press

#: Where a key stands, and what it means.
Placed = tuple[int, int, Press]


def keys_of(shown: Shown) -> list[Placed]:
    """The keys of a message that send something."""
    found = []
    for row, buttons in enumerate(shown.rows):
        for column, button in enumerate(buttons):
            press = press_of(button.data) if button.data else None
            if press is not None:
                found.append((row, column, press))
    return found


def sayings(role: str) -> list[str]:
    """What people of this sort write when they write something."""
    return [str(one) for one in habits()["sayings"][role]]
