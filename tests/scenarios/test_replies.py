"""What families say: one answer for a question, words of any kind, strangers, taps that race."""

from __future__ import annotations

from datetime import timedelta

from rules.child.rollcall import see_child
from rules.model.attendance import Answer, Leave, Reply
from rules.model.case import CaseState, Safety
from storage.tables.attendance import leaves, replies
from storage.tables.cases import safety
from tests.support.world import World


async def alerted(world: World, *names: str) -> None:
    """The families of these children have been asked at 08:13."""
    await world.to("08:10")
    await world.absent(*names)
    await world.to("08:13")
    await world.heard()


async def answers(world: World) -> list[Answer]:
    return [reply.kind for reply in await world.all_of(replies, Reply)]


async def test_one_answer_settles_the_question_and_the_second_is_recorded(
    either_world: World,
) -> None:
    world = either_world
    await world.family("李一", "李妈")
    await alerted(world, "李一")
    await world.tap("李爸", "生病了")
    settled = world.phone("李妈").newest
    await world.tap("李妈", "已出门上学")

    assert "老师已了解情况，谢谢" in settled.text
    assert await answers(world) == [Answer.SICK, Answer.LEFT_HOME]
    assert await world.heard() == ["08:13 teacher look_again!"]


async def test_who_has_answered_is_not_asked_again_and_neither_are_the_others(
    world: World,
) -> None:
    await world.family("李一", "李妈")
    await alerted(world, "李一")
    await world.tap("李妈", "生病了")
    await world.tap("李妈", "明天来")
    await world.to("15:59")

    assert await world.heard() == ["09:20 leader morning_line", "09:20 head morning_line"]


async def test_a_card_from_before_acts_on_nothing_and_shows_the_present(world: World) -> None:
    await world.to("08:10")
    await world.tap("teacher", "有人没到")
    await world.tap("teacher", "李一")
    old = world.phone("teacher").newest
    await world.tap("teacher", "提交：1人没到")
    await world.to("08:13")
    await world.heard()
    tap = world.phone("teacher").touch("提交：1人没到", on=old)
    await world.settle()

    assert (await tap.popup(1)).text
    assert "实到 4" in world.phone("teacher").newest.text
    assert await world.heard() == []


async def test_two_quick_taps_have_one_effect_and_both_come_to_rest(world: World) -> None:
    await alerted(world, "李一")
    phone = world.phone("李爸")
    shown = phone.newest
    taps = [phone.touch("生病了", on=shown), phone.touch("生病了", on=shown)]
    await world.settle()

    assert [bool(await tap.popup(1)) for tap in taps] == [True, True]
    assert len(await world.all_of(leaves, Leave)) == 1
    assert await world.heard() == []


async def test_the_same_tick_brings_an_answer_and_an_arrival_in_either_order(
    world: World,
) -> None:
    await alerted(world, "李一")
    first = world.phone("李爸").touch("生病了")
    second = world.phone("teacher").touch("已到校·李一")
    await world.settle()
    case = await world.case_of("李一")

    assert case is not None
    assert case.state is CaseState.CLOSED
    assert [bool(await tap.popup(1)) for tap in (first, second)] == [True, True]
    await world.to("15:59")
    late = [line for line in await world.heard() if "morning_line" not in line]
    assert set(late) <= {"08:13 李爸 child_arrived"}


async def test_a_tap_on_somebody_elses_card_changes_nothing(world: World) -> None:
    await world.family("王二", "王妈")
    await alerted(world, "李一")
    shown = world.phone("李爸").newest
    world.phone("王妈").touch("生病了", on=shown)
    await world.settle()

    assert await answers(world) == []


async def test_a_press_of_another_spelling_is_an_old_button(world: World) -> None:
    await alerted(world, "李一")
    phone = world.phone("李爸")
    tap = phone._press(phone.newest, phone.newest.rows[0][0], "v0|reply|1|sick")
    await world.settle()

    assert "过期" in (await tap.popup(1)).text
    assert await answers(world) == []


async def test_words_of_every_kind_have_a_defined_end(world: World) -> None:
    await alerted(world, "李一")
    phone = world.phone("李爸")
    said = phone.say(" 孩子　发烧３９度 ")
    phone.say("收到")
    phone.say("😷")
    phone.say("在校")
    phone.forward("明天带他来")
    phone.send_photo(b"\xff\xd8\xff\xe0" + b"0" * 64)
    phone.send_voice(b"OggS" + b"0" * 64)
    phone.send_sticker()
    phone.edit(said, "孩子发烧38度")
    await world.settle()

    kinds = await answers(world)
    assert kinds.count(Answer.TEXT) >= 5
    assert (kinds.count(Answer.PHOTO), kinds.count(Answer.VOICE)) == (1, 1)
    assert await world.all_of(leaves, Leave) == []
    assert [line for line in await world.heard() if "李爸" not in line] == []


