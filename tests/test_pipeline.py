from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from sqlalchemy import select
from telegram import Update

from bot.poller import SignedOut
from handlers import context as contexts
from handlers.context import Context
from handlers.dispatch import (
    Handler,
    in_flow,
    in_order,
    on_anything,
    on_command,
    on_document,
    on_menu,
    on_press,
    on_text,
)
from playground import faults
from rules.decision import Decision, Entry
from rules.refusals import AlreadyDone, NotYours
from storage import inbox as updates
from storage.database import Database
from storage.errors import StaleVersion
from storage.inbox import Waiting
from storage.outgoing import answer
from storage.tables.plumbing import inbox
from storage.work import Reading
from templates.presses import Press
from templates.screen import Key, Screen
from tests.support.updates import MONDAY_10, Stage, a_stage


@dataclass(frozen=True)
class TryPress(Press):
    """What is pressed in these tests."""

    verb: ClassVar[str] = "try"
    what: str


@dataclass
class Log:
    """What the handlers of these tests saw, and how they are to behave."""

    heard: list[str] = field(default_factory=list)
    races: int = 0
    contents: list[bytes | None] = field(default_factory=list)


LOG = Log()


async def start(update: Update, context: Context) -> None:
    await context.say("keys", "选")


async def press(update: Update, context: Context) -> None:
    what = context.press(TryPress).what
    LOG.heard.append(what)
    await context.carry_out(Decision(entries=(Entry("pressed", "case:1"),)))
    if what == "lost":
        raise AlreadyDone("李老师", "08:10")
    if what == "bug":
        raise ZeroDivisionError
    if what == "race" and LOG.races:
        LOG.races -= 1
        raise StaleVersion("case 1")
    if what == "toast":
        await context.toast("span.days", n=3)
    if what != "mute":
        await context.show("text", f"已{what}")


async def hear(update: Update, context: Context) -> None:
    LOG.heard.append(context.text)
    if context.text == "poison":
        raise ZeroDivisionError
    if context.text == "secret":
        raise NotYours
    await context.say("text", f"听到{context.text}")


async def begin(update: Update, context: Context) -> None:
    await context.keep("note", "words", {"args": context.args})


async def go_on(update: Update, context: Context) -> None:
    draft = await context.draft()
    assert draft is not None
    LOG.heard.append(f"{draft.body['args']} {context.text}")
    await context.forget()


async def take_file(update: Update, context: Context) -> None:
    assert context.enclosure is not None
    LOG.contents.append(context.enclosure.content)
    await context.hand_over("缺课.txt", b"abc", "text", "给您")


async def menu(update: Update, context: Context) -> None:
    LOG.heard.append("menu")


async def other(update: Update, context: Context) -> None:
    LOG.heard.append("other")


HANDLERS: tuple[Handler, ...] = in_order(
    (
        (
            on_anything(other),
            on_text(hear),
            in_flow(go_on, "note", "words"),
            on_menu(menu, "try_menu"),
            on_document(take_file),
            on_command(start, "start"),
            on_command(begin, "note"),
            on_press(press, TryPress),
        ),
    )
)

KEYS = ("toast", "lost", "bug", "race", "mute", "good")


def fake_render(kind: str, view: str, language: str, zone: str) -> Screen:
    keys = tuple((Key(name, f"try:{name}"),) for name in KEYS) if kind == "keys" else ()
    return Screen(view, keys)


