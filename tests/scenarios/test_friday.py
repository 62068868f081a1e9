"""Fridays: the total goes to families of often-absent children, with the teacher's sentence."""

from __future__ import annotations

from datetime import date

from rules.child.rollcall import record_absence, see_child
from tests.support.upper import says
from tests.support.world import World

CHILD = "李一"
FRIDAY = date(2026, 9, 11)


async def absent_twice(world: World) -> None:
    """Missed on Wednesday and Thursday, there again on Friday."""
    await world.family(CHILD, "李妈")
    for day in (9, 10):
        await world.to("08:10", date(2026, 9, day))
        await world.decide(
            CHILD, lambda draft: record_absence(draft, draft.facts.today, "absent", draft.now)
        )
    await world.to("08:10", FRIDAY)
    await world.decide(CHILD, see_child)
    await world.to("14:59")
    await world.heard()


async def total(world: World) -> str:
    """What the mother reads when school is over."""
    await world.to("16:31")
    assert "16:30 李妈 weekly_total" in {one.removesuffix("!") for one in await world.heard()}
    return world.phone("李妈").messages[-1].text


async def test_a_ready_sentence_goes_with_the_total(world: World) -> None:
    await absent_twice(world)
    await world.to("15:00")
    assert [one for one in await world.heard() if "sentence" in one] == [
        "15:00 teacher sentence_asked"
    ]
    await world.tap("teacher", "落下的课我来帮他补")
    said = await total(world)
    assert "缺课2天" in said
    assert "请让他天天来" in said


async def test_the_teachers_own_words_and_never_too_many_of_them(world: World) -> None:
    await absent_twice(world)
    await world.to("15:00")
    await world.tap("teacher", "自己写")
    assert "60" in await says(world, "teacher", "长" * 61)
    await says(world, "teacher", "下周一早上我在校门口等他")
    assert "校门口等他" in await total(world)


async def test_without_a_sentence_the_total_goes_alone(world: World) -> None:
    await absent_twice(world)
    said = await total(world)
    assert said.strip().endswith("缺课2天。")


async def test_the_school_reads_where_the_registers_may_differ(world: World) -> None:
    """rules.md 4: the weekly list goes to head and register clerk, and names who waits."""
    await world.to("08:10", date(2026, 9, 10))
    clerk = world.county.people["clerk"]
    await world.decide(CHILD, lambda draft: draft.open("register_correction", clerk))
    await world.to("16:31")
    assert [one for one in await world.heard() if "register_differs" in one] == []

    await world.to("16:31", FRIDAY)
    heard = [one for one in await world.heard() if "register_differs" in one]
    assert sorted(heard) == ["16:30 clerk register_differs", "16:30 head register_differs"]
    said = world.phone("clerk").newest
    assert "三(2)班 李一：我们记的是“在籍”" in said.text
    assert said.labels == [["处理·李一"]]
    assert world.phone("head").newest.labels == []

    await world.tap("clerk", "处理")
    assert "更新全国学籍系统" in world.phone("clerk").newest.text
