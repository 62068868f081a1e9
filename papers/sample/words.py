"""The invented county's words, from papers/sample/words.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def words() -> dict[str, Any]:
    """The whole table of words."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
