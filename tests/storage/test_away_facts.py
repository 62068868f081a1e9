"""Whom `/away` offers, and what a deputy may see on which day."""

from __future__ import annotations

from datetime import timedelta

from rules.model.people import Deputy, Post, Role
from storage.access import classes_of
from storage.actors import actor_of
from storage.database import Database
from storage.facts.away import lines_of, people_below, stand_ins
from storage.tables.people import deputies, posts
from tests.support.county import add_person, found_county
from tests.support.databases import NOW
from tests.support.world import MONDAY

TUESDAY = MONDAY + timedelta(days=1)


async def test_each_level_arranges_for_the_one_below(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        below = {}
        for who in ("teacher", "leader", "head", "section", "bureau"):
            actor = await actor_of(work, county.chat_of(who), MONDAY)
            found = await people_below(work, actor, MONDAY)
            below[who] = {name for name, n in county.people.items() for p in found if p.id == n}

    assert below == {
        "teacher": set(),
        "leader": {"teacher", "clerk"},
        "head": {"teacher", "clerk", "leader"},
        "section": {"head"},
        "bureau": {"section"},
    }


async def test_the_deputy_sees_the_class_from_the_first_day_on(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        other = await add_person(work, county, "other", "冯雪")
        await work.insert(posts, Post(0, other, Role.TEACHER, county.school_id))
        teacher = county.people["teacher"]
        line = Deputy(0, teacher, other, TUESDAY, TUESDAY, county.people["head"])
        await work.insert(deputies, line)
        seen = {}
        for on in (MONDAY, TUESDAY, TUESDAY + timedelta(days=1)):
            actor = await actor_of(work, county.chat_of("other"), on)
            seen[on] = await classes_of(work, actor, on)
        head = await actor_of(work, county.chat_of("head"), MONDAY)
        offered = [one.name for one in await stand_ins(work, head, teacher, MONDAY)]
        waiting = await lines_of(work, teacher, MONDAY)

    assert list(seen.values()) == [[], [county.class_id], []]
    assert "冯雪" in offered
    assert [one.from_on for one in waiting] == [TUESDAY]
