"""Files that people send: the content sealed in a folder under its SHA-256, a row in the database.

The content is written before its row, so that no row ever points at nothing; a file whose row was
rolled back harms nobody.  No name from outside becomes part of a path (privacy D9).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from storage.errors import WrongKey
from storage.sealing import SEALED_START, Vault
from storage.tables.plumbing import attachments
from storage.work import Reading, Work

_SHA256 = re.compile(r"[0-9a-f]{64}")
_place = [Path("data") / "attachments"]


@dataclass(frozen=True)
class Attachment:
    """A file that somebody sent; `name` is only ever shown."""

    id: int
    sha256: str
    media_type: str
    size: int
    name: str | None
    person_id: int | None
    student_id: int | None
    case_id: int | None
    received_at: datetime
    removed_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True)
class Parcel:
    """Content that may be stored: checked, and freed of metadata."""

    content: bytes
    sha256: str
    media_type: str
    name: str | None = None


@dataclass(frozen=True)
class Kept:
    """A stored content, to be read when no transaction is open any more."""

    sha256: str
    vault: Vault = field(repr=False)

    def write(self) -> bytes:
        """The content; FileNotFoundError when the file is not there."""
        return _read(folder(), self.sha256, self.vault)


def keep_under(data_dir: Path) -> None:
    """Say once, at start, in which data folder the files lie."""
    _place[0] = data_dir / "attachments"


def folder() -> Path:
    """Where the files lie."""
    return _place[0]


async def keep(work: Work, parcel: Parcel, person_id: int | None) -> Attachment:
    """Store a file and its row; equal contents are stored once."""
    await asyncio.to_thread(_write, folder(), parcel, work.vault)
    row = Attachment(
        id=0,
        sha256=parcel.sha256,
        media_type=parcel.media_type,
        size=len(parcel.content),
        name=parcel.name,
        person_id=person_id,
        student_id=None,
        case_id=None,
        received_at=work.now,
    )
    return await work.save(attachments, row)


async def link(
    work: Work, attachment_id: int, student_id: int | None, case_id: int | None
) -> None:
    """Whom a file is about: those who may see the child may open it."""
    row = await attachment_by_id(work, attachment_id)
    if row is not None and (row.student_id, row.case_id) != (student_id, case_id):
        await work.save(attachments, replace(row, student_id=student_id, case_id=case_id))


async def attachment_by_id(read: Reading, attachment_id: int) -> Attachment | None:
    """The row of a file."""
    query = select(attachments).where(attachments.c.id == attachment_id)
    return await read.one(query, Attachment)


async def content_of(read: Reading, row: Attachment) -> bytes:
    """The content as it was stored; FileNotFoundError when the file is not there."""
    return await asyncio.to_thread(_read, folder(), row.sha256, read.vault)


def path_of(place: Path, sha256: str) -> Path:
    """Where a content lies; ValueError for anything that is no SHA-256."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256 in hex")
    return place / sha256[:2] / sha256


def check_content(vault: Vault, sha256: str, sealed: bytes) -> bytes:
    """What is sealed here; WrongKey, or ValueError when it is not the content of this name."""
    content = vault.open_bytes(sealed, _aad(sha256))
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError("not the content of this name")
    return content


def put_sealed(vault: Vault, sha256: str, sealed: bytes) -> None:
    """Put a content that came sealed where it lies, unless it is there and opens."""
    path = path_of(folder(), sha256)
    try:
        check_content(vault, sha256, path.read_bytes())
    except (FileNotFoundError, WrongKey, ValueError):
        _put(path, sealed)


def seals_anew(vault: Vault, sha256: str) -> bool:
    """Whether a content is there, and sealed with another key than the newest."""
    try:
        with path_of(folder(), sha256).open("rb") as file:
            return not vault.is_current(file.read(SEALED_START))
    except FileNotFoundError:
        return False


def reseal(vault: Vault, sha256: str) -> bool:
    """Seal a content anew with the newest key; False when it is gone, or sealed so already."""
    path = path_of(folder(), sha256)
    try:
        sealed = path.read_bytes()
        if vault.is_current(sealed):
            return False
        content = vault.open_bytes(sealed, _aad(sha256))
    except FileNotFoundError:
        return False
    _put(path, vault.seal_bytes(content, _aad(sha256)))
    return True


def _write(place: Path, parcel: Parcel, vault: Vault) -> None:
    path = path_of(place, parcel.sha256)
    if not path.exists():
        _put(path, vault.seal_bytes(parcel.content, _aad(parcel.sha256)))


def _put(path: Path, sealed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _read(place: Path, sha256: str, vault: Vault) -> bytes:
    return vault.open_bytes(path_of(place, sha256).read_bytes(), _aad(sha256))


def _aad(sha256: str) -> str:
    return f"attachments:{sha256}"
