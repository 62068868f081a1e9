"""A name is data: whatever stands in it reaches every phone as it is, and breaks no message."""

from __future__ import annotations

import pytest

from tests.support.county import add_child
from tests.support.world import World


@pytest.mark.parametrize("name", ["<b>小明", "A&B", "𠮷野", "小😀", '引"号', "{{x}}", "_斜*体`"])
async def test_a_name_with_marks_in_it(world: World, name: str) -> None:
    stage = world.stage
    async with stage.database.work(stage.clock.now()) as work:
        await add_child(work, world.county, name)
    await world.family(name, "李爸")  # with two children he reads their names
    await world.to("08:10")
    await world.absent("李一", name)
    await world.to("08:45")

    label = f"生病了·{name}"
    (alert, *_) = (one for one in world.phone("李爸").messages if one.button(label))
    assert name in alert.text
    cards = [one.text for one in world.phone("teacher").messages if "应到" in one.text]
    assert f"· {name}：" in cards[-1]
    fates = {row.cause for row in await stage.rows()}
    assert not any("bad_text" in (cause or "") for cause in fates)
