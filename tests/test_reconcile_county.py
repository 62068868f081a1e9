"""The benchmark's county, small, from the database and back into it."""

from __future__ import annotations

from sqlalchemy import func, select

from benchmarks.common import KEYS, a_county
from benchmarks.planted import planted, planted_list
from benchmarks.reconciling import build, run
from rules.reconciling.eligible import Ages, Standing, look_up
from rules.reconciling.sorting import Season, compare
from storage.database import Database
from storage.tables.cases import cases, tasks


def test_nobody_in_school_is_sought_at_home_and_everybody_else_is() -> None:
    county = planted(2000, 9)
    listed = planted_list(county)
    found = compare(county.lists, season=Season(leavers_late=True))
    standings = look_up(listed.lines, found.in_school, Ages()).standings
    sought = {at for at, one in enumerate(standings) if one is Standing.SOUGHT}
    reviewed = {at for at, one in enumerate(standings) if one is Standing.REVIEW}
    assert sought == listed.at_home
    assert reviewed == listed.slipped
    assert len(reviewed) > 10


async def test_what_is_kept_is_what_was_compared() -> None:
    county = planted(2000, 9)
    expected = compare(county.lists, season=Season(leavers_late=True))
    listed = planted_list(county)
    doubts = look_up(listed.lines, expected.in_school, Ages()).doubts
    async with a_county() as url:
        await build(url, county)
        first = await run(url, is_real=True)
        assert first.doubts == len(expected.doubts) + len(doubts)
        assert first.listed["listed_sought"] == len(listed.at_home)
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
        assert first.listed["listed_sought"] == first.listed["listed_new"]
        assert again.listed["listed_new"] == again.listed["listed_gone"] == 0
