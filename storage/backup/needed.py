"""Which keys a backup needs, which of them are at hand, and where those that came with it go."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from storage.backup.manifest import Manifest, field_check
from storage.keycheck import journal_check
from storage.keys import Keys, key_id, write_keys


@dataclass(frozen=True)
class Place:
    """Where the keys of one kind stand: in a setting, which only a person changes, or a file."""

    name: str
    path: Path
    is_set: bool = False


@dataclass(frozen=True)
class Held:
    """The keys at hand; those of the backup may be missing among them, or be others."""

    fields: tuple[bytes, ...] = field(repr=False)
    journal: bytes | None = field(repr=False)

    def lacking_fields(self, manifest: Manifest) -> list[str]:
        """The ids of the field keys that the backup needs and that are not here."""
        here = {field_check(key) for key in self.fields}
        return [one for one, check in manifest.field_checks.items() if check not in here]

    def lacks_journal(self, manifest: Manifest) -> bool:
        """Whether the journal key is another one, or none."""
        return self.journal is None or not _fits_journal(self.journal, manifest)

    def with_offered(self, manifest: Manifest, offered: Iterable[bytes]) -> Held:
        """The same with those of the offered keys that the backup lacks here."""
        held = self
        for key in offered:
            if key_id(key) in held.lacking_fields(manifest) and _fits_field(key, manifest):
                held = replace(held, fields=_placed(held.fields, key, manifest))
            elif held.lacks_journal(manifest) and _fits_journal(key, manifest):
                held = replace(held, journal=key)
        return held

    def keys(self) -> Keys:
        """For use; WrongKey where one is missing."""
        return Keys(self.fields, self.journal or b"")


def _placed(fields: tuple[bytes, ...], key: bytes, manifest: Manifest) -> tuple[bytes, ...]:
    """The newest key seals, so it stands first; older ones only open, and stand last."""
    is_newest = key_id(key) == next(iter(manifest.field_checks))
    return (key, *fields) if is_newest else (*fields, key)


def _fits_field(key: bytes, manifest: Manifest) -> bool:
    return hmac.compare_digest(manifest.field_checks[key_id(key)], field_check(key))


def _fits_journal(key: bytes, manifest: Manifest) -> bool:
    return hmac.compare_digest(journal_check(key), manifest.journal_check)


@dataclass(frozen=True)
class KeyFiles:
    """The key files of the target, and what is to be in them when the backup is in place."""

    field: Place
    journal: Place
    before: Held
    after: Held

    def prepare(self) -> None:
        """Before the database is replaced: field keys that open the old one and the new one."""
        if self.after.fields != self.before.fields:
            write_keys(self.field.path, self.after.fields)
        if self._is_journal_new and self.after.journal is not None:
            write_keys(self._waiting, (self.after.journal,))

    def finish(self) -> None:
        """Right after it was replaced: the journal key of before is kept beside."""
        if not self._is_journal_new:
            return
        path = self.journal.path
        if path.exists():
            path.replace(path.with_name(f"{path.name}.before-restore"))
        self._waiting.replace(path)

    @property
    def _is_journal_new(self) -> bool:
        return self.after.journal != self.before.journal

    @property
    def _waiting(self) -> Path:
        return self.journal.path.with_name(f"{self.journal.path.name}.restored")
