"""The contact log when its questions are answered in another order than they are asked."""

from __future__ import annotations

from rules.model.case import Contact
from storage.tables.cases import contacts
from tests.support.world import World


async def test_words_before_the_first_answer_are_kept_and_the_answers_asked_all_the_same(
    world: World,
) -> None:
    await world.to("08:10")
    await world.absent("李一")
    await world.to("08:14")
    teacher = world.phone("teacher")
    await world.tap("teacher", "记录联系")
    await world.tap("teacher", "详细记录")
    await world.press_menu("teacher", "奶奶说在地里")

    assert teacher.newest.labels[0][0] == "打电话"
    await world.tap("teacher", "打电话")
    await world.tap("teacher", "没联系上")
    await world.tap("teacher", "保存")

    (line,) = await world.all_of(contacts, Contact)
    assert (line.means, line.reached, line.note) == ("phone", False, "奶奶说在地里")


async def test_an_old_save_key_asks_for_what_is_missing(world: World) -> None:
    """The key stands on a message from before; the draft has been begun anew since."""
    await world.to("08:10")
    await world.absent("李一")
    await world.to("08:14")
    for key in ("记录联系", "详细记录", "打电话", "没联系上"):
        await world.tap("teacher", key)
    old = world.phone("teacher").newest
    await world.press_menu("teacher", "点名")
    await world.tap("teacher", "记录联系")
    await world.tap("teacher", "详细记录")

    save = next(key for row in old.labels for key in row if "保存" in key)
    world.phone("teacher").touch(save, old)
    await world.settle()

    assert await world.all_of(contacts, Contact) == []
    now = world.phone("teacher").current(old)
    assert now is not None
    assert "打电话" in [key for row in now.labels for key in row]
