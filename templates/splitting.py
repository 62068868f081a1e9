"""Cutting a text that is too long for one message, between items and never inside an entity.

Telegram counts UTF-16 units of the text that remains when tags and escapes are gone.
"""

from __future__ import annotations

import html
import re

LIMIT = 4096
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)[^>]*>")
_TOKEN = re.compile(r"<[^>]*>|&(?:#\w+|\w+);|.", re.DOTALL)


def length(text: str) -> int:
    """How long Telegram finds this HTML."""
    plain = html.unescape(_TAG.sub("", text))
    return len(plain.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = LIMIT) -> tuple[str, ...]:
    """The text in parts of at most `limit`; itself alone where it fits.

    It is cut between items (at blank lines) where that leaves no small first part, else between
    lines; a line, or an entity over several lines, that is too long by itself loses its tags.
    """
    if length(text) <= limit:
        return (text,)
    parts: list[str] = []
    held: list[str] = []
    for block in _fitting(text, limit):
        while held and length("\n".join([*held, block])) > limit:
            keep = _last_gap(held)
            parts.append("\n".join(held[:keep]))
            held = held[keep:]
        held.append(block)
    parts.append("\n".join(held))
    return tuple(part.strip("\n") for part in parts if part.strip())


def _fitting(text: str, limit: int) -> list[str]:
    """Runs of lines between which no entity is open, each short enough."""
    blocks: list[str] = []
    run: list[str] = []
    depth = 0
    for line in text.split("\n"):
        run.append(line)
        depth += sum(-1 if tag[1] else 1 for tag in _TAG.finditer(line))
        if depth <= 0:
            blocks += _cut("\n".join(run), limit)
            run, depth = [], 0
    return blocks + (_cut("\n".join(run), limit) if run else [])


def _cut(block: str, limit: int) -> list[str]:
    """The block, or plain pieces of it when it is too long by itself."""
    if length(block) <= limit:
        return [block]
    pieces: list[str] = []
    piece: list[str] = []
    size = 0
    for token in _TOKEN.findall(_TAG.sub("", block)):
        units = length(token)
        if size + units > limit:
            pieces.append("".join(piece))
            piece, size = [], 0
        piece.append(token)
        size += units
    return [*pieces, "".join(piece)]


def _last_gap(lines: list[str]) -> int:
    """How many of the lines go into this part: up to the last blank line, or all of them."""
    for at in range(len(lines) - 1, len(lines) // 4, -1):
        if not lines[at].strip():
            return at
    return len(lines)
