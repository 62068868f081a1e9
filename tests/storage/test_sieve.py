"""What the sieve of phones lets through."""

from __future__ import annotations

import hashlib

from storage.importing.known import SHORT, Sieve


def _mark(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:SHORT]


def test_whatever_was_put_in_is_found_and_hardly_anything_else() -> None:
    sieve = Sieve(_mark(number) for number in range(100_000))
    sieve.add(_mark(100_000))

    assert all(_mark(number) in sieve for number in range(100_001))
    assert sum(_mark(number) in sieve for number in range(200_000, 300_000)) < 1000
