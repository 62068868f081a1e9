"""Keyed hashes by which sealed numbers are found again (privacy D4)."""

from __future__ import annotations

from storage.sealing import Vault


def phone_hash(vault: Vault, phone: str) -> str:
    """Of a phone number as `rules.identity.read_phone` writes it."""
    return vault.fingerprint(phone, "phone")


def id_hash(vault: Vault, id_number: str) -> str:
    """Of an identity number."""
    return vault.fingerprint(id_number, "id_number")


def register_hash(vault: Vault, register_number: str) -> str:
    """Of a register number."""
    return vault.fingerprint(register_number, "register_number")


def code_hash(vault: Vault, code: str) -> str:
    """Of a one-time code."""
    return vault.fingerprint(code, "invite")
