"""Instants in the database: microseconds since 1970 in UTC, which both engines sort alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(at: datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC; ValueError for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {at!r}")
    return (at - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The aware UTC datetime for microseconds since 1970-01-01 UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


class Instant(TypeDecorator[datetime]):
    """A column of aware datetimes, stored as a 64-bit integer of microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """The number to store."""
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The instant, in UTC."""
        return None if value is None else from_microseconds(value)
