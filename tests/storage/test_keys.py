from __future__ import annotations

import base64
import logging
from pathlib import Path

import pytest

from storage.database import Database
from storage.errors import WrongKey
from storage.keycheck import check_keys
from storage.keys import Keys, add_field_key, load_keys
from storage.sealing import Vault
from tests.support.databases import KEYS, NOW

OTHER = Keys((b"o" * 32,), b"p" * 32)
ROTATED = Keys((b"n" * 32, *KEYS.fields), KEYS.journal)


def in_base64(key: bytes) -> str:
    return base64.b64encode(key).decode()


def test_keys_are_made_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    first, second = load_keys(tmp_path / "data"), load_keys(tmp_path / "data")

    assert first == second
    assert first != load_keys(tmp_path / "elsewhere")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    assert modes == {"field.key": 0o600, "journal.key": 0o600}


def test_a_setting_comes_before_a_file(tmp_path: Path) -> None:
    keys = load_keys(tmp_path, field_key=in_base64(b"s" * 32), journal_key=in_base64(b"t" * 32))

    assert keys == Keys((b"s" * 32,), b"t" * 32)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["short", in_base64(b"x" * 31), "王" * 44, " "])
def test_a_key_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(WrongKey):
        load_keys(tmp_path, field_key=text)


def test_a_key_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(WrongKey):
        load_keys(tmp_path, field_key_file=tmp_path / "missing.key")


def test_a_key_file_that_others_may_read_is_warned_about(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_keys(tmp_path)
    (tmp_path / "field.key").chmod(0o644)
    with caplog.at_level(logging.WARNING):
        load_keys(tmp_path)

    assert "field.key" in caplog.text


def test_a_repr_shows_no_key() -> None:
    assert "f" * 4 not in repr(KEYS)
    assert repr(KEYS) == "Keys()"


def test_after_rotation_old_tokens_still_open(tmp_path: Path) -> None:
    before = Vault(load_keys(tmp_path))
    token = before.seal("13800001234", "people.phone")
    add_field_key(tmp_path / "field.key")
    after = Vault(load_keys(tmp_path))

    assert after.open(token, "people.phone") == "13800001234"
    assert before.is_current(token)
    assert not after.is_current(token)
    assert after.is_current(after.seal("13800001234", "people.phone"))
    assert (tmp_path / "field.key").stat().st_mode & 0o777 == 0o600


def test_fingerprints_survive_rotation_and_differ_by_purpose() -> None:
    vault = Vault(KEYS)

    assert vault.fingerprint("138", "phone") == Vault(ROTATED).fingerprint("138", "phone")
    assert vault.fingerprint("138", "phone") != vault.fingerprint("138", "id_number")
    assert vault.fingerprint("138", "phone") != Vault(OTHER).fingerprint("138", "phone")


def test_many_texts_are_sealed_like_one_each_with_a_nonce_of_its_own() -> None:
    vault = Vault(KEYS)

    tokens = vault.seal_many(["13812345678"] * 50, "people.phone")

    assert {vault.open(one, "people.phone") for one in tokens} == {"13812345678"}
    assert len({base64.b64decode(one)[6:18] for one in tokens}) == 50
    with pytest.raises(WrongKey):
        vault.open(tokens[0], "students.address")


def test_equal_texts_are_sealed_differently() -> None:
    vault = Vault(KEYS)

    assert vault.seal("王小明", "people.name") != vault.seal("王小明", "people.name")


def flipped(token: str) -> str:
    raw = bytearray(base64.b64decode(token))
    raw[-1] ^= 1
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    ("vault", "token", "place"),
    [
        pytest.param(Vault(KEYS), Vault(KEYS).seal("x", "a.b"), "a.c", id="from another column"),
        pytest.param(Vault(OTHER), Vault(KEYS).seal("x", "a.b"), "a.b", id="from another county"),
        pytest.param(Vault(KEYS), flipped(Vault(KEYS).seal("x", "a.b")), "a.b", id="altered"),
        pytest.param(Vault(KEYS), Vault(KEYS).seal("x", "a.b")[:24], "a.b", id="cut off"),
        pytest.param(Vault(KEYS), "not sealed at all", "a.b", id="in plain text"),
    ],
)
def test_nothing_opens_a_token_that_is(vault: Vault, token: str, place: str) -> None:
    with pytest.raises(WrongKey):
        vault.open(token, place)


async def test_a_database_refuses_the_keys_of_another(database: Database) -> None:
    await check_keys(database, NOW)
    await check_keys(database, NOW)
    for wrong in (Keys(KEYS.fields, OTHER.journal), Keys(OTHER.fields, KEYS.journal)):
        database.keys = wrong
        with pytest.raises(WrongKey):
            await check_keys(database, NOW)


async def test_a_database_follows_a_rotation(database: Database) -> None:
    await check_keys(database, NOW)
    database.keys = ROTATED
    await check_keys(database, NOW)
    database.keys = KEYS
    with pytest.raises(WrongKey):
        await check_keys(database, NOW)
