"""What one person sees at once: a text and the keys under it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """One inline key: what it says and the press that it sends (at most 64 bytes)."""

    label: str
    data: str


@dataclass(frozen=True)
class Screen:
    """Text in Telegram's HTML and rows of inline keys; `menu` replaces the persistent keyboard."""

    text: str
    keys: tuple[tuple[Key, ...], ...] = ()
    menu: tuple[tuple[str, ...], ...] | None = None
