from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot import letters
from bot.clock import RehearsalClock
from bot.letter import Letter
from bot.limits import Rates
from bot.posting import Postman
from playground import faults
from playground.people import Person as Phone
from rules.messages.guardians import AbsenceAlert, CarerAsked, QuestionSettled, WeeklyTotal
from rules.messages.staff import ApprovalCard, ChildMissing, DayCard, Note, TaskClimbed
from rules.model.people import ContactFlag, Guardianship, GuardianState, Post, Role
from rules.model.school import SchoolClass, Student, Unit, UnitKind
from storage import outgoing
from storage.database import Database
from storage.outbox import Outgoing, State
from storage.tables.people import guardianships, people, posts
from storage.tables.school import classes, students, units
from storage.views import Unwanted
from storage.work import Reading
from templates.screen import Key, Screen
from tests.support.updates import MONDAY_10, Stage, a_stage

DELIVERED = (State.DELIVERED, None)


@dataclass
class Words:
    """What views and templates answer in these tests, by kind."""

    unwanted: dict[int, str] = field(default_factory=dict)  # by item
    texts: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    keys: dict[str, str] = field(default_factory=dict)

    def view_of(self, kind: str) -> Callable[[Reading, Outgoing], Awaitable[object]]:
        async def view(read: Reading, row: Outgoing) -> object:
            cause = self.unwanted.get(row.item)
            return Unwanted(cause) if cause else row

        return view

    def render(self, kind: str, row: Outgoing, language: str, zone: str) -> Screen:
        if kind in self.broken:
            raise KeyError(kind)
        items = " ".join(f"第{item}号" for item in row.items)
        keys = ((Key(self.keys[kind], f"x:{row.item}"),),) if kind in self.keys else ()
        return Screen(self.texts.get(kind, f"{kind} {items}"), keys)


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> Words:
    words = Words()
    monkeypatch.setattr(letters, "view_of", words.view_of)
    monkeypatch.setattr(letters, "render", words.render)
    return words


@pytest.fixture
async def stage(database: Database, words: Words) -> AsyncIterator[Stage]:
    async with a_stage(database) as stage:
        yield stage


def texts(phone: Phone) -> list[str]:
    return [shown.text for shown in phone.messages if shown.from_bot]


async def an_owner(stage: Stage, name: str = "王芳") -> tuple[Phone, int]:
    phone = await stage.someone(name)
    return phone, (await stage.person_of(phone)).id


async def test_a_message_arrives_and_is_in_the_journal(stage: Stage) -> None:
    phone, person_id = await an_owner(stage)
    await stage.post(ApprovalCard(to=person_id, item=1))

    await stage.delivery.drain()

    assert texts(phone) == ["approval_card 第1号"]
    assert await stage.fates() == [DELIVERED]
    assert (await stage.rows())[0].message_id == phone.newest.message_id
    assert await stage.journal() == ["message_delivered"]


async def test_the_same_message_is_sent_once(stage: Stage) -> None:
    phone, person_id = await an_owner(stage)
    for _ in range(2):
        await stage.post(ApprovalCard(to=person_id, item=1))
        await stage.delivery.drain()

    assert len(texts(phone)) == 1


async def test_an_urgent_message_overtakes_five_hundred_others(
    database: Database, words: Words
) -> None:
    async with a_stage(database, rates=Rates(per_bot=10, per_chat=10, window=0.1)) as stage:
        phone, person_id = await an_owner(stage)
        await stage.post(*(WeeklyTotal(to=person_id, item=n) for n in range(1, 501)))
        sending = asyncio.create_task(stage.delivery.drain())
        await phone.expect("weekly_total")
        await stage.post(ChildMissing(to=person_id, item=1))
        stage.delivery.ring()
        await phone.expect("child_missing", within=2)

        assert len(texts(phone)) < 100
        stage.delivery.stop()
        await sending


