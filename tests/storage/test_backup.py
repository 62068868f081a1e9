"""Backup and restore on both engines: one moment, whole, proven before anything is replaced."""

from __future__ import annotations

import asyncio
import shutil
import tarfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from rules.decision import Entry
from storage import meta
from storage.access_log import note_look
from storage.attachments import folder, keep_under, path_of
from storage.backup import loading, taking
from storage.backup.archive import opened
from storage.database import Database
from storage.errors import AlreadyRunning, BadBackup, BrokenChain, WrongKey
from storage.journal import verify
from storage.keys import Keys
from storage.migrate import differences
from storage.sealing import Vault
from storage.tables.plumbing import access_log, journal
from tests.support.backups import (
    Members,
    everything,
    keep_file,
    key_files,
    members_of,
    restored,
    summed_again,
    taken,
    write_members,
)
from tests.support.county import County
from tests.support.databases import KEYS, NOW

OTHER = Keys((b"o" * 32,), b"p" * 32)
PART = "tables/students/000001.jsonl"


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder of its own; the one of all tests comes back afterwards."""
    before = folder().parent
    keep_under(tmp_path / "data")
    yield tmp_path / "data"
    keep_under(before)


@pytest.fixture
async def story(
    told_story: tuple[Path, County], data: Path, tmp_path: Path
) -> AsyncIterator[Database]:
    """A county in which much has happened, with a photo."""
    shutil.copy(told_story[0], tmp_path / "story.db")
    opened_ = await Database.open(f"sqlite:///{tmp_path}/story.db", KEYS)
    await keep_file(opened_)
    yield opened_
    await opened_.close()


@pytest.fixture
async def backup(story: Database, tmp_path: Path) -> Path:
    """A backup of it."""
    await taken(story, tmp_path / "b.tar")
    return tmp_path / "b.tar"


def content_of(path: Path) -> bytes:
    return path.read_bytes()


def mode_of_file(path: Path) -> int:
    return path.stat().st_mode & 0o777


def hidden_beside(path: Path) -> list[Path]:
    return list(path.parent.glob(".*"))


def cut_off(path: Path, share: float) -> None:
    content = path.read_bytes().rstrip(b"\0")
    path.write_bytes(content[: int(len(content) * share)])


def url_of(database: Database) -> str:
    return database.address.url.render_as_string(hide_password=False)


async def mark(database: Database, name: str) -> None:
    """Something by which the old database is known again; it is not empty any more."""
    async with database.work(NOW) as work:
        await meta.remember(work, "marked", name)
        work.journal(Entry("marked", "county"))


async def test_a_backup_goes_to_either_engine_and_comes_back_the_same(
    story: Database, backup: Path, database: Database, data: Path, tmp_path: Path
) -> None:
    before = await everything(story)
    done = await restored(backup, database, tmp_path / "there")

    assert await everything(database) == before
    assert done.rows == sum(map(len, before.values())) > 300
    assert await differences(url_of(database)) == []
    async with database.read() as read:
        verdict = await verify(read, KEYS.journal, done.head)
    assert verdict.is_whole

    await taken(database, tmp_path / "back.tar")
    home = await Database.open(f"sqlite:///{tmp_path}/home.db", KEYS)
    await restored(tmp_path / "back.tar", home, tmp_path / "home")
    assert await everything(home) == before
    await home.close()


async def test_after_a_restore_new_rows_get_new_numbers(
    story: Database, backup: Path, database: Database, tmp_path: Path
) -> None:
    await restored(backup, database, tmp_path / "there")
    highest = len((await everything(database))["access_log"])
    async with database.work(NOW) as work:
        await note_look(work, 1, 1, "phone")
    async with database.read() as read:
        numbers = await read.scalars(select(access_log.c.id))

    assert len(set(numbers)) == highest + 1


async def test_attachments_come_along_sealed(
    story: Database, backup: Path, database: Database, tmp_path: Path
) -> None:
    sha256 = await keep_file(story, b"a photo")
    (stored,) = [one for name, one in members_of(backup).items() if name.endswith(sha256)]
    assert b"a photo" not in stored

    await restored(backup, database, tmp_path / "there")

    there = path_of(tmp_path / "there" / "attachments", sha256)
    assert Vault(KEYS).open_bytes(content_of(there), f"attachments:{sha256}") == b"a photo"
    assert mode_of_file(there) == 0o600


async def test_it_is_one_moment_of_a_busy_database(
    database: Database, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "ROWS_A_PART", 7)
    is_begun, is_over = asyncio.Event(), asyncio.Event()

    async def write() -> int:
        count = 0
        while not is_over.is_set():
            async with database.work(NOW) as work:
                await note_look(work, count, None, "phone")
                work.journal(Entry("looked", f"person:{count}", personal={"n": count}))
            count += 1
            if count == 50:
                is_begun.set()
            await asyncio.sleep(0)
        return count

    writer = asyncio.create_task(write())
    await asyncio.wait_for(is_begun.wait(), 20)
    made = await taken(database, tmp_path / "b.tar")
    is_over.set()
    written = await writer

    counts = {name: made.tables[name].rows for name in ("access_log", "journal")}
    assert counts["access_log"] == counts["journal"] == made.journal.lines < written
    assert made.tables["journal_details"].rows == made.journal.lines
    with opened(tmp_path / "b.tar") as archive:
        archive.check_content()
        archive.check_tables()


async def test_only_the_owner_reads_it_and_it_has_no_key(story: Database, backup: Path) -> None:
    content = content_of(backup)
    assert mode_of_file(backup) == 0o600
    assert not any(name.startswith("keys/") for name in members_of(backup))
    assert KEYS.fields[0] not in content
    assert b"13812345678" not in content
    with_keys = await taken(story, backup, with_keys=True)
    assert {"keys/field.key", "keys/journal.key"} <= with_keys.members.keys()


async def test_a_backup_that_fails_leaves_the_one_before(
    story: Database, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content_of(backup)
    monkeypatch.setattr(taking, "_finish", None)
    with pytest.raises(TypeError):
        await taken(story, backup)

    assert content_of(backup) == before
    assert hidden_beside(backup) == []


def flipped(members: Members) -> Members:
    content = bytearray(members[PART])
    content[100] ^= 1
    return members | {PART: bytes(content)}


def without_a_row(members: Members) -> Members:
    rest = members[PART].partition(b"\n")[2]
    return members | {PART: rest}


def with_revision(manifest: dict[str, object]) -> None:
    manifest["revision"] = "9999"


def renamed(members: Members) -> Members:
    return {
        name[:-1] + ("1" if name[-1] == "0" else "0") if is_file(name) else name: content
        for name, content in members.items()
    }


def without_files(manifest: dict[str, Any]) -> None:
    for name in filter(is_file, list(manifest["members"])):
        del manifest["members"][name]


def is_file(name: str) -> bool:
    return name.startswith("attachments/")


TAMPERED: dict[str, tuple[Callable[[Members], Members], str]] = {
    "a byte": (flipped, "altered"),
    "a byte, sums made anew": (lambda all_: summed_again(flipped(all_)), "altered"),
    "a row taken out, sums made anew": (lambda all_: summed_again(without_a_row(all_)), "altered"),
    "a member taken out": (
        lambda all_: {name: one for name, one in all_.items() if name != PART},
        "altered",
    ),
    "a part put in": (lambda all_: all_ | {PART.replace("1", "2"): all_[PART]}, "altered"),
    "a way out": (lambda all_: all_ | {"attachments/../../evil": b"x"}, "strange"),
    "an absolute path": (lambda all_: all_ | {"/etc/evil": b"x"}, "strange"),
    "no manifest": (
        lambda all_: {name: one for name, one in all_.items() if name != "manifest.json"},
        "not_a_backup",
    ),
    "another manifest": (lambda all_: all_ | {"manifest.json": b"[1]"}, "not_a_backup"),
    "of a later program": (
        lambda all_: summed_again(all_, with_revision, key=KEYS.journal),
        "newer",
    ),
    "an attachment under another name": (
        lambda all_: summed_again(renamed(all_), without_files, key=KEYS.journal),
        "altered",
    ),
}


@pytest.mark.parametrize("case", TAMPERED)
async def test_a_tampered_backup_replaces_nothing(
    backup: Path, database: Database, tmp_path: Path, case: str
) -> None:
    change, cause = TAMPERED[case]
    write_members(backup, change(members_of(backup)))
    await mark(database, "old")
    before = await everything(database)

    with pytest.raises(BadBackup) as refused:
        await restored(backup, database, tmp_path / "there", may_replace=True)

    assert refused.value.cause == cause
    assert await everything(database) == before
    assert not list((tmp_path / "there").rglob("*.key"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
async def test_nothing_but_plain_files_is_let_in(backup: Path, kind: bytes) -> None:
    link = tarfile.TarInfo("attachments/" + "a" * 64)
    link.type, link.linkname = kind, "/etc/passwd"
    write_members(backup, members_of(backup), link)
    with pytest.raises(BadBackup, match="strange"), opened(backup):
        pass


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
async def test_a_backup_that_is_cut_off_is_refused(
    backup: Path, database: Database, tmp_path: Path, share: float
) -> None:
    cut_off(backup, share)
    with pytest.raises(BadBackup):
        await restored(backup, database, tmp_path / "there")


async def test_a_journal_forged_by_one_with_the_seal_is_found(
    backup: Path, database: Database, tmp_path: Path
) -> None:
    members = members_of(backup)
    name = "tables/journal/000001.jsonl"
    members[name] = members[name].replace(b'"case:1"', b'"case:2"', 1)
    write_members(backup, summed_again(members, key=KEYS.journal))
    await mark(database, "old")
    before = await everything(database)

    with pytest.raises(BrokenChain):
        await restored(backup, database, tmp_path / "there", may_replace=True)
    assert await everything(database) == before


async def test_a_journal_that_was_broken_before_stays_provably_broken(
    story: Database, database: Database, tmp_path: Path
) -> None:
    async with story.work(NOW) as work:
        await work.execute(delete(journal).where(journal.c.number == 20))
    made = await taken(story, tmp_path / "b.tar")
    assert (made.journal.broken_at, made.journal.broken_by) == (20, "missing")

    await restored(tmp_path / "b.tar", database, tmp_path / "there")
    async with database.read() as read:
        assert (await verify(read, KEYS.journal)).broken_at == 20


async def test_a_database_that_is_not_empty_is_replaced_only_when_asked(
    story: Database, backup: Path, database: Database, tmp_path: Path
) -> None:
    await mark(database, "old")
    with pytest.raises(BadBackup, match="not_empty"):
        await restored(backup, database, tmp_path / "there")
    await restored(backup, database, tmp_path / "there", may_replace=True)

    assert await everything(database) == await everything(story)


async def test_a_running_bot_keeps_its_database(
    backup: Path, database: Database, tmp_path: Path
) -> None:
    async with database.claim_run("the bot"):
        with pytest.raises(AlreadyRunning, match="the bot"):
            await restored(backup, database, tmp_path / "there", may_replace=True)


@pytest.mark.parametrize("mode", [meta.Mode.REAL, meta.Mode.REHEARSAL])
async def test_a_rehearsal_stays_one_and_never_replaces_a_real_county(
    story: Database, database: Database, tmp_path: Path, mode: meta.Mode
) -> None:
    other = meta.Mode.REAL if mode is meta.Mode.REHEARSAL else meta.Mode.REHEARSAL
    async with story.work(NOW) as work:
        await meta.forget(work, "mode")
        await meta.keep_mode(work, mode)
    await taken(story, tmp_path / "b.tar")
    await mark(database, "old")
    async with database.work(NOW) as work:
        await meta.keep_mode(work, other)
    with pytest.raises(BadBackup, match=f"is_{other}"):
        await restored(tmp_path / "b.tar", database, tmp_path / "there", may_replace=True)

    empty = await Database.open(f"sqlite:///{tmp_path}/empty.db", KEYS)
    await restored(tmp_path / "b.tar", empty, tmp_path / "there")
    async with empty.read() as read:
        assert await meta.mode_of(read) is mode
    await empty.close()


async def test_a_restore_that_breaks_off_leaves_the_old_database(
    backup: Path, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await mark(database, "old")
    before = await everything(database)
    monkeypatch.setattr(loading, "_check_chain", None)
    with pytest.raises(TypeError):
        await restored(backup, database, tmp_path / "there", may_replace=True)

    assert await everything(database) == before
    assert await differences(url_of(database)) == []


async def test_a_backup_says_which_keys_it_needs(backup: Path) -> None:
    with opened(backup) as archive:
        made = archive.manifest
    right, wrong = key_files(backup.parent).after, key_files(backup.parent, OTHER).after

    assert (right.lacking_fields(made), right.lacks_journal(made)) == ([], False)
    assert (wrong.lacking_fields(made), wrong.lacks_journal(made)) == ([*made.field_checks], True)
    offered = wrong.with_offered(made, (b"z" * 32, KEYS.journal, KEYS.fields[0]))
    assert offered.keys() == Keys((KEYS.fields[0], *OTHER.fields), KEYS.journal)


async def test_something_sealed_with_an_unknown_key_is_not_backed_up_in_silence(
    story: Database, tmp_path: Path
) -> None:
    story.keys = Keys(OTHER.fields, KEYS.journal)
    with pytest.raises(WrongKey):
        await taken(story, tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()
