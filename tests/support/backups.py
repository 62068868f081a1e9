"""What tests of backups do again and again: read everything, take, restore, tamper."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storage.attachments import Parcel, folder, keep, keep_under
from storage.backup.archive import opened
from storage.backup.manifest import Manifest, seal_of
from storage.backup.needed import Held, KeyFiles, Place
from storage.backup.restoring import Restored, restore
from storage.backup.taking import take
from storage.database import Database
from storage.keys import Keys
from storage.tables.everything import metadata
from tests.support.databases import KEYS, NOW

Rows = dict[str, list[str]]
Members = dict[str, bytes]


async def everything(database: Database) -> Rows:
    """Every row of every table, as it is stored."""
    async with database.read() as read:
        found = {}
        for table in metadata.sorted_tables:
            rows = (await read.execute(select(table))).rows
            found[table.name] = sorted(repr(tuple(row)) for row in rows)
        return found


async def keep_file(database: Database, content: bytes = b"a photo") -> str:
    """An attachment; its SHA-256."""
    sha256 = hashlib.sha256(content).hexdigest()
    async with database.work(NOW) as work:
        await keep(work, Parcel(content, sha256, "image/jpeg"), None)
    return sha256


async def taken(database: Database, target: Path, *, with_keys: bool = False) -> Manifest:
    """A backup."""
    return await take(database, target, folder(), NOW, with_keys=with_keys)


def key_files(place: Path, keys: Keys = KEYS) -> KeyFiles:
    """Keys that fit, and where they would stand."""
    held = Held(keys.fields, keys.journal)
    field, journal = place / "field.key", place / "journal.key"
    return KeyFiles(Place("FIELD_KEY", field), Place("JOURNAL_KEY", journal), held, held)


async def restored(
    source: Path, target: Database, data: Path, keys: Keys = KEYS, *, may_replace: bool = False
) -> Restored:
    """Restore as the command does."""
    keep_under(data)
    with opened(source) as archive:
        archive.check_content()
        archive.check_tables()
        files = key_files(data, keys)
        return await restore(archive, target.address, files, may_replace=may_replace)


def members_of(path: Path) -> Members:
    """The names and contents of an archive."""
    with tarfile.open(path) as tar:
        found = {}
        for one in tar:
            file = tar.extractfile(one)
            assert file is not None
            found[one.name] = file.read()
        return found


def write_members(path: Path, members: Members, *more: tarfile.TarInfo) -> None:
    """An archive of these members."""
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for one in more:
            tar.addfile(one)


def summed_again(
    members: Members, change: Callable[[Any], None] = lambda _: None, *, key: bytes | None = None
) -> Members:
    """Sizes and checksums as a forger writes them anew; sealed again by one who has the key."""
    manifest = json.loads(members["manifest.json"])
    change(manifest)
    for name, content in members.items():
        if name not in ("manifest.json", "manifest.seal"):
            sha256 = hashlib.sha256(content).hexdigest()
            manifest["members"][name] = {"size": len(content), "sha256": sha256}
    content = json.dumps(manifest).encode()
    seal = seal_of(key, content).encode() if key else members["manifest.seal"]
    return members | {"manifest.json": content, "manifest.seal": seal}
