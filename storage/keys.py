"""The secrets of one county: keys for personal fields and the key of the journal."""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from storage.errors import WrongKey

KEY_BYTES = 32
FIELD_FILE = "field.key"
JOURNAL_FILE = "journal.key"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Keys:
    """Field keys (the first one seals, all of them open) and the journal key, 32 bytes each."""

    fields: tuple[bytes, ...] = field(repr=False)
    journal: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse keys of any other size; WrongKey."""
        if not self.fields or any(len(key) != KEY_BYTES for key in (*self.fields, self.journal)):
            raise WrongKey(f"keys are {KEY_BYTES} bytes long, in base64")


def key_id(key: bytes) -> str:
    """Eight hexadecimal digits that name a field key without revealing it."""
    return hashlib.sha256(b"guixiao field key id" + key).hexdigest()[:8]


def load_keys(
    data_dir: Path,
    field_key: str | None = None,
    field_key_file: Path | None = None,
    journal_key: str | None = None,
    journal_key_file: Path | None = None,
) -> Keys:
    """Take each key from its setting, else from its file, else from a new file in `data_dir`.

    Several field keys, newest first, stand one per line (in a setting: separated by commas).
    WrongKey when one is not 32 bytes of base64, or when a named file is missing.
    """
    journal = _found(journal_key, journal_key_file, data_dir / JOURNAL_FILE)
    if len(journal) != 1:
        raise WrongKey("there is exactly one journal key")
    return Keys(_found(field_key, field_key_file, data_dir / FIELD_FILE), journal[0])


def add_field_key(path: Path) -> None:
    """Put a new field key in front of those in the file at `path`, in one step."""
    write_keys(path, (secrets.token_bytes(KEY_BYTES), *_read(None, path)))


def keys_in(setting: str | None, path: Path) -> tuple[bytes, ...]:
    """The keys of a setting, else of the file at `path`; none where neither is there."""
    if setting or path.exists():
        return _read(setting, path)
    return ()


def key_lines(keys: Iterable[bytes]) -> str:
    """Keys as they stand in a file."""
    return "".join(base64.b64encode(key).decode("ascii") + "\n" for key in keys)


def parse_keys(text: str) -> tuple[bytes, ...]:
    """The keys in a file or a setting; WrongKey when one is no base64."""
    return _parsed(text)


def write_keys(path: Path, keys: Iterable[bytes]) -> None:
    """Put these keys into the file at `path`, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    _write(fresh, key_lines(keys))
    fresh.replace(path)


def _found(setting: str | None, named: Path | None, default: Path) -> tuple[bytes, ...]:
    if not setting and named is None:
        _create_once(default)
    return _read(setting, named or default)


def _read(setting: str | None, path: Path) -> tuple[bytes, ...]:
    if setting:
        return _parsed(setting)
    try:
        text = path.read_text(encoding="ascii")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise WrongKey(f"no readable key in {path}") from error
    if path.stat().st_mode & 0o077:
        _log.warning("others may read the key file %s; chmod 600 it", path)
    return _parsed(text)


def _parsed(text: str) -> tuple[bytes, ...]:
    try:
        return tuple(
            base64.b64decode(part, validate=True) for part in text.replace(",", " ").split()
        )
    except (binascii.Error, ValueError):
        raise WrongKey("a key is not base64") from None


def _create_once(path: Path) -> None:
    """Write a new key unless the file is there; of two processes one wins, whole."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    _write(fresh, _new_key() + "\n")
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")
