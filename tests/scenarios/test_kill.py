"""The process dies: at each point around a send, between fetching and handling, at any moment."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest

from playground import faults
from rules.model.attendance import Answer, Mark, Reply, RollCall
from rules.model.case import Case
from storage.database import Database
from storage.tables.attendance import marks, replies, roll_calls
from storage.tables.cases import cases
from tests.scenarios.killing import run_and_kill
from tests.support.county import CHILDREN
from tests.support.world import World, a_world
from tests.test_delivery import _after_a_minute
from tests.test_delivery_crash import (
    Killed,
    kill_after_the_call,
    kill_after_the_commit,
    kill_before_the_call,
    kill_before_the_mark,
)


def heard_by(world: World, who: str, kind: str, lines: list[str]) -> int:
    return sum(line.rstrip("!").endswith(f" {who} {kind}") for line in lines)


@pytest.mark.parametrize(
    ("kill", "alerts"),
    [
        (kill_before_the_mark, 1),
        (kill_before_the_call, 1),
        (kill_after_the_call, 2),
        (kill_after_the_commit, 1),
    ],
)
async def test_killed_around_an_alert_it_arrives_and_twice_only_when_in_flight(
    world: World, kill: Any, alerts: int
) -> None:
    await world.to("08:10")
    await world.absent("李一")
    await world.heard()
    world.stage.clock.move(world.now + timedelta(minutes=3))
    await world.engine.turn()

    async def die(*_: object, **__: object) -> None:
        world.stage.delivery.stop()
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        kill(patch, die)
        async with asyncio.timeout(20):
            await world.stage.delivery.drain()
    await world.restart()
    await _after_a_minute(world.stage)
    await world.to("08:42")
    heard = await world.heard()

    # The teacher's card leaves in the same moment; where it was struck first, the alert had not
    # left yet.
    assert heard_by(world, "李爸", "absence_alert", heard) in {1, alerts}
    assert len([line for line in heard if "李爸" in line]) in {1, alerts}
    await world.to("08:43")
    assert await world.heard() == ["08:43 teacher nobody_answered!"]


@pytest.mark.parametrize(
    ("kill", "most"),
    [
        (kill_before_the_mark, 1),
        (kill_before_the_call, 0),
        (kill_after_the_call, 1),
        (kill_after_the_commit, 1),
    ],
)
async def test_killed_around_a_climb_nobody_hears_it_twice_and_the_case_goes_on(
    world: World, kill: Any, most: int
) -> None:
    await world.to("08:10")
    await world.absent("李一")
    await world.to("10:12")
    await world.heard()
    world.stage.clock.move(world.now + timedelta(minutes=1))
    await world.engine.turn()

    async def die(*_: object, **__: object) -> None:
        world.stage.delivery.stop()
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        kill(patch, die)
        async with asyncio.timeout(20):
            await world.stage.delivery.drain()
    await world.restart()
    await _after_a_minute(world.stage)
    await world.to("11:12")
    heard = await world.heard()
    await world.to("11:13")

    assert len([line for line in heard if "leader" in line]) == most
    assert await world.heard() == ["11:13 head task_climbed"]


async def test_killed_between_fetching_and_handling_no_reply_is_lost_or_doubled(
    world: World,
) -> None:
    await world.to("08:10")
    await world.absent("李一")
    await world.to("08:13")
    world.phone("李爸").touch("生病了")
    await world.stage.poller.fetch()
    await world.restart()
    await world.restart()

    kinds = [reply.kind for reply in await world.all_of(replies, Reply)]
    assert kinds == [Answer.SICK]


async def answer(world: World, families: list[str], asked: set[str]) -> None:
    """Every family that sees the question and has not answered yet does so."""
    for family in families:
        shown = [one for one in world.phone(family).messages if one.button("生病了")]
        if shown and family not in asked:
            asked.add(family)
            world.phone(family).touch("生病了", on=shown[-1])


async def about_to_alert(world: World) -> list[str]:
    """Everybody is missing, and in this minute all families are to be asked."""
    families = [f"{child}的家长" for child in CHILDREN]
    for child, family in zip(CHILDREN, families, strict=True):
        await world.family(child, family)
    await world.to("08:10")
    await world.absent(*CHILDREN)
    await world.heard()
    world.stage.clock.move(world.now + timedelta(minutes=3))
    world.stage.api.faults.plan(faults.slow(0.03), times=200, method="sendMessage")
    return families


@pytest.mark.parametrize("seed", [7, 2026])
async def test_killed_at_any_moment_no_alert_and_no_reply_is_lost(
    sqlite: Database, sqlite_url: str, seed: int
) -> None:
    chance, asked = random.Random(seed), set[str]()
    async with a_world(sqlite) as world:
        families = await about_to_alert(world)
        for _ in range(4):
            await run_and_kill(world, sqlite_url, chance.uniform(0.02, 0.9))
            await answer(world, families, asked)
        await world.restart()
        await _after_a_minute(world.stage)
        await world.settle()
        await answer(world, families, asked)
        await world.settle()
        heard = await world.heard()

        counts = [sum(f" {family} " in line for line in heard) for family in families]
        said = [reply.kind for reply in await world.all_of(replies, Reply)]
        assert said == [Answer.SICK] * len(CHILDREN)
        assert all(1 <= count <= 2 for count in counts), counts


@pytest.mark.parametrize("seed", [3, 2027])
async def test_killed_during_a_roll_call_every_tap_counts(
    sqlite: Database, sqlite_url: str, seed: int
) -> None:
    """Killed while names are tapped and while it is handed in: nothing is lost, nobody is told
    twice."""
    chance, missing = random.Random(seed), CHILDREN[:3]
    async with a_world(sqlite) as world:
        await world.to("08:10")
        await world.tap("teacher", "有人没到")
        for child in missing:
            world.phone("teacher").touch(child)
            await run_and_kill(world, sqlite_url, chance.uniform(0.02, 0.9))
        await world.restart()
        await world.settle()
        (picking,) = await world.all_of(roll_calls, RollCall, state="open")
        picked = dict(picking.picks)
        assert list(picked.values()) == ["absent"] * len(missing), seed

        world.phone("teacher").touch("提交：3人没到")
        await run_and_kill(world, sqlite_url, chance.uniform(0.02, 0.9))
        await world.restart()
        await world.settle()
        await world.to("08:14")

        absent = await world.all_of(marks, Mark, kind="absent")
        assert sorted(one.student_id for one in absent) == sorted(picked), seed
        assert len(await world.all_of(cases, Case)) == len(missing), seed
