"""What a deputy hears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Message


@dataclass(frozen=True, kw_only=True)
class DeputyNamed(Message):
    """Somebody stands in for somebody else on these days; item: the line of the deputy table."""

    kind: ClassVar[str] = "deputy_named"
    about: ClassVar[str] = "deputy"
