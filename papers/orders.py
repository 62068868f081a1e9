"""Papers that are only ordered while somebody waits, and written when they are sent.

Writing a docx takes its time: a unit of work keeps what the paper says, and whoever sends it
writes it, off the loop and outside any lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from papers.contents import content_of
from papers.invites import InviteSheet, Strip, write_invites


@dataclass(frozen=True, slots=True)
class InviteOrder:
    """The invite sheet of one class."""

    sheet: InviteSheet
    language: str
    valid_days: int

    def as_values(self) -> dict[str, Any]:
        """As plain values, for the outbox."""
        return asdict(self)

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> InviteOrder:
        """What `as_values` has written."""
        sheet = values["sheet"]
        strips = tuple(Strip(**one) for one in sheet["strips"])
        whole = InviteSheet(sheet["school"], sheet["class_label"], strips)
        return cls(whole, values["language"], values["valid_days"])

    def write(self) -> bytes:
        """The docx."""
        return content_of(
            lambda to: write_invites(
                to, [self.sheet], language=self.language, valid_days=self.valid_days
            )
        )
