"""What the command line says, from `texts.LANGUAGE.toml` beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def texts(language: str) -> Mapping[str, Mapping[str, str]]:
    """Section → name → text."""
    path = Path(__file__).with_name(f"texts.{language}.toml")
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return table


def words(language: str, name: str, /, **values: object) -> str:
    """The text `section.name`, filled in."""
    section, _, key = name.partition(".")
    return texts(language)[section][key].format(**values)
