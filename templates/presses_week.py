"""Presses under the Friday question to class teachers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class SentencePress(Press):
    """A ready sentence, or [自己写]; `on` is the Friday in ISO form."""

    verb: ClassVar[str] = "sentence"
    class_id: int
    on: str
    what: str  # a name of phrases `sentence`, or own
