"""What a township's contact may see: the cases notified to the township, and nothing else.

The list and the single id are asked with the same condition (decision 6), on both engines.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from rules.model.case import Case, CaseState, Stage, Task
from rules.model.ladder import Closing, ClosingReason, ClosingState, Referral, ReferralState
from rules.model.people import Deputy, Post, Role
from rules.model.school import Unit, UnitKind
from rules.policy import Policy
from rules.refusals import NotYours
from storage.access import (
    case_visible_to,
    student_visible_to,
    townships_of,
    visible_students,
)
from storage.actors import Actor, actor_as
from storage.database import Database
from storage.tables.cases import cases, tasks
from storage.tables.ladder import closings, referrals
from storage.tables.people import deputies, posts
from storage.tables.school import students, units
from storage.work import Work
from tests.support.county import CHILDREN, County, add_person, found_county

NOW = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
TODAY = date(2026, 9, 10)


async def a_county(work: Work) -> County:
    """The county, with a contact of its township and one of another."""
    county = await found_county(work)
    county.people["elsewhere"] = await work.insert(units, Unit(0, UnitKind.TOWNSHIP, "白石乡"))
    for who, place in (
        ("contact", county.township_id),
        ("other", county.people.pop("elsewhere")),
    ):
        person = await add_person(work, county, who, who)
        await work.insert(posts, Post(0, person, Role.TOWNSHIP, place))
    return county


async def a_case(work: Work, county: County, child: str) -> int:
    case = Case(
        0,
        county.children[child],
        county.school_id,
        Stage.JOINT,
        CaseState.OPEN,
        NOW,
        date(2026, 9, 1),
        policy=Policy().to_json(),
    )
    return await work.insert(cases, case)


async def notified(work: Work, county: County, child: str, state: ReferralState) -> int:
    """The child's case at the school's township, as far as this."""
    case_id = await a_case(work, county, child)
    line = Referral(
        0, case_id, county.children[child], county.township_id, False, state, NOW, sent_at=NOW
    )
    await work.insert(referrals, line)
    return case_id


async def seen(work: Work, actor: Actor) -> set[str]:
    """The list; every single id says the same."""
    query = select(students.c.name).where(visible_students(actor, TODAY))
    listed = set(await work.scalars(query))
    ids = {
        name: number
        for number, name in (await work.execute(select(students.c.id, students.c.name))).rows
    }
    for name, number in ids.items():
        if name in listed:
            assert (await student_visible_to(work, actor, number, TODAY)).name == name
        else:
            with pytest.raises(NotYours):
                await student_visible_to(work, actor, number, TODAY)
    return listed


STATES = dict(zip(CHILDREN, list(ReferralState)[:5], strict=True))


async def test_a_contact_sees_what_is_notified_and_not_over(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await a_county(work)
        for child, state in STATES.items():
            await notified(work, county, child, state)
        contact = await actor_as(work, county.people["contact"], TODAY)
        other = await actor_as(work, county.people["other"], TODAY)

        expected = {
            child
            for child, state in STATES.items()
            if state in (ReferralState.SENT, ReferralState.ACCEPTED)
        }
        assert await seen(work, contact) == expected
        assert await seen(work, other) == set()
        assert await townships_of(work, contact, TODAY) == [county.township_id]


async def test_a_case_is_there_until_the_township_is_out(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await a_county(work)
        number = await notified(work, county, "李一", ReferralState.ACCEPTED)
        contact = await actor_as(work, county.people["contact"], TODAY)

        assert (await case_visible_to(work, contact, number, TODAY)).id == number
        line = await work.one(select(referrals), Referral)
        assert line is not None
        await work.save(referrals, replace(line, state=ReferralState.ENDED))
        with pytest.raises(NotYours):
            await case_visible_to(work, contact, number, TODAY)


async def test_a_post_that_has_ended_shows_nothing_and_a_deputy_sees_the_same(
    database: Database,
) -> None:
    async with database.work(NOW) as work:
        county = await a_county(work)
        await notified(work, county, "李一", ReferralState.SENT)
        absent, deputy = county.people["contact"], county.people["other"]
        await work.insert(deputies, Deputy(0, absent, deputy, TODAY, TODAY, absent))
        assert await seen(work, await actor_as(work, deputy, TODAY)) == {"李一"}

        post = await work.one(select(posts).where(posts.c.person_id == absent), Post)
        assert post is not None
        await work.save(posts, replace(post, to_on=date(2026, 9, 9)))
        assert await seen(work, await actor_as(work, absent, TODAY)) == set()
        assert await seen(work, await actor_as(work, deputy, TODAY)) == set()


async def test_a_section_sees_the_cases_that_it_ended(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await a_county(work)
        case_id = await a_case(work, county, "李一")
        section = await actor_as(work, county.people["section"], TODAY)
        assert await seen(work, section) == set()
        await work.insert(
            closings,
            Closing(
                0,
                case_id,
                county.children["李一"],
                ClosingReason.ABROAD,
                ClosingState.GRANTED,
                county.people["teacher"],
                NOW,
                section_by=section.primary_id,
            ),
        )
        assert await seen(work, section) == {"李一"}


async def test_an_open_task_shows_its_child_and_no_other(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await a_county(work)
        owner = county.people["other"]
        task = Task(
            0,
            "transfer_confirm",
            "closing:1",
            owner,
            NOW,
            NOW,
            student_id=county.children["王二"],
        )
        await work.insert(tasks, task)
        assert await seen(work, await actor_as(work, owner, TODAY)) == {"王二"}
