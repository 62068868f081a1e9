"""Short spellings of the columns that many tables share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Integer, String, Text

from storage.instants import Instant

SEALED = {"sealed": True}


def key() -> Column[Any]:
    """The row's number."""
    return Column("id", Integer, primary_key=True)


def version() -> Column[Any]:
    """Counts the writes of a row; a row is written only at the version it was read at."""
    return Column("version", Integer, nullable=False)


def ref(name: str, to: str, *, needed: bool = True, indexed: bool = False) -> Column[Any]:
    """A pointer to another table's row."""
    return Column(name, Integer, ForeignKey(f"{to}.id"), nullable=not needed, index=indexed)


def number(name: str, *, needed: bool = True, indexed: bool = False) -> Column[Any]:
    """A whole number."""
    return Column(name, Integer, nullable=not needed, index=indexed)


def word(name: str, *, needed: bool = True, size: int = 40, indexed: bool = False) -> Column[Any]:
    """A short code or name."""
    return Column(name, String(size), nullable=not needed, index=indexed)


def text(name: str, *, needed: bool = False) -> Column[Any]:
    """Longer text without personal data."""
    return Column(name, Text, nullable=not needed)


def sealed(name: str) -> Column[Any]:
    """Text that is encrypted in the database (privacy D4)."""
    return Column(name, Text, nullable=True, info=SEALED)


def instant(name: str, *, needed: bool = False, indexed: bool = False) -> Column[Any]:
    """A point in time."""
    return Column(name, Instant, nullable=not needed, index=indexed)


def day(name: str, *, needed: bool = False, indexed: bool = False) -> Column[Any]:
    """A civil date."""
    return Column(name, Date, nullable=not needed, index=indexed)


def flag(name: str) -> Column[Any]:
    """Yes or no."""
    return Column(name, Boolean, nullable=False)


def listing(name: str) -> Column[Any]:
    """A small list or mapping, as JSON."""
    return Column(name, JSON, nullable=False)
