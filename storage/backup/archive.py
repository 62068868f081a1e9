"""Opening a backup and proving it, bit by bit, before anything is replaced (D15)."""

from __future__ import annotations

import hashlib
import hmac
import re
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from storage.attachments import check_content
from storage.backup.forms import read_row
from storage.backup.manifest import Manifest, TableList, seal_of
from storage.errors import BadBackup, WrongKey
from storage.keys import parse_keys
from storage.migrate import revisions
from storage.sealing import Vault

CHUNK = 1 << 20
MANIFEST_AT_MOST = 1 << 28
FILE_AT_MOST = 1 << 28
LINE_AT_MOST = 1 << 28
_KEYS = ("keys/field.key", "keys/journal.key")
_PART = re.compile(r"tables/([a-z_]{1,60})/[0-9]{6,9}\.jsonl")
_FILE = re.compile(r"attachments/([0-9a-f]{64})")


class Archive:
    """A backup whose members are those of its manifest, and nothing else."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        """BadBackup for a member that has no business here, or a manifest that is none."""
        self._tar = tar
        self._members = _index(tar)
        self._parts = _parts(self._members)
        self._manifest = self._small("manifest.json")
        self.manifest = Manifest.from_bytes(self._manifest)

    def check_content(self) -> None:
        """Every member is there, whole, and as it was written; BadBackup naming the first."""
        found = self._members.keys() - {"manifest.json", "manifest.seal"}
        for name in sorted(found ^ self.manifest.members.keys()):
            raise BadBackup("altered", name)
        for name in sorted(found):
            self._check_sum(name)
        if self.manifest.revision not in revisions():
            raise BadBackup("newer", self.manifest.revision)

    def check_seal(self, journal_key: bytes) -> None:
        """The manifest was written by one who has the journal key."""
        seal = seal_of(journal_key, self._manifest).encode()
        if not hmac.compare_digest(seal, self._small("manifest.seal").strip()):
            raise BadBackup("altered", "manifest.seal")

    def check_tables(self) -> None:
        """As many rows as were written, each of them one."""
        for name, listed in self.manifest.tables.items():
            if sum(1 for _ in self.rows(name)) != listed.rows:
                raise BadBackup("altered", f"tables/{name}")
        for name in sorted(self._parts.keys() - self.manifest.tables.keys()):
            raise BadBackup("altered", f"tables/{name}")

    def check_files(self, vault: Vault) -> None:
        """Every attachment opens, and is what its name says."""
        for sha256 in self.files():
            try:
                check_content(vault, sha256, self.file(sha256))
            except (WrongKey, ValueError) as error:
                raise BadBackup("altered", f"attachments/{sha256}") from error

    def rows(self, table: str) -> Iterator[list[object]]:
        """The rows of a table in their stored form; BadBackup for a line that is none."""
        listed = self.manifest.tables[table]
        for name in self._parts.get(table, ()):
            yield from self._lines(name, listed)

    def files(self) -> list[str]:
        """The SHA-256 of every attachment."""
        return [found[1] for name in self._members if (found := _FILE.fullmatch(name))]

    def file(self, sha256: str) -> bytes:
        """An attachment, still sealed."""
        return self._small(f"attachments/{sha256}", FILE_AT_MOST)

    def keys(self) -> tuple[tuple[bytes, ...], bytes | None]:
        """The field keys and the journal key, where they were put in."""
        if not set(_KEYS) <= self._members.keys():
            return (), None
        fields, journal = (parse_keys(self._small(name).decode("ascii")) for name in _KEYS)
        return fields, journal[0]

    def _lines(self, name: str, listed: TableList) -> Iterator[list[object]]:
        forms = [form for _, form in listed.columns]
        with self._opened(name) as file:
            while line := file.readline(LINE_AT_MOST):
                try:
                    yield read_row(forms, line.decode())
                except ValueError as error:
                    raise BadBackup("altered", name) from error

    def _check_sum(self, name: str) -> None:
        expected, digest = self.manifest.members[name], hashlib.sha256()
        with self._opened(name) as file:
            while content := file.read(CHUNK):
                digest.update(content)
        is_same = hmac.compare_digest(digest.hexdigest(), expected.sha256)
        if not is_same or self._members[name].size != expected.size:
            raise BadBackup("altered", name)

    def _small(self, name: str, at_most: int = MANIFEST_AT_MOST) -> bytes:
        if name not in self._members:
            raise BadBackup("not_a_backup")
        if self._members[name].size > at_most:
            raise BadBackup("altered", name)
        with self._opened(name) as file:
            return file.read()

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        try:
            file = self._tar.extractfile(self._members[name])
            assert file is not None  # only regular files are in the index
            with file:
                yield file
        except (tarfile.TarError, OSError, EOFError) as error:
            raise BadBackup("cut_off", name) from error


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The backup at `path`; BadBackup when it is none.  Nothing in it is ever unpacked by name."""
    try:
        tar = tarfile.open(path, "r:")  # noqa: SIM115
    except (tarfile.TarError, EOFError) as error:
        raise BadBackup("not_a_backup") from error
    except OSError as error:
        raise BadBackup("unreadable", error.strerror or path) from error
    with tar:
        yield Archive(tar)


def _index(tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    members: dict[str, tarfile.TarInfo] = {}
    try:
        for one in tar:
            is_plain = one.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not one.issparse()
            if not is_plain or not _is_known(one.name) or one.name in members:
                raise BadBackup("strange", ascii(one.name[:100]))
            members[one.name] = one
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BadBackup("cut_off") from error
    return members


def _parts(members: Iterable[str]) -> dict[str, list[str]]:
    """The members of each table, in order."""
    found: dict[str, list[str]] = {}
    for name in sorted(members, key=lambda one: (len(one), one)):
        if part := _PART.fullmatch(name):
            found.setdefault(part[1], []).append(name)
    return found


def _is_known(name: str) -> bool:
    is_fixed = name in ("manifest.json", "manifest.seal", *_KEYS)
    return is_fixed or bool(_PART.fullmatch(name) or _FILE.fullmatch(name))
