"""Restoring: everything is proven first, then put in place as one step (D15)."""

from __future__ import annotations

from dataclasses import dataclass

from storage.address import Address
from storage.backup.archive import Archive
from storage.backup.loading import load, place_files, present_mode
from storage.backup.needed import KeyFiles
from storage.errors import BadBackup
from storage.exclusive import claim_run
from storage.meta import Mode
from storage.sealing import Vault


@dataclass(frozen=True)
class Restored:
    """What has been put in place."""

    rows: int
    files: int
    head: str


async def restore(
    archive: Archive, address: Address, keys: KeyFiles, *, may_replace: bool = False
) -> Restored:
    """Put a backup in the place of the database at `address`.

    BadBackup for one that is not whole, for a database that is not empty unless it `may_replace`,
    and for a rehearsal on top of a real county or the other way round; AlreadyRunning while a bot
    runs there.  In each of these cases the database stays as it was.
    """
    vault = Vault(keys.after.keys())
    archive.check_seal(vault.keys.journal)
    archive.check_files(vault)
    if address.file is not None:
        address.file.parent.mkdir(parents=True, exist_ok=True)
    async with claim_run(address, "restore"):
        await _check_target(archive, address, vault, may_replace=may_replace)
        keys.prepare()
        files = await place_files(archive, vault)
        await load(archive, address, vault)
        keys.finish()
    rows = sum(one.rows for one in archive.manifest.tables.values())
    return Restored(rows, files, archive.manifest.journal.head)


async def _check_target(
    archive: Archive, address: Address, vault: Vault, *, may_replace: bool
) -> None:
    present = await present_mode(address, vault)
    if present is None:
        return
    if not may_replace:
        raise BadBackup("not_empty")
    if Mode.NEW.value not in (present.value, archive.manifest.mode) and (
        present.value != archive.manifest.mode
    ):
        raise BadBackup(f"is_{present.value}")
