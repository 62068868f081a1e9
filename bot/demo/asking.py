"""How the page asks the county, and how the county writes a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.cli.opening import County

#: A question or an answer as JSON.
Line = dict[str, Any]
LANGUAGES = ("zh", "en")


def language_of(asked: Line) -> str:
    """The language of the page that asks."""
    return "en" if asked.get("language") == "en" else "zh"


def local(county: County, at: datetime) -> str:
    """An instant as the county's people read it."""
    return f"{at.astimezone(county.settings.zone):%m-%d %H:%M}"
