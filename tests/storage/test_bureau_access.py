"""What section and bureau leader may see: what climbed to them, whatever line pairs them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete

from rules.messages.base import Lane
from rules.model.case import Case, CaseState, Stage
from rules.model.people import Level, Pairing, PairingLevel, PairingScope
from rules.model.school import SchoolClass
from rules.policy import Policy
from rules.refusals import NotYours
from storage.access import case_visible_to, schools_of
from storage.actors import actor_as
from storage.database import Database
from storage.outbox import Outgoing
from storage.tables.cases import cases
from storage.tables.people import pairings
from storage.tables.school import classes
from storage.views import Unwanted
from storage.views.all_clear import AllClearView, all_clear
from storage.work import Work
from tests.support.county import County, found_county

NOW = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
TODAY = date(2026, 9, 10)
LEVELS = {"section": PairingLevel.SECTION, "bureau": PairingLevel.BUREAU_LEADER}
SCOPES = ("student", "class", "school", "township")


async def climbed(work: Work, county: County, level: Level) -> int:
    case = Case(
        0,
        county.children["李一"],
        county.school_id,
        Stage.VERIFY,
        CaseState.OPEN,
        NOW,
        date(2026, 9, 1),
        level=int(level),
        policy=Policy().to_json(),
    )
    return await work.insert(cases, case)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("who", LEVELS)
async def test_what_climbed_is_seen_by_whoever_is_paired(
    database: Database, who: str, scope: str
) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        place = {
            "student": county.children["李一"],
            "class": county.class_id,
            "school": county.school_id,
            "township": county.township_id,
        }[scope]
        await work.execute(delete(pairings))
        line = Pairing(0, PairingScope(scope), place, LEVELS[who], county.people[who])
        await work.insert(pairings, line)
        number = await climbed(work, county, Level[LEVELS[who].name])
        actor = await actor_as(work, county.people[who], TODAY)

        assert (await case_visible_to(work, actor, number, TODAY)).id == number


async def test_what_has_not_climbed_so_far_is_not_seen(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        line = Pairing(
            0,
            PairingScope.CLASS,
            county.class_id,
            PairingLevel.BUREAU_LEADER,
            county.people["bureau"],
        )
        await work.insert(pairings, line)
        number = await climbed(work, county, Level.SECTION)
        actor = await actor_as(work, county.people["bureau"], TODAY)

        with pytest.raises(NotYours):
            await case_visible_to(work, actor, number, TODAY)


@pytest.mark.parametrize("who", LEVELS)
async def test_a_school_paired_class_by_class_is_answered_for_as_a_whole(
    database: Database, who: str
) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        await work.execute(delete(pairings))
        actor = await actor_as(work, county.people[who], TODAY)
        assert await schools_of(work, actor, TODAY) == set()

        class_line = Pairing(0, PairingScope.CLASS, county.class_id, LEVELS[who], actor.primary_id)
        await work.insert(pairings, class_line)
        assert await schools_of(work, actor, TODAY) == {county.school_id}

        next_door = await work.insert(classes, SchoolClass(0, county.school_id, 3, 3))
        other = county.people["admin"]
        await work.insert(pairings, Pairing(0, PairingScope.CLASS, next_door, LEVELS[who], other))
        assert await schools_of(work, actor, TODAY) == set()


async def test_the_daily_line_counts_the_schools_of_paired_classes(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        await work.execute(delete(pairings))
        row = Outgoing("k", "all_clear", Lane.DIGEST, county.people["section"], created_at=NOW)
        assert isinstance(await all_clear(work, row), Unwanted)

        line = Pairing(
            0, PairingScope.CLASS, county.class_id, PairingLevel.SECTION, county.people["section"]
        )
        await work.insert(pairings, line)
        view = await all_clear(work, row)

        assert isinstance(view, AllClearView)
        assert view.schools == 1
