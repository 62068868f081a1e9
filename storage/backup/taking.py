"""Making a backup while the bot runs: one moment of the database, streamed into one file."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import secrets
import tarfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, Table, select

from storage import keycheck
from storage.attachments import path_of
from storage.backup import manifest as manifests
from storage.backup.forms import form_of, write_row
from storage.backup.manifest import JournalEnd, Manifest, Member, TableList
from storage.database import Database
from storage.errors import WrongKey
from storage.journal import verify
from storage.keys import Keys, key_id, key_lines
from storage.meta import mode_of
from storage.migrate import revisions
from storage.sealing import SEALED_START, sealed_with
from storage.tables.everything import metadata
from storage.tables.plumbing import attachments
from storage.work import Reading

ROWS_A_PART = 1000
CHUNK = 1 << 20


@dataclass
class _Pack:
    """The archive that is being written, and what its manifest will say."""

    tar: tarfile.TarFile
    at: int
    members: dict[str, Member] = field(default_factory=dict)
    key_ids: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)

    def add(self, name: str, content: bytes) -> None:
        """A member whose content is at hand."""
        self.pour(name, io.BytesIO(content), len(content))

    def pour(self, name: str, source: IO[bytes], size: int) -> None:
        """A member of a known size, read bit by bit."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, self.at
        hashing = _Hashing(source)
        self.tar.addfile(info, hashing)
        self.members[name] = Member(size, hashing.digest.hexdigest())


class _Hashing(io.RawIOBase):
    """Passes on what it reads, and remembers its SHA-256."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._source.read(size)
        self.digest.update(content)
        return content


async def take(
    database: Database, target: Path, files: Path, now: datetime, *, with_keys: bool = False
) -> Manifest:
    """Write a backup of the database, and of the attachments under `files`, to `target`.

    Readers hold up nobody: the bot goes on writing.  The file stands beside its place until it is
    whole, and only its owner can read it.  WrongKey when something is sealed with an unknown key.
    """
    with (
        _beside(target) as file,
        tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        pack = _Pack(tar, int(now.timestamp()))
        async with database.read() as read:
            tables = {one.name: await _pour_table(pack, read, one) for one in _tables()}
            made = await _described(pack, read, database, tables, files, now)
        if with_keys:
            _add_keys(pack, database.keys)
        _finish(pack, made, database.keys.journal)
    return made


@contextmanager
def _beside(target: Path) -> Iterator[IO[bytes]]:
    """A file of our own that takes the place of `target` when all went well."""
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb", buffering=CHUNK) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _tables() -> Sequence[Table]:
    return metadata.sorted_tables


async def _pour_table(pack: _Pack, read: Reading, table: Table) -> TableList:
    """Every row as it is stored, a part of the table in each member."""
    columns = [(one.name, form_of(one)) for one in table.columns]
    forms = [form for _, form in columns]
    sealed = [at for at, one in enumerate(table.columns) if one.info.get("sealed")]
    number = rows = 0
    async for part in _parts(read, table):
        number, rows = number + 1, rows + len(part)
        pack.key_ids |= {_key_of(row[at]) for row in part for at in sealed if row[at] is not None}
        lines = "".join(write_row(forms, row) + "\n" for row in part)
        pack.add(f"tables/{table.name}/{number:06}.jsonl", lines.encode())
    return TableList(tuple(columns), rows)


async def _parts(read: Reading, table: Table) -> AsyncIterator[Sequence[Any]]:
    """The rows in the order of their key, so many at a time."""
    key: Column[Any] = next(iter(table.primary_key))
    at = list(table.columns).index(key)
    query = select(table).order_by(key).limit(ROWS_A_PART)
    part = (await read.execute(query)).rows
    while part:
        yield part
        part = (await read.execute(query.where(key > part[-1][at]))).rows


def _key_of(token: str | bytes) -> str:
    return sealed_with(base64.b64decode(token[:8]) if isinstance(token, str) else token)


async def _described(
    pack: _Pack,
    read: Reading,
    database: Database,
    tables: dict[str, TableList],
    files: Path,
    now: datetime,
) -> Manifest:
    """The files, and the manifest, of the moment that `read` sees."""
    await _pour_files(pack, read, files)
    verdict = await verify(read, database.keys.journal)
    current = await keycheck.field_id(read) or key_id(database.keys.fields[0])
    if not database.vault.has(pack.key_ids):
        raise WrongKey(f"something is sealed with a key that is not here: {pack.key_ids}")
    return Manifest(
        made_at=now.isoformat(),
        revision=revisions()[0],
        mode=(await mode_of(read)).value,
        journal=JournalEnd(verdict.lines, verdict.head, verdict.broken_at, verdict.broken_by),
        journal_check=keycheck.journal_check(database.keys.journal),
        field_checks=_checks(database.vault.keys, [current, *sorted(pack.key_ids - {current})]),
        tables=tables,
        members=pack.members,
        missing=tuple(pack.missing),
    )


def _checks(keys: Keys, ids: Sequence[str]) -> dict[str, str]:
    known = {key_id(key): key for key in keys.fields}
    return {one: manifests.field_check(known[one]) for one in ids}


async def _pour_files(pack: _Pack, read: Reading, place: Path) -> None:
    """Every attachment that the database knows of, sealed as it lies there."""
    query = select(attachments.c.sha256).where(attachments.c.removed_at.is_(None)).distinct()
    for sha256 in sorted(await read.scalars(query)):
        try:
            with path_of(place, sha256).open("rb") as file:
                pack.key_ids.add(sealed_with(file.read(SEALED_START)))
                file.seek(0)
                pack.pour(f"attachments/{sha256}", file, os.fstat(file.fileno()).st_size)
        except FileNotFoundError:
            pack.missing.append(sha256)


def _add_keys(pack: _Pack, keys: Keys) -> None:
    pack.add("keys/field.key", key_lines(keys.fields).encode())
    pack.add("keys/journal.key", key_lines((keys.journal,)).encode())


def _finish(pack: _Pack, made: Manifest, journal_key: bytes) -> None:
    """The manifest, and its seal, come last."""
    content = made.to_bytes()
    pack.add("manifest.json", content)
    pack.add("manifest.seal", manifests.seal_of(journal_key, content).encode())
