"""Sealing of personal text: AES-GCM under a named key, bound to the column it belongs to."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import WrongKey
from storage.keys import Keys, key_id

_MARK = b"g1"
_ID_BYTES = 4
_NONCE_BYTES = 12
_BODY = len(_MARK) + _ID_BYTES
#: So many bytes at the beginning of a sealed value name its key.
SEALED_START = _BODY


@dataclass(frozen=True, slots=True)
class _Ring:
    """The ciphers made of one set of keys; replaced whole, so that no reader sees half of it."""

    keys: Keys = field(repr=False)
    current_id: bytes
    ciphers: Mapping[bytes, AESGCM] = field(repr=False)
    #: Has taken the look-up key in already: a copy of it hashes a text three times as fast.
    lookup: hmac.HMAC = field(repr=False)

    @classmethod
    def of(cls, keys: Keys) -> _Ring:
        """The look-up key is derived from the key that never rotates."""
        return cls(
            keys,
            bytes.fromhex(key_id(keys.fields[0])),
            {bytes.fromhex(key_id(key)): AESGCM(key) for key in keys.fields},
            hmac.new(_lookup_key(keys), digestmod=hashlib.sha256),
        )


def _lookup_key(keys: Keys) -> bytes:
    return hmac.digest(keys.journal, b"guixiao look-up", hashlib.sha256)


class Vault:
    """Seals with the newest field key, opens with any of them."""

    def __init__(self, keys: Keys, look_again: Callable[[], Keys] | None = None) -> None:
        """`look_again` reads the keys anew: another process may have added one (rotation)."""
        self._ring = _Ring.of(keys)
        self.look_again = look_again

    @property
    def keys(self) -> Keys:
        """The keys in use."""
        return self._ring.keys

    @property
    def current_id(self) -> bytes:
        """The id of the key that seals."""
        return self._ring.current_id

    def adopt(self, keys: Keys) -> None:
        """Use these keys from now on."""
        self._ring = _Ring.of(keys)

    def refresh(self) -> bool:
        """Read the keys anew; whether another key seals now."""
        before = self.current_id
        if self.look_again is not None:
            self.adopt(self.look_again())
        return self.current_id != before

    def has(self, ids: Iterable[str]) -> bool:
        """Whether all of these keys are here, if need be after looking again."""
        wanted = {bytes.fromhex(one) for one in ids}
        if not wanted <= self._ring.ciphers.keys():
            self.refresh()
        return wanted <= self._ring.ciphers.keys()

    def seal_bytes(self, content: bytes, aad: str) -> bytes:
        """Mark, key id, nonce and ciphertext; `aad` is "table.column", or what it belongs to."""
        ring, nonce = self._ring, secrets.token_bytes(_NONCE_BYTES)
        sealed = ring.ciphers[ring.current_id].encrypt(nonce, content, aad.encode())
        return _MARK + ring.current_id + nonce + sealed

    def open_bytes(self, token: bytes, aad: str) -> bytes:
        """What was sealed; WrongKey when the key is unknown, or token or place were altered."""
        cipher = self._cipher(token)
        if not token.startswith(_MARK) or cipher is None:
            raise WrongKey(f"{aad}: sealed with a key that is not here")
        nonce, sealed = token[_BODY : _BODY + _NONCE_BYTES], token[_BODY + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, sealed, aad.encode())
        except (InvalidTag, ValueError):
            raise WrongKey(f"{aad}: altered, or sealed for another place") from None

    def seal(self, text: str, aad: str) -> str:
        """The sealed text, in base64."""
        return base64.b64encode(self.seal_bytes(text.encode(), aad)).decode("ascii")

    def seal_many(self, texts: Sequence[str], aad: str) -> list[str]:
        """As `seal`, for many texts of one column; their nonces are drawn all at once."""
        ring, place = self._ring, aad.encode()
        cipher, start = ring.ciphers[ring.current_id], _MARK + ring.current_id
        drawn = secrets.token_bytes(_NONCE_BYTES * len(texts))
        sealed = []
        for at, text in enumerate(texts):
            nonce = drawn[at * _NONCE_BYTES : (at + 1) * _NONCE_BYTES]
            token = start + nonce + cipher.encrypt(nonce, text.encode(), place)
            sealed.append(binascii.b2a_base64(token, newline=False).decode("ascii"))
        return sealed

    def open(self, token: str, aad: str) -> str:
        """The text that `seal` was given; errors as in `open_bytes`."""
        try:
            raw = base64.b64decode(token, validate=True)
        except ValueError:
            raise WrongKey(f"{aad}: not a sealed text") from None
        return self.open_bytes(raw, aad).decode()

    def is_current(self, token: str | bytes) -> bool:
        """Whether the newest key sealed this; if not, rotation has yet to reseal it."""
        raw = base64.b64decode(token) if isinstance(token, str) else token
        return raw[len(_MARK) : _BODY] == self.current_id

    def fingerprint(self, text: str, purpose: str) -> str:
        """A keyed hash to look `text` up by, 64 hex digits; stays the same when keys rotate."""
        hashing = self._ring.lookup.copy()
        hashing.update(purpose.encode() + b"\0" + text.encode())
        return hashing.hexdigest()

    def _cipher(self, token: bytes) -> AESGCM | None:
        if token.startswith(_MARK) and len(token) >= _BODY:
            self.has((sealed_with(token),))
        return self._ring.ciphers.get(token[len(_MARK) : _BODY])


def sealed_with(token: bytes) -> str:
    """The id of the key that sealed this, of which the beginning is enough; else WrongKey."""
    if not token.startswith(_MARK) or len(token) < _BODY:
        raise WrongKey("not a sealed value")
    return token[len(_MARK) : _BODY].hex()


def beginning(id_: str) -> bytes:
    """How everything begins that this key has sealed."""
    return _MARK + bytes.fromhex(id_)