@pytest.fixture
async def stage(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr(contexts, "render", fake_render)
    monkeypatch.setattr("handlers.dispatch.label_names", lambda language: {"试试": "try_menu"})
    LOG.heard, LOG.races, LOG.contents = [], 0, []
    async with a_stage(database, HANDLERS) as stage:
        yield stage


async def states(stage: Stage) -> list[str]:
    async with stage.database.read() as read:
        return await read.scalars(select(inbox.c.state).order_by(inbox.c.update_id))


async def tap(stage: Stage, label: str) -> str:
    phone = await stage.someone()
    tapping = asyncio.create_task(phone.tap(label))
    await asyncio.sleep(0)
    await stage.serve()
    return await tapping


async def test_a_press_changes_its_message_and_comes_to_rest(stage: Stage) -> None:
    assert await tap(stage, "toast") == "3 天"

    phone = next(iter(stage.api.people.values()))
    assert [shown.text for shown in phone.messages if shown.from_bot] == ["已toast"]
    assert await states(stage) == ["done", "done"]


async def test_a_press_comes_to_rest_even_if_nothing_is_said(stage: Stage) -> None:
    assert await tap(stage, "mute") == ""


async def test_the_loser_of_a_race_hears_who_and_when_and_nothing_is_written(
    stage: Stage,
) -> None:
    assert await tap(stage, "lost") == "李老师 已在 08:10 办过了。"

    assert "pressed" not in await stage.journal()
    assert await states(stage) == ["done", "done"]


async def test_a_lost_race_is_handled_anew(stage: Stage) -> None:
    LOG.races = 3

    await tap(stage, "race")

    assert LOG.heard == ["race"] * 4
    assert (await stage.journal()).count("pressed") == 1


async def test_a_bug_is_tried_three_times_and_the_press_rests_at_once(stage: Stage) -> None:
    assert "没有成功" in await tap(stage, "bug")
    for seconds in (2, 10):
        assert (await states(stage))[1] == "waiting"
        stage.clock.move(stage.clock.now() + timedelta(seconds=seconds))
        await stage.serve()

    assert LOG.heard == ["bug"] * 3
    assert (await states(stage))[1] == "aside"
    assert "pressed" not in await stage.journal()


async def test_a_press_that_nobody_knows_is_called_old(stage: Stage) -> None:
    phone = await stage.someone()
    async with stage.database.work(stage.clock.now()) as work:
        keys = ((Key("旧", "gone:1"),), (Key("短", "try"),))
        content = {"text": "旧", "keys": [[{"label": k.label, "data": k.data}] for (k,) in keys]}
        await answer(work, "old", phone.chat_id, content)
    await stage.delivery.drain()
    for label in ("旧", "短"):
        tapping = asyncio.create_task(phone.tap(label))
        await asyncio.sleep(0)
        await stage.serve()

        assert await tapping == "这个按钮已经过期，请打开最新的一条。"


async def test_two_taps_have_one_answer_each(stage: Stage) -> None:
    phone = await stage.someone()
    taps = [phone.touch("good"), phone.touch("good")]
    await stage.serve()

    assert [(await one.popup(1)).text for one in taps] == ["", ""]
    answers = [call for call in stage.api.calls if call.method == "answerCallbackQuery"]
    assert len(answers) == 2


async def test_a_newer_change_of_a_message_replaces_one_that_waits(stage: Stage) -> None:
    phone = await stage.someone()
    for what in ("mute", "good", "toast"):
        phone.touch(what)
    await stage.poller.fetch()
    await stage.pipeline.drain()
    await stage.delivery.drain()

    assert [shown.text for shown in phone.history(phone.newest)] == ["选"]
    assert phone.newest.text == "已toast"
    assert [cause for _, cause in await stage.fates()] == [None, "superseded", None]


async def test_everything_in_a_rehearsal_says_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contexts, "render", fake_render)
    async with a_stage(database, HANDLERS, is_rehearsal=True) as stage:
        assert await tap(stage, "toast") == "【演练】3 天"

        phone = next(iter(stage.api.people.values()))
        assert phone.newest.text == "【演练】已toast"


async def test_an_answer_that_comes_too_late_is_no_error(stage: Stage) -> None:
    phone = await stage.someone()
    phone.touch("good")
    await stage.poller.fetch()
    stage.clock.move(MONDAY_10 + timedelta(hours=3))
    await stage.serve()

    assert phone.newest.text == "已good"
    assert set(await states(stage)) == {"done"}


async def test_a_poison_update_holds_back_its_own_chat_only(stage: Stage) -> None:
    sick, well = await stage.someone("病"), await stage.someone("好")
    sick.say("poison")
    sick.say("after")
    well.say("hello")
    await stage.serve()

    assert well.newest.text == "听到hello"
    assert "after" not in LOG.heard
    for _ in range(2):
        stage.clock.move(stage.clock.now() + timedelta(seconds=11))
        await stage.serve()
    assert [shown.text for shown in sick.messages if shown.from_bot][1:] == [
        "这一步没有成功，我们已经记下来。请稍后再试；急事请直接打电话。",
        "听到after",
    ]


async def test_junk_is_set_aside(stage: Stage) -> None:
    phone = await stage.someone()
    junk: list[object] = [
        {"update_id": 10**9, "message": "oops"},
        {"update_id": 10**9 + 1, "poll": {"id": 1}},
        {"update_id": 10**9 + 2, "message": {"chat": {"id": phone.chat_id}, "text": "\ud83d"}},
        {"no": "number"},
        "text",
        {"update_id": 10**9 + 3, "callback_query": {"id": "1", "from": 7}},
    ]
    await _arrive(stage, junk)
    phone.say("hello")
    await stage.serve()

    assert phone.newest.text == "听到hello"
    assert (await states(stage)).count("aside") == 4


async def _arrive(stage: Stage, updates: list[object]) -> None:
    from bot.arriving import keep

    await keep(stage.database, json.loads(json.dumps(updates)), stage.clock.now())
    await stage.pipeline.drain()


