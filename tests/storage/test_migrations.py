from __future__ import annotations

from pathlib import Path

from storage.migrate import differences, migrate
from storage.tables.everything import metadata


async def test_the_migrated_schema_is_that_of_the_tables(database_url: str) -> None:
    assert await differences(database_url) == []


async def test_migrating_twice_changes_nothing(database_url: str) -> None:
    await migrate(database_url)

    assert await differences(database_url) == []


async def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    await migrate(f"sqlite+aiosqlite:///{tmp_path}/new/county.db")

    assert (tmp_path / "new" / "county.db").exists()


def test_every_constraint_has_a_name() -> None:
    unnamed = [
        (table.name, constraint)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]

    assert unnamed == []
