"""What has not left yet: the teacher's card says how many, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from rules.model.attendance import RollCall
from storage.facts.unsent import Unsent
from storage.outbox import State
from storage.tables.attendance import roll_calls
from storage.tables.plumbing import outbox
from storage.views.day_card import day_card_of
from tests.support.world import World


async def unsent(world: World) -> Unsent:
    (roll_call,) = await world.all_of(roll_calls, RollCall)
    async with world.stage.database.read() as read:
        card = await day_card_of(read, roll_call.id, world.now)
    assert card is not None
    return card.unsent


def card(world: World) -> str:
    """The newest card of the day on the teacher's phone."""
    shown = reversed(world.phone("teacher").messages)
    return next(one.text for one in shown if "应到" in one.text)


async def put_off(world: World, until: datetime) -> None:
    async with world.stage.database.work(world.now) as work:
        waits = {"state": State.LATER, "not_before": until, "cause": "quiet_hours"}
        mine = (outbox.c.kind == "absence_alert", outbox.c.state == State.WAITING)
        await work.execute(update(outbox).where(*mine).values(**waits))


async def test_an_alert_that_waits_stands_on_the_card_until_it_has_left(world: World) -> None:
    await world.family("王二", "王妈")
    await world.to("08:10")
    await world.absent("李一", "王二", "赵三")
    delivery = world.stage.delivery
    delivery.hold(is_held=True)  # nobody can be reached
    await world.to("08:13")
    assert await unsent(world) == Unsent()
    await world.to("08:20")
    assert await unsent(world) == Unsent(2, None)

    nine = world.now.replace(hour=9, minute=0)
    await put_off(world, nine)
    delivery.hold(is_held=False)
    await world.press_menu("teacher", "点名")
    assert "08:20 时还有 2 条通知没发出，09:00 发。" in card(world)

    await world.to("09:01")
    await world.press_menu("teacher", "点名")
    assert "没发出" not in card(world)
    assert await unsent(world) == Unsent()
