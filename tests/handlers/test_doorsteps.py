"""The village's card in chat: what a wrong photo, a wrong person or an old key brings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from rules.ledgers import Ledger
from rules.model.case import Case, CaseState, TaskState
from rules.model.eligible import Doorstep, Ending
from storage.access_log import Look
from storage.attachments import Attachment
from storage.database import Database
from storage.ledgers.every import LEDGERS
from storage.ledgers.masking import masked
from storage.ledgers.scope import Scope, Table
from storage.tables.cases import cases
from storage.tables.eligible import doorsteps
from storage.tables.plumbing import access_log, attachments
from tests.support.databases import KEYS
from tests.support.lists import REGISTER, ROSTER, an_id, brings, compare, hand_in, listed
from tests.support.upper import keys, newest, press, says, sends_photo
from tests.support.world import World, a_world

MONDAY = date(2026, 9, 21)
ANSWERS = [
    "已在校就读",
    "未入学",
    "在外地就读",
    "已迁出/查无此人",
    "残疾不能到校",
    "延缓入学",
    "显示地址",
    "显示号码",
    "返回名单",
]


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Two children of 柳湾村 are in no school; a leader of the school has the village's card."""
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database, "10:00", MONDAY) as found:
        await hand_in(found, tmp_path, REGISTER, ROSTER)
        rows = [
            listed("周六", an_id(11), 联系电话="13900000011", 住址="柳湾村七组3号"),
            listed("吴七", an_id(12), 联系电话="", 住址=""),
        ]
        await brings(found, tmp_path, eligible=rows)
        await compare(found)
        yield found
    await database.close()


async def line_of(world: World, name: str) -> Doorstep:
    every = await world.all_of(doorsteps, Doorstep)
    return [one for one in every if one.name == name][-1]


async def key_of(world: World, name: str, act: str) -> str:
    task = await world.task("doorstep")
    return f"door:{task.id}:{(await line_of(world, name)).id}:{act}"


async def test_the_card_has_a_line_a_child_and_no_number_no_address(world: World) -> None:
    said = newest(world, "leader")
    assert "还有 2 个没问到" in said
    assert "· 周六　9 岁　男　家长 周六家长" in said.splitlines()
    assert keys(world, "leader") == ["吴七", "周六"]
    assert not {"七组", "13900000011", an_id(11)} & {*said.split()}
    assert "七组" not in said
    await world.tap("leader", "周六")
    assert keys(world, "leader") == ANSWERS
    assert "到家里看过了吗？" in newest(world, "leader").split("\n\n")[1]
    await world.tap("leader", "返回名单")
    assert "还有 2 个没问到" in newest(world, "leader")


async def test_address_and_phone_are_pop_ups_and_each_look_is_on_record(world: World) -> None:
    await world.tap("leader", "周六")
    assert await world.tap("leader", "显示地址") == "柳湾村七组3号"
    assert await world.tap("leader", "显示号码") == "周六家长 13900000011"
    assert await press(world, "leader", await key_of(world, "吴七", "address")) == (
        "底册上没有写住址。"
    )
    looks = await world.all_of(access_log, Look)
    child = (await line_of(world, "周六")).eligible_id
    assert [(one.what, one.why) for one in looks[:2]] == [
        ("address", f"eligible:{child}"),
        ("phone", f"eligible:{child}"),
    ]


async def test_words_are_no_photo_and_nothing_is_lost(world: World) -> None:
    await world.tap("leader", "周六")
    await world.tap("leader", "未入学")
    assert "请发一张入户的照片" in newest(world, "leader")
    assert "照片" in await says(world, "leader", "去过了，没上学")
    assert (await line_of(world, "周六")).answer is None
    await world.restart()
    await sends_photo(world, "leader")
    shown = world.phone("leader")._chat.showing("吴七")
    assert shown is not None
    assert "还有 1 个没问到" in shown.text
    assert "周六　9 岁　男　家长 周六家长　✅ 未入学，已开始跟进" in shown.text
    assert [one for row in shown.labels for one in row] == ["吴七"]
    assert len(await world.all_of(cases, Case)) == 1


