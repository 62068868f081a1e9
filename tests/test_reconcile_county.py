"""The benchmark's county, small, from the database and back into it."""

from __future__ import annotations

from sqlalchemy import func, select

from benchmarks.common import KEYS, a_county
from benchmarks.planted import planted
from benchmarks.reconciling import build, run
from rules.reconciling.sorting import Season, compare
from storage.database import Database
from storage.tables.cases import cases, tasks


async def test_what_is_kept_is_what_was_compared() -> None:
    county = planted(2000, 9)
    expected = compare(county.lists, season=Season(leavers_late=True))
    async with a_county() as url:
        await build(url, county)
        first = await run(url, is_real=True)
        assert first.doubts == len(expected.doubts)
        assert first.counts["matched"] == expected.matched
        again = await run(url, is_real=True)
        assert (dict(again.new), again.gone, again.new_doubts) == ({}, 0, 0)
        database = await Database.open(url, KEYS)
        async with database.read() as read:
            opened = await read.scalar(select(func.count()).select_from(cases))
            asked = select(func.count()).where(tasks.c.kind == "attends_here")
            waiting = await read.scalar(asked)
        await database.close()
        assert opened == first.counts["missing"]
        assert waiting == first.counts["elsewhere"]
