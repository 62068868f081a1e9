from __future__ import annotations

import pytest
from sqlalchemy import make_url, text

from storage.database import Database
from storage.errors import AlreadyRunning
from storage.meta import recall, remember
from storage.migrate import migrate
from tests.support.databases import KEYS, NOW, PostgresServer


def with_schema(url: str, schema: str) -> str:
    changed = make_url(url).update_query_dict({"schema": schema})
    return changed.render_as_string(hide_password=False)


async def test_a_second_run_is_refused_and_told_who_runs(database: Database) -> None:
    other = await Database.open(database.address.url.render_as_string(False), KEYS)
    async with database.claim_run("first on host 1") as claim:
        with pytest.raises(AlreadyRunning, match="first on host 1"):
            async with other.claim_run("second"):
                pass
        assert await claim.is_held()
    async with other.claim_run("second") as claim:
        assert await claim.is_held()
    await other.close()


@pytest.mark.postgres
async def test_counties_in_one_postgres_are_apart(postgres_url: str) -> None:
    east = await Database.open(with_schema(postgres_url, "east"), KEYS)
    west = await Database.open(with_schema(postgres_url, "west"), KEYS)
    async with east.claim_run("east"), west.claim_run("west") as claim:
        assert await claim.is_held()
    await east.close()
    await west.close()


@pytest.mark.postgres
async def test_a_claim_ends_with_its_connection(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    database = await Database.open(postgres_url, KEYS)
    async with database.claim_run("first") as claim:
        async with database.read() as read:
            query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'first'"
            pid = (await read.execute(text(query))).rows[0][0]
        postgres_server.run(f"SELECT pg_terminate_backend({pid})")

        assert not await claim.is_held()
    await database.close()


@pytest.mark.postgres
async def test_each_county_has_its_own_schema(postgres_url: str) -> None:
    for schema in ("east", "west"):
        url = with_schema(postgres_url, schema)
        await migrate(url)
        database = await Database.open(url, KEYS)
        async with database.work(NOW) as work:
            assert await recall(work, "county") is None
            await remember(work, "county", schema)
        await database.close()
