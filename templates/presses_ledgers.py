"""Presses under [台账]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class LedgerPress(Press):
    """One ledger as of a day in ISO form."""

    verb: ClassVar[str] = "ledger"
    name: str
    as_of: str
