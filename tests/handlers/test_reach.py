"""How long ago each family was reached: in [本班], for the leader, as a ledger of any day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from rules.decision import Decision
from rules.model.attendance import Answer, Reply
from rules.model.case import Contact
from rules.model.people import ContactFlag, Guardianship, GuardianState, PastLink
from storage.carrying import carry_out
from storage.database import Database
from storage.ledgers.repairs import contact_repair
from storage.ledgers.scope import Scope
from storage.tables.attendance import replies
from storage.tables.cases import contacts
from storage.tables.people import guardianships, past_links
from tests.support.upper import keys, newest, press, says
from tests.support.world import World, a_world

CHILD = "李一"


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with a_world(database) as found:
        await found.family(CHILD, "李妈", "李爸")
        await found.family("王二", "王妈")
        await found.to("10:00")
        yield found


async def replied(world: World, who: str, child: str, days: int) -> None:
    said = Reply(
        0,
        world.county.children[child],
        world.county.people[who],
        None,
        None,
        Answer.SICK,
        world.now - timedelta(days=days),
    )
    async with world.stage.database.work(world.now) as work:
        await work.insert(replies, said)


async def called(world: World, child: str, days: int, *, reached: bool = True) -> None:
    at = world.now - timedelta(days=days)
    logged = Contact(
        0, world.county.children[child], None, world.county.people["teacher"], at, "phone", reached
    )
    async with world.stage.database.work(world.now) as work:
        await work.insert(contacts, logged)


async def listed(world: World, at: datetime | None = None) -> list[dict[str, Any]]:
    upto = at or world.now + timedelta(seconds=1)
    async with world.stage.database.read() as read:
        table = await contact_repair(read, Scope(upto.date(), upto))
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


async def test_the_class_teacher_sees_who_was_not_reached_for_long(world: World) -> None:
    await replied(world, "李妈", CHILD, 95)
    await replied(world, "李爸", CHILD, 200)
    await world.press_menu("teacher", "本班")
    said = newest(world, "teacher").splitlines()

    lines = [line for line in said if line.startswith("·")]
    assert lines == [
        "· 王二（父亲）从没联系上",
        "· 李一（父亲）半年没联系上",
        "· 李一（父亲）三个月没联系上",
    ]
    await world.tap("teacher", "联系方式待修")
    assert "三(2)班·联系方式待修" in newest(world, "teacher")
    assert "王二（父亲）从没联系上" in newest(world, "teacher")


@pytest.mark.parametrize("way", ["reply", "call"])
async def test_one_who_was_reached_is_enough(world: World, way: str) -> None:
    await replied(world, "王妈", "王二", 1)
    if way == "reply":
        await replied(world, "李爸", CHILD, 3)
    else:
        await called(world, CHILD, 3)
    assert await listed(world) == []
    await world.press_menu("teacher", "本班")
    assert "没联系上" not in newest(world, "teacher")
    assert "联系方式待修" not in keys(world, "teacher")


async def test_a_call_that_reached_nobody_proves_nothing(world: World) -> None:
    await called(world, CHILD, 3, reached=False)
    assert {row["repair_why"] for row in await listed(world)} == {"never"}


async def test_the_leader_sees_the_school_by_class_and_the_names(world: World) -> None:
    await replied(world, "王妈", "王二", 100)
    await says(world, "head", "更多")
    await world.tap("head", "家长联系")
    said = newest(world, "head")
    assert "1 个孩子很久没联系上家长，最久三个月；1 个从没联系上" in said
    await world.tap("head", "三(2)班")
    assert "王二（父亲）三个月没联系上" in newest(world, "head")


async def test_others_have_neither_key_nor_list(world: World) -> None:
    await world.family("赵三", "赵妈")
    await says(world, "section", "更多")
    assert "家长联系" not in keys(world, "section")
    for who in ("section", "赵妈"):
        assert "没联系上" not in await press_answer(world, who)


async def press_answer(world: World, who: str) -> str:
    await press(world, who, f"reach:{world.county.class_id}")
    return newest(world, who)


async def test_the_list_of_a_past_day_stays_as_it_was(world: World) -> None:
    await replied(world, "李妈", CHILD, 100)
    then = world.now
    before = await listed(world, then)
    assert {(row["guardian"], row["link"], row["age_days"]) for row in before} == {
        ("李妈", "bound", 100),
        ("李爸", "bound", None),
        ("王妈", "bound", None),
    }

    await world.to("11:00")
    await says(world, "李爸", "/stop")
    await world.tap("李爸", "确定")
    await replied(world, "王妈", "王二", 0)
    async with world.stage.database.work(world.now) as work:
        new = Guardianship(
            0, world.county.children["赵三"], world.county.people["王妈"], since=world.now
        )
        await work.insert(guardianships, new)

    assert await listed(world, then) == before
    now = {(row["guardian"], row["name"]): row["link"] for row in await listed(world)}
    assert now[("李爸", CHILD)] == "stopped"
    assert ("王妈", "王二") not in now
    assert len(await world.all_of(past_links, PastLink)) == 1


async def test_an_open_repair_names_its_owner(world: World) -> None:
    await replied(world, "王妈", "王二", 1)
    await replied(world, "李爸", CHILD, 1)
    await says(world, "李妈", "/contact")
    await world.tap("李妈", "手机号")
    await says(world, "李妈", "13900001234")
    (row,) = await listed(world)
    assert (row["guardian"], row["repair_why"], row["repair_owner"]) == ("李妈", "task", "王芳")
    assert row["phone"] == "139****0000"

    await press(world, "teacher", f"task:{(await world.task('contact_repair', CHILD)).id}:open")
    await world.tap("teacher", "确认")
    assert await listed(world) == []


async def test_who_must_not_be_contacted_is_on_no_list(world: World) -> None:
    await replied(world, "李妈", CHILD, 100)
    async with world.stage.database.work(world.now) as work:
        for link in await work.all(guardianships.select(), Guardianship):
            if link.person_id == world.county.people["李爸"]:
                flagged = replace(link, flag=ContactFlag.NO_CONTACT)
                await carry_out(work, Decision((flagged,)))
    assert {row["guardian"] for row in await listed(world)} == {"李妈", "王妈"}


class TestQuestionOfTheTerm:
    """The third school day of the term, in the afternoon."""

    @pytest.fixture
    async def term(self, database: Database) -> AsyncIterator[World]:
        async with a_world(database, "10:00", date(2026, 9, 2)) as found:
            await found.family(CHILD, "李妈")
            await found.heard()
            yield found

    async def test_everybody_is_asked_once_on_that_day(self, term: World) -> None:
        await term.to("16:29", date(2026, 9, 3))
        await term.heard()
        await term.to("16:31")
        heard = await term.heard()
        assert "16:30 李妈 family_drill" in heard
        assert "16:30 teacher staff_drill" in heard
        await term.to("18:00", date(2026, 9, 4))
        assert not [line for line in await term.heard() if "drill" in line]

    async def test_unanswered_for_a_week_is_on_the_list(self, term: World) -> None:
        await term.to("16:31", date(2026, 9, 3))
        await called(term, CHILD, 1)
        await term.to("16:29", date(2026, 9, 10))
        assert await listed(term) == []
        await term.to("16:31", date(2026, 9, 10))
        (row,) = await listed(term)
        assert (row["guardian"], row["repair_why"]) == ("李妈", "unanswered")
        drill = [one for one in term.phone("李妈").messages if "收到" in str(one.labels)][-1]
        term.phone("李妈").touch("收到", on=drill)
        await term.settle()
        assert await listed(term) == []

    async def test_a_family_changes_what_is_wrong(self, term: World) -> None:
        await term.to("16:31", date(2026, 9, 3))
        assert keys(term, "李妈") == ["收到", "要改", "发错人了"]
        assert "139****0000" in newest(term, "李妈")
        await term.tap("李妈", "要改")
        assert keys(term, "李妈")[:2] == ["手机号", "住址"]

    async def test_a_wrong_person_is_unbound_at_once(self, term: World) -> None:
        await term.to("16:31", date(2026, 9, 3))
        await term.tap("李妈", "发错人了")
        await term.tap("李妈", "点错了")
        assert keys(term, "李妈") == ["收到", "要改", "发错人了"]
        await term.tap("李妈", "发错人了")
        await term.tap("李妈", "确定")
        (link,) = await term.all_of(guardianships, Guardianship)
        assert link.state is GuardianState.WRONG_PERSON
        assert "contact_repair" in await term.open_tasks(CHILD)
        (row,) = await listed(term)
        assert (row["link"], row["repair_why"]) == ("wrong_person", "task")