async def test_cancel_leaves_the_child_unanswered(world: World) -> None:
    await world.tap("leader", "周六")
    await world.tap("leader", "延缓入学")
    assert "乡镇批准延缓入学的文件" in newest(world, "leader")
    await says(world, "leader", "/cancel")
    await sends_photo(world, "leader")
    assert (await line_of(world, "周六")).answer is None


async def test_nobody_else_answers_or_looks(world: World) -> None:
    for act in ("open", "address", "not_enrolled"):
        said = await press(world, "teacher", await key_of(world, "周六", act))
        assert said
        assert "七组" not in said
    assert {one.what for one in await world.all_of(access_log, Look)} == {"refused"}
    assert (await line_of(world, "周六")).answer is None


async def test_an_old_key_changes_nothing(world: World) -> None:
    await world.tap("leader", "周六")
    await world.tap("leader", "未入学")
    await sends_photo(world, "leader")
    await press(world, "leader", await key_of(world, "周六", "moved"))
    await sends_photo(world, "leader", 2)
    assert (await line_of(world, "周六")).answer == "not_enrolled"
    await press(world, "leader", await key_of(world, "吴七", "nonsense"))
    assert (await line_of(world, "吴七")).answer is None
    assert (await world.task("doorstep")).state is TaskState.OPEN


async def test_the_head_gives_it_to_another(world: World) -> None:
    task = await world.task("doorstep")
    await press(world, "head", f"task:{task.id}:open")
    assert "柳湾村" in newest(world, "head")
    assert keys(world, "head")[:3] == ["催一下", "我来办", "换人办"]
    await world.tap("head", "我来办")
    assert (await world.task("doorstep")).owner_id == world.county.people["head"]
    await press(world, "head", await key_of(world, "周六", "open"))
    assert keys(world, "head") == ANSWERS


async def test_a_child_seen_in_class_is_not_sought_again(world: World) -> None:
    await world.tap("leader", "周六")
    await world.tap("leader", "未入学")
    await sends_photo(world, "leader")
    await compare(world)
    assert (await line_of(world, "周六")).ended_at is None
    (case,) = await world.all_of(cases, Case)
    (file,) = await world.all_of(attachments, Attachment)
    assert (file.student_id, file.case_id) == (case.student_id, case.id)
    async with world.stage.database.work(world.now) as work:
        closed = replace(case, state=CaseState.CLOSED, review_at=None)
        await work.save(cases, closed)
    await compare(world)
    line = await line_of(world, "周六")
    assert (line.outcome, line.holds_until) == (Ending.RETURNED, date(2027, 8, 31))
    again = await compare(world)
    assert (again.listed["listed_new"], again.listed["listed_entered"]) == (0, 1)


async def as_of(world: World, upto: datetime) -> Table:
    async with world.stage.database.read() as read:
        return await LEDGERS[Ledger.OUT_OF_SCHOOL](read, Scope(upto.date(), upto))


async def test_the_ledger_of_a_past_day_stays_what_it_was(world: World) -> None:
    evening = world.now + timedelta(hours=2)
    before = await as_of(world, evening)
    await world.to("14:00")
    await world.tap("leader", "周六")
    await world.tap("leader", "残疾不能到校")
    await sends_photo(world, "leader")
    assert await as_of(world, evening) == before
    after = await as_of(world, world.now + timedelta(minutes=1))
    assert [row[1:3] for row in after.rows] == [("柳湾村", "吴七"), ("柳湾村", "周六")]
    plain = [dict(zip(after.columns, row, strict=True)) for row in after.rows]
    assert [one["door_answer"] for one in plain] == ["waiting", "disabled"]
    assert plain[1]["id_number"] == an_id(11)
    hidden = [dict(zip(after.columns, row, strict=True)) for row in masked(after).rows]
    assert hidden[1]["door_answer"] is None
    assert an_id(11) not in str(hidden)