async def test_no_chat_has_to_wait_for_one_that_hears_much(
    database: Database, words: Words
) -> None:
    async with a_stage(database, rates=Rates(per_bot=1000, per_chat=1)) as stage:
        _, busy_id = await an_owner(stage, "忙")
        phone, person_id = await an_owner(stage, "闲")
        await stage.post(*(ApprovalCard(to=busy_id, item=n) for n in range(1, 400)))
        await stage.post(WeeklyTotal(to=person_id, item=1))
        sending = asyncio.create_task(stage.delivery.drain())

        await phone.expect("weekly_total", within=1)

        stage.delivery.stop()
        await sending


async def test_what_is_not_wanted_any_more_is_dropped_with_its_cause(
    stage: Stage, words: Words
) -> None:
    phone, person_id = await an_owner(stage)
    await stage.post(AbsenceAlert(to=person_id, item=1))
    words.unwanted[1] = "seen"

    await stage.delivery.drain()

    assert texts(phone) == []
    assert await stage.fates() == [(State.DROPPED, "seen")]
    assert await stage.journal() == ["message_dropped"]


async def test_waiting_messages_of_a_group_become_one(stage: Stage, words: Words) -> None:
    phone, person_id = await an_owner(stage)
    await stage.post(*(TaskClimbed(to=person_id, item=n, group="am") for n in (1, 2, 3)))
    words.unwanted[2] = "done"

    await stage.delivery.drain()

    assert texts(phone) == ["task_climbed 第1号 第3号"]
    assert await stage.fates() == [DELIVERED, (State.DROPPED, "done"), DELIVERED]


async def test_quiet_hours_hold_until_morning_and_safety_passes(
    database: Database, words: Words
) -> None:
    night = MONDAY_10 + timedelta(hours=12)
    async with a_stage(database, at=night) as stage:
        phone, person_id = await an_owner(stage)
        await stage.post(
            ApprovalCard(to=person_id, item=1),
            AbsenceAlert(to=person_id, item=2),
            ChildMissing(to=person_id, item=3),
        )
        await stage.delivery.drain()

        assert texts(phone) == ["child_missing 第3号"]
        async with database.read() as read:
            assert await stage.delivery.next_at(read) == night + timedelta(hours=9)
        stage.clock.move(night + timedelta(hours=9))
        await stage.delivery.drain()
        assert texts(phone)[1:] == ["absence_alert 第2号"]
        stage.clock.move(night + timedelta(hours=9, minutes=30))
        await stage.delivery.drain()
        assert texts(phone)[2:] == ["approval_card 第1号"]


async def test_a_line_of_the_digest_waits_for_the_digest(stage: Stage) -> None:
    phone, person_id = await an_owner(stage)
    await stage.post(Note(to=person_id, item=1, more={"line": "x"}))
    await stage.delivery.drain()

    async with stage.database.work(stage.clock.now()) as work:
        lines = await outgoing.waiting_lines(work, person_id)
        assert await outgoing.people_with_lines(work) == [person_id]
        await outgoing.mark_merged(work, lines, "digest:1")

    assert [line.more["line"] for line in lines] == ["x"]
    assert texts(phone) == []
    assert await stage.fates() == [(State.DROPPED, "merged:digest:1")]


async def test_a_withdrawn_message_is_never_sent(stage: Stage) -> None:
    phone, person_id = await an_owner(stage)
    await stage.post(AbsenceAlert(to=person_id, item=1), AbsenceAlert(to=person_id, item=11))
    async with stage.database.work(stage.clock.now()) as work:
        assert await outgoing.withdraw(work, "question:1:", "answered") == 1

    await stage.delivery.drain()

    assert texts(phone) == ["absence_alert 第11号"]
    assert await stage.fates() == [(State.DROPPED, "answered"), DELIVERED]


