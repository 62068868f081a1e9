"""Budgets of rings (rules.md 6, Noise): what people hear aloud on bad days."""

from __future__ import annotations

from datetime import date

from rules.policy import Policy
from tests.support.world import World

NOISE = Policy().noise
WEEK = [date(2026, 9, day) for day in range(7, 12)]
MISSING = ("李一", "王二", "赵三")


async def rings(world: World) -> dict[str, int]:
    """How often each phone has rung since the last time."""
    loud = [line.split()[1] for line in await world.heard() if line.endswith("!")]
    return {who: loud.count(who) for who in set(loud)}


async def families(world: World) -> None:
    await world.family("王二", "王妈")
    await world.family("赵三", "赵爷爷")


async def test_a_teacher_with_three_silent_families_hears_at_most_five_rings_a_day(
    world: World,
) -> None:
    await families(world)
    days = []
    for on in WEEK[:3]:
        await world.to("09:05", on)
        if on == WEEK[0]:
            await world.absent(*MISSING)
        else:
            await world.tap("teacher", "全到齐了")
        await world.to("23:00")
        days.append((await rings(world)).get("teacher", 0))

    assert max(days) <= NOISE.teacher_rings_a_day, days


async def test_a_teacher_whose_families_answer_hears_at_most_five_rings_a_day(
    world: World,
) -> None:
    await families(world)
    await world.to("08:41")
    await world.absent(*MISSING)
    await world.to("08:50")
    await world.tap("李爸", "请老师打电话")
    await world.tap("王妈", "其他情况")
    await world.tap("王妈", "不想上学")
    await world.tap("王妈", "班主任")
    await world.to("23:00")

    assert (await rings(world))["teacher"] <= NOISE.teacher_rings_a_day


async def test_an_ordinary_absence_rings_a_guardian_at_most_twice(world: World) -> None:
    await world.to("08:10")
    await world.absent("李一")
    await world.to("09:30")
    await world.tap("李爸", "生病了")
    await world.tap("李爸", "明天来")
    await world.tap("teacher", "准假·李一")
    await world.to("08:10", WEEK[1])
    await world.tap("teacher", "见到了·李一")
    await world.tap("teacher", "全到齐了")
    await world.to("23:00")

    assert (await rings(world))["李爸"] <= NOISE.guardian_rings_an_absence


async def test_a_week_of_silence_keeps_the_budgets_of_head_and_section(world: World) -> None:
    await families(world)
    heard: list[dict[str, int]] = []
    for on in WEEK:
        await world.to("08:10", on)
        if on == WEEK[0]:
            await world.absent(*MISSING)
        await world.to("23:00")
        heard.append(await rings(world))

    assert sum(day.get("head", 0) for day in heard) <= NOISE.head_rings_a_week
    assert heard[-1].get("section", 0) <= NOISE.section_rings_on_friday
