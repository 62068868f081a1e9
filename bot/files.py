"""Files that a message brings: ready, or had only when it is sent."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from papers.orders import InviteOrder


class Order(Protocol):
    """A content that is had only when it is sent."""

    def write(self) -> bytes:
        """The content, made or read off the loop."""
        ...


@dataclass(frozen=True)
class File:
    """A file to hand over; one that is ordered has to be written first."""

    name: str
    content: bytes = field(default=b"", repr=False)
    is_protected: bool = False
    order: Order | None = field(default=None, repr=False)

    async def written(self) -> File:
        """The file with its content, written off the loop."""
        if self.order is None:
            return self
        return replace(self, content=await asyncio.to_thread(self.order.write), order=None)


def file_from(file: Mapping[str, Any]) -> File:
    """The file that an answer's row holds."""
    is_protected = file.get("is_protected", False)
    if "order" in file:
        return File(
            file["name"], is_protected=is_protected, order=InviteOrder.from_values(file["order"])
        )
    return File(file["name"], b64decode(file["content"]), is_protected)