class TestLivingCards:
    async def test_later_ones_edit_the_first(self, stage: Stage, words: Words) -> None:
        phone, person_id = await an_owner(stage)
        for text in ("一", "二", "二", "三"):
            words.texts["day_card"] = text
            await stage.post(DayCard(to=person_id, item=1))
            await stage.delivery.drain()

        assert texts(phone) == ["三"]
        assert [shown.text for shown in phone.history(phone.newest)] == ["一", "二"]
        assert (await stage.fates())[2] == (State.DROPPED, "unchanged")

    async def test_one_that_waits_is_not_sent_twice(self, stage: Stage) -> None:
        phone, person_id = await an_owner(stage)
        for _ in range(3):
            await stage.post(DayCard(to=person_id, item=1))

        await stage.delivery.drain()

        assert texts(phone) == ["day_card 第1号"]
        assert await stage.fates() == [*[(State.DROPPED, "superseded")] * 2, DELIVERED]

    async def test_a_change_while_the_words_are_read_is_not_lost(
        self, stage: Stage, words: Words, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone, person_id = await an_owner(stage)
        read, changes = Postman._write, ["新"]

        async def read_then_change(postman: Postman, row_id: int) -> Letter | None:
            letter = await read(postman, row_id)
            if changes:
                words.texts["day_card"] = changes.pop()
                await stage.post(DayCard(to=person_id, item=1))
            return letter

        monkeypatch.setattr(Postman, "_write", read_then_change)
        await stage.post(DayCard(to=person_id, item=1))
        await stage.delivery.drain()

        assert texts(phone) == ["新"]

    async def test_one_that_is_gone_is_sent_anew(self, stage: Stage, words: Words) -> None:
        phone, person_id = await an_owner(stage)
        await stage.post(DayCard(to=person_id, item=1))
        await stage.delivery.drain()
        gone = faults.refusal(400, "Bad Request: message to edit not found")
        stage.api.faults.plan(gone, method="editMessageText")
        words.texts["day_card"] = "新"
        await stage.post(DayCard(to=person_id, item=1))
        await stage.delivery.drain()

        assert texts(phone) == ["day_card 第1号", "新"]
        assert await stage.fates() == [DELIVERED, DELIVERED]


async def test_an_edit_changes_the_message_about_the_same_item(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuestionSettled, "edits", ("absence_alert",), raising=False)
    phone, person_id = await an_owner(stage)
    await stage.post(*(AbsenceAlert(to=person_id, item=n, group="x") for n in (1, 2)))
    await stage.delivery.drain()
    await stage.post(QuestionSettled(to=person_id, item=2), QuestionSettled(to=person_id, item=3))
    await stage.delivery.drain()

    assert texts(phone) == ["question_settled 第2号 第1号"]
    assert (await stage.fates())[3] == (State.DROPPED, "nothing_to_edit")


async def test_thirty_five_children_are_split_between_them(
    database: Database, words: Words
) -> None:
    async with a_stage(database, is_rehearsal=True) as stage:
        phone, person_id = await an_owner(stage)
        child = "<b>李&lt;一&gt;𠮷😀</b>\n" + "没到校，电话没人接。" * 15
        words.texts["approval_card"] = "\n\n".join([child] * 35)
        words.keys["approval_card"] = "处理"
        await stage.post(ApprovalCard(to=person_id, item=1))
        await stage.delivery.drain()

        parts = texts(phone)
        assert len(parts) == 2
        assert sum(part.count("李<一>𠮷😀") for part in parts) == 35
        assert all(part.startswith("【演练】李<一>") for part in parts)
        assert [len(shown.rows) for shown in phone.messages if shown.from_bot] == [0, 1]


class TestWordsThatFail:
    @pytest.fixture
    async def admin(self, stage: Stage) -> Phone:
        phone, person_id = await an_owner(stage, "管理员")
        async with stage.database.work(stage.clock.now()) as work:
            unit = await work.save(units, Unit(0, UnitKind.BUREAU, "教育局"))
            await work.save(posts, Post(0, person_id, Role.ADMIN, unit.id))
        return phone

    async def test_the_plain_words_go_out_and_the_operator_is_told_once(
        self, stage: Stage, words: Words, admin: Phone
    ) -> None:
        phone, person_id = await an_owner(stage)
        words.broken.add("approval_card")
        await stage.post(*(ApprovalCard(to=person_id, item=n) for n in (1, 2)))
        await stage.delivery.drain()

        assert ["没能正常显示" in text for text in texts(phone)] == [True, True]
        assert len(texts(admin)) == 1

    async def test_markup_that_telegram_refuses_is_a_failure_too(
        self, stage: Stage, words: Words, admin: Phone
    ) -> None:
        phone, person_id = await an_owner(stage)
        words.texts["approval_card"] = "<b>open"
        await stage.post(ApprovalCard(to=person_id, item=1))
        await stage.delivery.drain()

        assert "没能正常显示" in phone.newest.text
        assert len(texts(admin)) == 1

    async def test_a_broken_operator_notice_is_not_reported(
        self, stage: Stage, words: Words, admin: Phone
    ) -> None:
        words.broken |= {"approval_card", "operator_notice"}
        _, person_id = await an_owner(stage)
        await stage.post(ApprovalCard(to=person_id, item=1))
        await stage.delivery.drain()

        assert len(texts(admin)) == 1


class TestTheRecipient:
    async def test_who_has_blocked_the_bot_is_marked(self, stage: Stage) -> None:
        phone, person_id = await an_owner(stage)
        phone.block()
        await stage.post(AbsenceAlert(to=person_id, item=1))
        await stage.delivery.drain()

        assert (await stage.person_of(phone)).blocked_at == MONDAY_10
        assert await stage.fates() == [(State.GIVEN_UP, "blocked")]
        assert await stage.journal() == ["message_given_up", "contact_lost"]

    @pytest.mark.parametrize(
        ("values", "cause"),
        [
            ({"chat_id": None}, "unbound"),
            ({"blocked_at": MONDAY_10}, "blocked"),
            ({"left_on": MONDAY_10.date()}, "left"),
            ({"stopped_at": MONDAY_10}, "stopped"),
        ],
    )
    async def test_who_cannot_be_reached_costs_no_call(
        self, stage: Stage, values: dict[str, object], cause: str
    ) -> None:
        _, person_id = await an_owner(stage)
        async with stage.database.work(stage.clock.now()) as work:
            await work.execute(update(people).values(**values))
        await stage.post(AbsenceAlert(to=person_id, item=1))
        await stage.delivery.drain()

        assert await stage.fates() == [(State.DROPPED, cause)]

    @pytest.mark.parametrize(
        ("flag", "expected"),
        [
            (ContactFlag.NORMAL, [DELIVERED, DELIVERED]),
            (ContactFlag.EMERGENCIES, [(State.DROPPED, "contact_flag"), DELIVERED]),
            (ContactFlag.NO_CONTACT, [(State.DROPPED, "contact_flag")] * 2),
        ],
    )
    async def test_the_contact_flag_is_kept(
        self, stage: Stage, flag: ContactFlag, expected: list[tuple[State, str | None]]
    ) -> None:
        _, person_id = await an_owner(stage)
        student_id = await _a_child_of(stage, person_id, flag)
        await stage.post(
            AbsenceAlert(to=person_id, item=1, student_id=student_id),
            CarerAsked(to=person_id, item=1, student_id=student_id),
        )
        await stage.delivery.drain()

        assert await stage.fates() == expected


async def _a_child_of(stage: Stage, person_id: int, flag: ContactFlag) -> int:
    async with stage.database.work(stage.clock.now()) as work:
        school = await work.save(units, Unit(0, UnitKind.SCHOOL, "一小"))
        group = await work.save(classes, SchoolClass(0, school.id, 3, 2))
        child = await work.save(students, Student(0, school.id, group.id, "李一"))
        bond = Guardianship(0, child.id, person_id, state=GuardianState.BOUND, flag=flag)
        await work.save(guardianships, bond)
        return child.id


class TestTheNetwork:
    async def test_a_429_pauses_everything(self, database: Database, words: Words) -> None:
        async with a_stage(database) as stage:
            people_ids = [(await an_owner(stage, f"人{n}"))[1] for n in range(12)]
            planned = stage.api.faults.plan(faults.too_many(1), method="sendMessage")
            await stage.post(*(ApprovalCard(to=one, item=1) for one in people_ids))
            loop = asyncio.get_running_loop()
            began = loop.time()
            await stage.delivery.drain()

            assert planned.hits == 1
            assert loop.time() - began >= 1
            assert await stage.fates() == [DELIVERED] * 12

    async def test_a_server_out_of_reach_parks_everything(self, stage: Stage) -> None:
        phone, person_id = await an_owner(stage)
        stage.api.faults.plan(faults.bad_gateway(), times=2, method="sendMessage")
        await stage.post(ApprovalCard(to=person_id, item=1))
        await stage.delivery.drain()
        assert await stage.fates() == [(State.LATER, "server_error")]
        assert stage.delivery.is_unreachable

        for _ in range(2):
            await asyncio.sleep(1.1)
            await stage.delivery.drain()
            await asyncio.sleep(1)

        assert len(texts(phone)) == 1

    @pytest.mark.parametrize("spoiled", [faults.drop_after(), faults.malformed()])
    async def test_what_may_have_arrived_is_not_sent_again(
        self, stage: Stage, spoiled: faults.Fault
    ) -> None:
        phone, person_id = await an_owner(stage)
        stage.api.faults.plan(spoiled, method="sendMessage")
        await stage.post(ApprovalCard(to=person_id, item=1))
        await stage.delivery.drain()
        await _after_a_minute(stage)

        assert len(texts(phone)) == 1
        assert await stage.fates() == [(State.UNCERTAIN, "no_answer")]

    async def test_an_alert_in_doubt_is_sent_once_more(self, stage: Stage) -> None:
        phone, person_id = await an_owner(stage)
        stage.api.faults.plan(faults.drop_after(), times=2, method="sendMessage")
        await stage.post(AbsenceAlert(to=person_id, item=1))
        await stage.delivery.drain()
        assert len(texts(phone)) == 1

        await _after_a_minute(stage)
        await _after_a_minute(stage)

        assert len(texts(phone)) == 2
        assert await stage.fates() == [(State.UNCERTAIN, "again: no_answer")]
        assert await stage.journal() == ["message_uncertain"] * 2

    async def test_an_edit_in_doubt_is_tried_again(self, stage: Stage, words: Words) -> None:
        _, person_id = await an_owner(stage)
        await stage.post(DayCard(to=person_id, item=1))
        await stage.delivery.drain()
        stage.api.faults.plan(faults.drop_after(), method="editMessageText")
        words.texts["day_card"] = "新"
        await stage.post(DayCard(to=person_id, item=1))
        await stage.delivery.drain()
        await _after_a_minute(stage)

        assert await stage.fates() == [DELIVERED, DELIVERED]


async def _after_a_minute(stage: Stage) -> None:
    """Let the monotonic minute pass."""
    clock = stage.clock
    passed = RehearsalClock.monotonic(clock) + 61 * (1 + getattr(clock, "minutes", 0))
    setattr(clock, "minutes", getattr(clock, "minutes", 0) + 1)  # noqa: B010
    setattr(clock, "monotonic", lambda: passed)  # noqa: B010
    setbacks = stage.delivery._postman.setbacks
    setbacks._time = clock.monotonic
    setbacks._limits._time = clock.monotonic
    await stage.delivery.drain()
