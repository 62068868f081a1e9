"""Records of the plumbing tables, as tests need them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tests.support.databases import NOW


@dataclass(frozen=True)
class Attachment:
    """A file that somebody sent."""

    id: int = 0
    sha256: str = "0" * 64
    media_type: str = "image/jpeg"
    size: int = 10
    name: str | None = "病假条.jpg"
    person_id: int | None = None
    received_at: datetime = NOW
    removed_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True)
class Seen:
    """A line of the access log."""

    at: datetime
    person_id: int | None
    what: str
    id: int = 0


def an_attachment(**changes: Any) -> Attachment:
    return replace(Attachment(), **changes)


def a_seen(person_id: int, at: datetime = NOW) -> Seen:
    return Seen(at=at, person_id=person_id, what="phone")
