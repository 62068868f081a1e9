"""What the story says, and the words it listens for, from `texts.LANGUAGE.toml` beside this."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

#: The people of the story read and tap Chinese, whatever language it is told in.
SPOKEN = "zh"
LANGUAGES = ("zh", "en")


@cache
def texts(language: str) -> Mapping[str, Mapping[str, str]]:
    """Section → name → text."""
    path = Path(__file__).with_name(f"texts.{language}.toml")
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return table


def told(language: str, name: str, /, **values: object) -> str:
    """The narration `section.name`, filled in."""
    section, _, key = name.partition(".")
    return texts(language)[section][key].format(**values)


def words(name: str, /, **values: object) -> str:
    """Something that people of the story say, or that stands in a message to them."""
    section, _, key = name.partition(".")
    return texts(SPOKEN)[section][key].format(**values)
