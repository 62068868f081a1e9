"""Sealing of personal text: AES-GCM under a named key, bound to the column it belongs to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import WrongKey
from storage.keys import Keys, key_id

_MARK = b"g1"
_ID_BYTES = 4
_NONCE_BYTES = 12
_BODY = len(_MARK) + _ID_BYTES


class Vault:
    """Seals with the newest field key, opens with any of them."""

    def __init__(self, keys: Keys) -> None:
        """Prepare the ciphers; the look-up key is derived from the key that never rotates."""
        self.current_id = bytes.fromhex(key_id(keys.fields[0]))
        self._ciphers = {bytes.fromhex(key_id(key)): AESGCM(key) for key in keys.fields}
        self._lookup_key = hmac.digest(keys.journal, b"guixiao look-up", hashlib.sha256)

    def seal_bytes(self, content: bytes, aad: str) -> bytes:
        """Mark, key id, nonce and ciphertext; `aad` is "table.column", or what it belongs to."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self.current_id].encrypt(nonce, content, aad.encode())
        return _MARK + self.current_id + nonce + sealed

    def open_bytes(self, token: bytes, aad: str) -> bytes:
        """What was sealed; WrongKey when the key is unknown, or token or place were altered."""
        cipher = self._ciphers.get(token[len(_MARK) : _BODY])
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
        message = purpose.encode() + b"\0" + text.encode()
        return hmac.digest(self._lookup_key, message, hashlib.sha256).hex()
