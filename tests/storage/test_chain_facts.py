"""The chain as the tables have it on a day (rules.md 6, The chain)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from rules.chain import Chain
from rules.model.people import (
    Deputy,
    Level,
    Pairing,
    PairingLevel,
    PairingScope,
    Post,
    Role,
)
from rules.model.school import SchoolClass, SchoolKind, Unit, UnitKind
from rules.policy import Policy
from rules.tasks import open_task
from storage import lines
from storage.calendars import Calendars
from storage.database import Database
from storage.facts.chain import (
    chain_of_class,
    chain_of_person,
    chain_of_student,
    chain_of_task,
    chains_of_students,
)
from storage.facts.tasks import open_task_about, open_tasks_of, task_by_id
from storage.tables.cases import tasks
from storage.tables.people import deputies, pairings, people, posts
from storage.tables.school import classes, units
from storage.work import Work
from tests.support.county import County, add_child, add_person, found_county
from tests.support.databases import NOW
from tests.support.world import ZONE

MONDAY = date(2026, 9, 7)
ABOVE = ("leader", "head", "section", "bureau")


def who_stands(county: County, chain: Chain) -> list[str | None]:
    """The names of those on the rungs, from the owner on."""
    names = {number: name for name, number in county.people.items()}
    return [names[rung.person_id] if rung.person_id else None for rung in chain.rungs]


async def a_pairing(
    work: Work, county: County, who: str, scope: PairingScope, scope_id: int, **dates: Any
) -> None:
    person = county.people.get(who) or await add_person(work, county, who, who)
    await work.insert(pairings, Pairing(0, scope, scope_id, PairingLevel.LEADER, person, **dates))


async def test_a_child_has_the_whole_chain(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        chain = await chain_of_student(work, county.children["李一"], MONDAY)

    assert who_stands(county, chain) == ["teacher", *ABOVE]
    assert [rung.level for rung in chain.rungs] == list(Level)
    assert all(rung.is_reachable for rung in chain.rungs)
    assert chain.admin_ids == (county.people["admin"],)
    assert chain.section_ids == (county.people["section"],)


async def test_an_unknown_child_or_class_has_nobody(database: Database) -> None:
    async with database.read() as read:
        assert await chain_of_student(read, 999, MONDAY) == Chain(())
        assert await chain_of_class(read, 999, MONDAY) == Chain(())
        chain = await chain_of_person(read, 999, MONDAY)

    assert not any(rung.is_manned for rung in chain.rungs)


async def test_the_narrowest_line_of_the_pairing_table_wins(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        child, other = county.children["李一"], county.children["王二"]
        await a_pairing(work, county, "of the child", PairingScope.STUDENT, child)
        await a_pairing(work, county, "of the school", PairingScope.SCHOOL, county.school_id)
        chains = await chains_of_students(work, (child, other), MONDAY)

    assert chains[child].person(Level.LEADER) == county.people["of the child"]
    assert chains[other].person(Level.LEADER) == county.people["leader"]


@pytest.mark.parametrize(
    ("dates", "is_valid"),
    [
        ({"from_on": date(2026, 9, 7)}, True),
        ({"from_on": date(2026, 9, 8)}, False),
        ({"to_on": date(2026, 9, 7)}, True),
        ({"to_on": date(2026, 9, 6)}, False),
    ],
)
async def test_a_pairing_holds_between_its_dates(
    database: Database, dates: dict[str, date], is_valid: bool
) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        child = county.children["李一"]
        await a_pairing(work, county, "new", PairingScope.STUDENT, child, **dates)
        chain = await chain_of_student(work, child, MONDAY)

    assert chain.person(Level.LEADER) == county.people["new" if is_valid else "leader"]


@pytest.mark.parametrize("column", ["chat_id", "blocked_at", "left_on"])
async def test_whoever_cannot_be_reached_leaves_a_gap(database: Database, column: str) -> None:
    value = {"chat_id": None, "blocked_at": NOW, "left_on": date(2026, 9, 1)}[column]
    async with database.work(NOW) as work:
        county = await found_county(work)
        head = people.c.id == county.people["head"]
        await work.execute(update(people).where(head).values({column: value}))
        chain = await chain_of_student(work, county.children["李一"], MONDAY)
    (rung,) = chain.at(Level.HEAD)

    assert not rung.is_manned
    assert rung.unit_id == county.school_id


async def test_a_level_without_a_pairing_is_a_vacancy(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        leader = pairings.c.level == PairingLevel.LEADER.value
        await work.execute(pairings.delete().where(leader))
        chain = await chain_of_class(work, county.class_id, MONDAY)

    assert who_stands(county, chain) == ["teacher", None, "head", "section", "bureau"]


def a_deputy(county: County, who: str, deputy: str, **changes: Any) -> Deputy:
    span = (date(2026, 9, 8), date(2026, 9, 10))
    named = Deputy(0, county.people[who], county.people[deputy], *span, county.people["head"])
    return replace(named, **changes)


@pytest.mark.parametrize(("day", "acts"), [(7, False), (8, True), (10, True), (11, False)])
async def test_a_deputy_acts_between_the_dates_both_included(
    database: Database, day: int, acts: bool
) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        await work.insert(deputies, a_deputy(county, "leader", "clerk"))
        chain = await chain_of_student(work, county.children["李一"], date(2026, 9, day))
    (rung,) = chain.at(Level.LEADER)

    leader, clerk = county.people["leader"], county.people["clerk"]
    assert rung.to_tell == ((leader, clerk) if acts else (leader,))


async def test_a_deputy_without_a_chat_and_one_who_was_dismissed_do_not_count(
    database: Database,
) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        clerk = people.c.id == county.people["clerk"]
        await work.execute(update(people).where(clerk).values(chat_id=None))
        await work.insert(deputies, a_deputy(county, "leader", "clerk"))
        await work.insert(deputies, a_deputy(county, "head", "admin", ended_at=NOW))
        chain = await chain_of_student(work, county.children["李一"], date(2026, 9, 9))

    assert [rung.deputy_id for rung in chain.rungs] == [None] * 5


async def a_village_school(work: Work, county: County, *, is_paired: bool) -> int:
    """A village school below the central school, with one class; returns the class."""
    school = Unit(
        0,
        UnitKind.SCHOOL,
        "石村小学",
        school_kind=SchoolKind.VILLAGE_PRIMARY,
        parent_id=county.school_id,
        township_id=county.township_id,
    )
    school_id = await work.insert(units, school)
    class_id = await work.insert(classes, SchoolClass(0, school_id, 2, 1))
    for who, role, taught in (
        ("village teacher", Role.CLASS_TEACHER, class_id),
        ("responsible", Role.HEAD, None),
    ):
        person = await add_person(work, county, who, who)
        await work.insert(posts, Post(0, person, role, school_id, taught))
    if is_paired:
        await a_pairing(work, county, "paired leader", PairingScope.CLASS, class_id)
    return class_id


async def test_above_a_village_school_stands_the_head_of_its_central_school(
    database: Database,
) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        class_id = await a_village_school(work, county, is_paired=False)
        chain = await chain_of_class(work, class_id, MONDAY)

    assert who_stands(county, chain) == [
        "village teacher",
        "responsible",
        "head",
        "section",
        "bureau",
    ]


async def test_beside_a_paired_leader_the_responsible_person_stands_with_the_central_head(
    database: Database,
) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        class_id = await a_village_school(work, county, is_paired=True)
        chain = await chain_of_class(work, class_id, MONDAY)

    assert who_stands(county, chain)[1:4] == ["paired leader", "responsible", "head"]
    assert [rung.level for rung in chain.at(Level.HEAD)] == [Level.HEAD, Level.HEAD]


@pytest.mark.parametrize(
    ("who", "above"),
    [
        ("teacher", ["teacher", *ABOVE]),
        ("clerk", ["clerk", "head", "section", "bureau"]),
        ("section", ["section", "section", "bureau"]),
        ("admin", ["admin", None, "bureau"]),
    ],
)
async def test_everybody_has_a_chain_of_their_own(
    database: Database, who: str, above: list[str | None]
) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        chain = await chain_of_person(work, county.people[who], MONDAY)

    assert who_stands(county, chain) == above


async def test_a_task_climbs_from_its_own_owner_with_that_owners_deputy(
    database: Database,
) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        await work.insert(deputies, a_deputy(county, "clerk", "teacher"))
        calendar = await Calendars(ZONE).current(work)
        task = open_task(
            "register_correction",
            "child:1",
            county.people["clerk"],
            now=NOW,
            policy=Policy(),
            calendar=calendar.school(county.school_id),
            student_id=county.children["李一"],
            school_id=county.school_id,
        )
        chain = await chain_of_task(work, task, date(2026, 9, 9))

    owner = chain.owner(county.people["clerk"])
    assert who_stands(county, chain) == ["clerk", *ABOVE]
    assert owner.to_tell == (county.people["clerk"], county.people["teacher"])


async def test_the_tasks_of_an_absent_person_are_the_deputys_too(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        await work.insert(deputies, a_deputy(county, "teacher", "clerk"))
        calendar = await Calendars(ZONE).current(work)
        task = open_task(
            "watch",
            "child:1",
            county.people["teacher"],
            now=NOW,
            policy=Policy(),
            calendar=calendar.school(county.school_id),
        )
        task_id = await work.insert(tasks, task)
        stored = await task_by_id(work, task_id)
        during = await open_tasks_of(work, county.people["clerk"], date(2026, 9, 8))
        after = await open_tasks_of(work, county.people["clerk"], date(2026, 9, 11))
        about = await open_task_about(work, "watch", "child:1")

    assert stored == replace(task, id=task_id)
    assert (during, after, about) == ([stored], [], stored)


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every statement that is run meanwhile."""
    seen: list[object] = []
    run = lines.fetched

    def noting(*call: Any) -> Any:
        seen.append(call[1])
        return run(*call)

    with monkeypatch.context() as patch:
        patch.setattr(lines, "fetched", noting)
        yield seen


async def test_many_children_take_as_many_queries_as_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        for n in range(50):
            await add_child(work, county, f"孩子{n}")
        with counted(monkeypatch) as one:
            await chains_of_students(work, (county.children["李一"],), MONDAY)
        with counted(monkeypatch) as many:
            chains = await chains_of_students(work, list(county.children.values()), MONDAY)

    assert len(chains) == 55
    assert len(one) == len(many) == 4
