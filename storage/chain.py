"""The arithmetic of the journal's chain (privacy D6): digests, MACs and the seal of its end."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from storage.instants import to_microseconds

#: What the first line is chained to.
GENESIS = "0" * 64
#: What a line is chained to when the end before it was tampered with: the break stays provable.
BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the number of the last line, and its MAC in hexadecimal."""

    number: int
    mac: str
    seal: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal as it is stored; `public` is canonical JSON."""

    number: int
    at: datetime
    kind: str
    subject: str
    by: int | None
    public: str
    salt: str | None
    digest: str | None
    mac: str = ""


def canonical(content: Mapping[str, object]) -> str:
    """JSON with sorted keys and no spaces, so that equal content has equal text."""
    return json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str
    )


def digest_of(salt: str, personal: str) -> str:
    """SHA-256 over the salt and the personal content, in hexadecimal."""
    return hashlib.sha256(f"{salt}\n{personal}".encode()).hexdigest()


def mac_of(key: bytes, previous: str, line: Line) -> str:
    """The MAC of a line: over the MAC before it and everything in it but the MAC itself."""
    encoded = json.dumps(
        [
            "line",
            previous,
            line.number,
            to_microseconds(line.at),
            line.kind,
            line.subject,
            line.by,
            line.public,
            line.salt,
            line.digest,
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hmac.digest(key, encoded.encode(), hashlib.sha256).hex()


def seal_of(key: bytes, number: int, mac: str) -> str:
    """The MAC that the end of the chain carries itself, so that it cannot be moved back."""
    return hmac.digest(key, f'["head",{number},"{mac}"]'.encode(), hashlib.sha256).hex()


def is_sealed(key: bytes, head: Head) -> bool:
    """Whether the end of the chain was written by one who has the key."""
    return hmac.compare_digest(head.seal, seal_of(key, head.number, head.mac))
