"""Where the database is: what DATABASE_URL may say, and what it means to the drivers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url


@dataclass(frozen=True, slots=True)
class Address:
    """A URL for the asynchronous driver, with the schema of the county if one is named."""

    url: URL
    schema: str | None = None

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None for PostgreSQL."""
        if self.url.get_backend_name() != "sqlite" or not self.url.database:
            return None
        return Path(self.url.database)

    @property
    def server_settings(self) -> dict[str, Any]:
        """What asyncpg is to set on each connection: no JIT, and the county's schema first."""
        return {"jit": "off"} | ({"search_path": self.schema} if self.schema else {})


def address_of(text: str) -> Address:
    """Read a DATABASE_URL; ValueError for a database that we do not work with.

    `sqlite:///FILE` and any spelling of `postgresql://…` are taken; `?schema=NAME` names the
    PostgreSQL schema of the county.
    """
    url = make_url(text)
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return Address(url.set(drivername="sqlite+aiosqlite"))
    if backend in ("postgresql", "postgres"):
        schema = url.query.get("schema")
        url = url.set(drivername="postgresql+asyncpg").difference_update_query(["schema"])
        return Address(url, schema if isinstance(schema, str) else None)
    raise ValueError(f"DATABASE_URL must name a SQLite file or PostgreSQL, not {backend}")
