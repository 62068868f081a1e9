"""`backup` and `restore`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.opening import (
    County,
    Refused,
    field_file,
    finish,
    journal_file,
    keys_at_hand,
    perform,
    settings_or_exit,
)
from bot.cli.words import words

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.backup.archive import Archive
    from storage.backup.manifest import Manifest
    from storage.backup.needed import Held, KeyFiles
    from storage.backup.restoring import Restored

TRIES = 3


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(backup)
    app.command()(restore)


def backup(
    file: Path = typer.Argument(metavar="FILE", help="Where the backup goes."),
    with_key: bool = typer.Option(
        False, "--with-key", help="Put the keys in: whoever has the file can then read all of it."
    ),
) -> None:
    """Copy database and attachments into one file, while the bot runs."""

    async def errand(county: County) -> None:
        _say_taken(county, await _taken(county, file, with_key=with_key), file)
        print(county.say("backup.with_key" if with_key else "backup.without_key"))

    perform(errand)


async def _taken(county: County, file: Path, *, with_key: bool) -> Manifest:
    from storage.attachments import folder, keep_under
    from storage.backup.taking import take

    keep_under(county.settings.data_dir)
    now = county.clock.now()
    try:
        return await take(county.database, file, folder(), now, with_keys=with_key)
    except OSError as error:
        raise Refused("no_folder", file=file, problem=error.strerror) from error


def _say_taken(county: County, made: Manifest, file: Path) -> None:
    rows = sum(one.rows for one in made.tables.values())
    files = sum(name.startswith("attachments/") for name in made.members)
    head = made.journal.head
    print(county.say("backup.done", file=file, rows=rows, files=files, head=head))
    if made.missing:
        print(county.say("backup.missing", n=len(made.missing)), file=sys.stderr)
    if made.journal.broken_at is not None:
        print(county.say("backup.broken", number=made.journal.broken_at), file=sys.stderr)


def restore(
    file: Path = typer.Argument(metavar="FILE", help="A backup."),
    replace: bool = typer.Option(False, "--replace", help="Replace a database that is not empty."),
) -> None:
    """Put a backup in the place of the database, after checking all of it."""
    settings = settings_or_exit()
    done = finish(_restored(settings, file, may_replace=replace), settings.locale)
    values = {"rows": done.rows, "files": done.files, "head": done.head}
    print(words(settings.locale, "restore.done", **values))


async def _restored(settings: Settings, file: Path, *, may_replace: bool) -> Restored:
    from sqlalchemy.exc import ArgumentError, DBAPIError

    from storage.address import address_of
    from storage.attachments import keep_under
    from storage.backup.archive import opened
    from storage.backup.restoring import restore as put_in_place

    keep_under(settings.data_dir)
    try:
        address = address_of(settings.database_url)
    except (ArgumentError, ValueError) as error:
        raise Refused("wrong_database_url") from error
    try:
        with opened(file) as archive:
            archive.check_content()
            archive.check_tables()
            keys = _keys_for(settings, archive)
            return await put_in_place(archive, address, keys, may_replace=may_replace)
    except (DBAPIError, OSError) as error:
        raise Refused("no_database", problem=type(error).__name__) from error


def _keys_for(settings: Settings, archive: Archive) -> KeyFiles:
    """The keys at hand, those in the backup, and those that somebody types in."""
    from storage.backup.needed import Held, KeyFiles, Place

    before = Held(*keys_at_hand(settings))
    fields, journal = archive.keys()
    offered = [*fields, *([journal] if journal else [])]
    after = before.with_offered(archive.manifest, offered)
    after = _asked(settings, archive.manifest, after)
    field = Place("FIELD_KEY", field_file(settings), settings.field_key is not None)
    journal_ = Place("JOURNAL_KEY", journal_file(settings), settings.journal_key is not None)
    for place, is_new in (
        (field, after.fields != before.fields),
        (journal_, after.journal != before.journal),
    ):
        if place.is_set and is_new:
            raise Refused("key_in_setting", setting=place.name)
    return KeyFiles(field, journal_, before, after)


def _asked(settings: Settings, manifest: Manifest, held: Held) -> Held:
    """Ask for each key that is lacking; Refused where nobody sits at a terminal."""
    language = settings.locale
    for id_ in held.lacking_fields(manifest):
        need = words(language, "restore.needs_field", id=id_, file=field_file(settings))
        held = _typed(manifest, held, need)
    if held.lacks_journal(manifest):
        need = words(language, "restore.needs_journal", file=journal_file(settings))
        held = _typed(manifest, held, need)
    return held


def _typed(manifest: Manifest, held: Held, need: str) -> Held:
    """What is held with the key that somebody types in, unseen; Refused after a few tries."""
    from getpass import getpass

    from storage.errors import WrongKey
    from storage.keys import parse_keys

    for _ in range(TRIES if sys.stdin.isatty() else 0):
        try:
            tried = held.with_offered(manifest, parse_keys(getpass(f"{need}\n> ")))
        except WrongKey:
            continue
        if tried != held:
            return tried
    raise Refused("lacks_key", need=need)
