"""What the page says of the record: from the templates' phrases, and `texts.LANGUAGE.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from templates.words import phrase

#: Where the words of a sort stand among the templates' phrases.
ELSEWHERE = {
    "task": ("task",),
    "moment": ("casefile_entry", "entry", "task"),
    "message": ("casefile_message",),
    "cause": ("casefile_outcome",),
}


@cache
def texts(language: str) -> dict[str, dict[str, str]]:
    """Section → name → text."""
    path = Path(__file__).with_name(f"texts.{language}.toml")
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return table


def said(language: str, section: str, name: str) -> str:
    """The word for a code; the code itself, spaced, where people never needed a word."""
    return found(language, section, name) or name.replace("_", " ")


def found(language: str, section: str, name: str) -> str | None:
    """The word for a code, if there is one."""
    own = texts(language).get(section, {}).get(name)
    if own is not None or not name:
        return own
    for place in ELSEWHERE.get(section, ()):
        try:
            return phrase(language, f"{place}.{name}")
        except (KeyError, IndexError):
            continue
    return None
