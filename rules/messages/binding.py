"""What a class teacher hears when somebody wants to be linked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Message


@dataclass(frozen=True, kw_only=True)
class ClaimToConfirm(Message):
    """Somebody says they are a guardian: [是本人] [不是，作废]; item: the `binding` task."""

    kind: ClassVar[str] = "binding_card"
    about: ClassVar[str] = "task"
