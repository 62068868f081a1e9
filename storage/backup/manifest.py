"""What a backup says about itself: shape, counts, checksums, the journal's end, its keys."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from storage.backup.forms import Form
from storage.errors import BadBackup

FORMAT = "guixiao backup 1"


@dataclass(frozen=True)
class TableList:
    """The columns of one table with their forms, and how many rows it has."""

    columns: tuple[tuple[str, Form], ...]
    rows: int


@dataclass(frozen=True)
class JournalEnd:
    """What the walk along the chain found when the backup was made."""

    lines: int
    head: str
    broken_at: int | None = None
    broken_by: str | None = None


@dataclass(frozen=True)
class Member:
    """One file of the archive."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """Everything that a restore compares; `seal_of` proves that nobody else wrote it."""

    made_at: str
    revision: str
    mode: str
    journal: JournalEnd
    journal_check: str
    #: Of every field key that something in here is sealed with: its id and a check value.
    field_checks: Mapping[str, str]
    tables: Mapping[str, TableList]
    members: Mapping[str, Member]
    #: Files that the database knew of, but that were not in the data folder.
    missing: tuple[str, ...] = ()
    format: str = field(default=FORMAT)

    def to_bytes(self) -> bytes:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Manifest:
        """The way back; BadBackup for anything else."""
        try:
            return _read(json.loads(content))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadBackup("not_a_backup") from error


def seal_of(journal_key: bytes, manifest: bytes) -> str:
    """The MAC that only a holder of the journal key can put on a manifest."""
    return hmac.digest(journal_key, b"guixiao backup\0" + manifest, hashlib.sha256).hex()


def field_check(key: bytes) -> str:
    """A value that proves a field key, and from which nobody gets it back."""
    return hmac.digest(key, b"guixiao field key check", hashlib.sha256).hex()


def _read(table: dict[str, Any]) -> Manifest:
    if table["format"] != FORMAT:
        raise BadBackup("not_a_backup")
    values = {
        **table,
        "journal": JournalEnd(**table["journal"]),
        "tables": {str(name): _table(one) for name, one in table["tables"].items()},
        "members": {str(name): Member(**one) for name, one in table["members"].items()},
        "missing": tuple(map(str, table["missing"])),
    }
    return Manifest(**values)


def _table(one: dict[str, Any]) -> TableList:
    columns = tuple((str(name), Form(form)) for name, form in one["columns"])
    return TableList(columns, int(one["rows"]))