async def test_flows_menus_and_commands_come_before_free_text(stage: Stage) -> None:
    phone = await stage.someone()
    phone.say("/note@playground_bot a b")
    phone.say("试试")
    phone.say("words")
    phone.say("free")
    phone.send_sticker()
    await stage.serve()

    assert LOG.heard == ["menu", "['a', 'b'] words", "free", "other"]


async def test_a_refusal_is_said_politely(stage: Stage) -> None:
    phone = await stage.someone()
    phone.say("secret")
    await stage.serve()

    assert phone.newest.text == "没有找到这条记录。"
    assert set(await states(stage)) == {"done"}


async def test_a_file_is_fetched_for_those_we_know(stage: Stage) -> None:
    phone = await stage.someone()
    phone.send_document("名单.xlsx", b"xlsx")
    await stage.serve()

    assert LOG.contents == [b"xlsx"]
    assert phone.newest.file is not None
    assert (phone.newest.file.name, phone.newest.file.data) == ("缺课.txt", b"abc")
    assert phone.newest.text == "给您"


async def test_a_file_that_cannot_be_fetched_says_so(stage: Stage) -> None:
    phone = await stage.someone()
    stage.api.faults.plan(faults.refusal(400, "Bad Request: wrong file_id"), method="getFile")
    phone.send_document("名单.xlsx", b"xlsx")
    await stage.serve()

    assert LOG.contents == [None]


async def test_blocking_and_coming_back_are_noted(stage: Stage) -> None:
    phone = await stage.someone()
    phone.block()
    await stage.serve()
    assert (await stage.person_of(phone)).blocked_at == MONDAY_10

    phone.start()
    await stage.serve()

    assert (await stage.person_of(phone)).blocked_at is None
    assert [kind for kind in await stage.journal() if kind.startswith("contact")] == [
        "contact_lost",
        "contact_found",
    ]


async def test_the_bot_leaves_groups(stage: Stage) -> None:
    phone = await stage.someone()
    group = stage.api.group("三（2）班")
    group.add_bot(phone)
    await stage.serve()

    assert "leaveChat" in [call.method for call in stage.api.calls]


class TestPolling:
    async def test_what_was_stored_is_not_stored_again(self, stage: Stage) -> None:
        phone = await stage.someone()
        phone.say("one")
        await stage.poller.fetch()
        stage.poller._offset = None
        await stage.serve()

        assert LOG.heard == ["one"]

    async def test_nothing_is_confirmed_before_it_is_stored(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = await stage.someone()
        phone.say("one")

        async def fail(*_: object) -> None:
            raise ConnectionError

        with monkeypatch.context() as broken:
            broken.setattr("storage.inbox.store", fail)
            with pytest.raises(ConnectionError):
                await stage.poller.fetch()
        await stage.serve()

        assert LOG.heard == ["one"]

    async def test_a_refused_token_ends_it(self, stage: Stage) -> None:
        stage.api.faults.plan(faults.signed_out(), method="getUpdates")

        with pytest.raises(SignedOut):
            await stage.poller.run()

    async def test_misfortunes_are_survived(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = await stage.someone()
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        monkeypatch.setattr(stage.clock, "sleep", sleep)
        webhook = faults.refusal(409, "Conflict: can't use getUpdates while webhook is active")
        for fault in (
            faults.bad_gateway(),
            faults.malformed(),
            faults.drop_before(),
            faults.too_many(7),
            webhook,
        ):
            stage.api.faults.plan(fault, method="getUpdates")
        phone.say("one")
        running = asyncio.create_task(stage.poller.run())
        while not LOG.heard:
            await asyncio.sleep(0.01)
            await stage.pipeline.drain()
        running.cancel()

        assert waits == [1, 2, 4, 7, 16]
        assert "deleteWebhook" in [call.method for call in stage.api.calls]


async def test_what_was_read_while_it_was_done_is_not_done_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, looks = updates.waiting, 0

    async def read_late(reading: Reading, now: datetime, most: int) -> list[Waiting]:
        nonlocal looks
        looks += 1
        found = await read(reading, now, most)
        if looks == 2 and stage.pipeline._busy:
            await asyncio.wait(set(stage.pipeline._busy.values()))
        return found

    monkeypatch.setattr(updates, "waiting", read_late)
    phone = stage.api.person("王芳")
    phone.say("一")
    await stage.poller.fetch()
    stage.pipeline.ring()
    await stage.pipeline.drain()
    phone.say("二")
    await stage.poller.fetch()
    await stage.pipeline.drain()

    assert looks > 2
    assert LOG.heard == ["一", "二"]