async def test_the_parent_of_two_children_is_asked_which_and_may_say_so_late(
    world: World,
) -> None:
    await world.family("王二", "李爸")
    await alerted(world, "李一", "王二")
    world.phone("李爸").say("孩子发烧了")
    await world.settle()
    await world.to("11:00")
    await world.tap("李爸", "王二")

    (reply,) = await world.all_of(replies, Reply)
    assert reply.student_id == world.county.children["王二"]


async def test_siblings_share_one_message_with_a_key_for_each(world: World) -> None:
    await world.family("王二", "李爸")
    await world.to("08:10")
    await world.heard()
    await world.absent("李一", "王二")
    await world.to("08:13")
    heard = await world.heard()
    await world.tap("李爸", "生病了·王二")

    assert heard == ["08:13 李爸 absence_alert!"]
    (leave,) = await world.all_of(leaves, Leave)
    assert leave.student_id == world.county.children["王二"]


async def test_a_stranger_is_told_once_how_to_begin_and_then_hears_nothing(world: World) -> None:
    stranger = world.stage.api.person("路人")
    for number in range(9):
        stranger.say(f"你好 {number}")
        await world.settle()

    heard = [one.shown.text for one in stranger.arrivals]
    assert 1 <= len(heard) <= 5
    assert not any("李一" in text for text in heard)


async def test_who_stops_is_a_phone_task_at_the_next_absence_and_start_restores(
    world: World,
) -> None:
    world.phone("李爸").say("/stop")
    await world.settle()
    await world.tap("李爸", "确定")
    await world.to("08:10")
    await world.heard()
    await world.absent("李一")
    await world.to("08:13")

    assert await world.heard() == ["08:13 teacher please_call!"]
    assert "call" in await world.open_tasks("李一")


async def test_a_child_in_class_after_all_is_corrected_and_nothing_climbs(world: World) -> None:
    await alerted(world, "李一")
    await world.tap("李爸", "已出门上学")
    searching = await world.all_of(safety, Safety)
    await world.heard()
    await world.tap("teacher", "在教室，点错了")
    case = await world.case_of("李一")

    assert len(searching) == 1
    assert case is not None
    assert (case.state, await world.open_tasks("李一")) == (CaseState.CLOSED, [])
    await world.to("15:59")
    heard = [line for line in await world.heard() if "morning_line" not in line]
    assert {line.split()[1] for line in heard} <= {"李爸", "teacher"}
    assert not [line for line in heard if "climbed" in line]


async def test_junk_between_updates_holds_nobody_up(world: World) -> None:
    await alerted(world, "李一")
    updates = world.stage.api.account.updates
    updates.push("message", {"message_id": "nonsense", "chat": 7})
    updates.push("something_new", {"what": 1})
    updates.push("edited_channel_post", {})
    world.phone("李爸").send_document("大.bin", b"0" * 10, "病历")
    await world.tap("李爸", "生病了")

    assert Answer.SICK in await answers(world)


async def test_a_return_between_queueing_and_sending_drops_the_alert(world: World) -> None:
    await world.to("08:10")
    await world.absent("李一")
    await world.heard()
    world.stage.clock.move(world.now + timedelta(minutes=3))
    await world.engine.turn()
    await world.decide("李一", lambda draft: see_child(draft, is_late=True))

    rows = [row for row in await world.stage.rows() if row.kind == "absence_alert"]
    assert [row.state for row in rows] == ["dropped"]
    assert rows[0].cause
    assert [line for line in await world.heard() if "alert" in line] == []


async def test_the_bot_leaves_a_group(world: World) -> None:
    group = world.stage.api.group("三(2)班家长群")
    group.add_bot(world.phone("李爸"))
    await world.settle()

    assert not group.has_bot


async def test_a_file_that_cannot_be_fetched_is_named_and_holds_nobody_up(world: World) -> None:
    """20 MB and more the Bot API does not hand out; the family is told, the rest goes on."""
    await alerted(world, "李一")
    father = world.phone("李爸")
    father.send_document("录像.mp4", b"0" * (20 * 1024 * 1024 + 1), "孩子在家", mime="video/mp4")
    await world.settle()
    said = [one.text for one in father.messages if one.from_bot]
    assert any("20 MB" in text for text in said), said
    await world.tap("李爸", "生病了")

    assert Answer.SICK in await answers(world)
