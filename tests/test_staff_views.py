from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from rules.corrections import Asked
from rules.decision import Decision
from rules.messages.base import Message
from rules.messages.staff import (
    BulkHeld,
    Digest,
    MorningLine,
    Note,
    OperatorNotice,
    OverdueCard,
    RollCallMissing,
    TaskCard,
    TaskClimbed,
)
from rules.model.attendance import Leave, MarkKind, RollCall, Session
from rules.model.case import Task, TaskState
from rules.policy.tasks import default_tasks
from rules.status_decisions import Evidence
from storage.carrying import carry_out
from storage.database import Database
from storage.outbox import Outgoing
from storage.outgoing import mark_merged, waiting_lines
from storage.tables.attendance import roll_calls
from storage.tables.plumbing import outbox
from storage.views import Unwanted, view_of
from storage.views.case_card import WORDED, CaseCardView, EntryLine
from storage.views.task_card import TaskCardView, Tried
from storage.views.tasks import TaskLine
from templates.render import render
from templates.screen import Screen
from templates.words import LANGUAGES, table
from tests.support.county import County, found_county
from tests.support.databases import KEYS

NOW = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
MONDAY = date(2026, 9, 7)
CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
LINE = TaskLine(
    task_id=5,
    kind="call",
    child="Li Yi",
    grade=3,
    number=2,
    school="Qingshi",
    owner="Wang Fang",
    opened_at=NOW,
    due_at=NOW,
    is_overdue=True,
    age=timedelta(hours=5),
    student_id=7,
)
CARD = TaskCardView(
    task=LINE,
    state="open",
    outcome=None,
    by=None,
    at=None,
    is_mine=True,
    may=(),
    is_plain=False,
    may_stand_in=False,
    note=None,
    case_id=3,
    stage="persuade",
    counted=6,
    untaken=1,
    first_absent_on=MONDAY,
    seen_on=None,
    level=1,
    status="suspected",
    confirmation="awaited",
    tried=(Tried(NOW, "phone", reached=False, result=None),),
    asked=None,
    asked_by=None,
    evidence=None,
    leave=None,
)


def labels(screen: Screen) -> list[str]:
    return [key.label for row in screen.keys for key in row]


def card(kind: str, language: str = "zh", **changes: Any) -> Screen:
    task = replace(LINE, kind=kind)
    return render("task_card", replace(CARD, task=task, **changes), language)


@pytest.mark.parametrize("group", ["labels", "phrases"])
def test_both_languages_have_the_same_words_with_the_same_values(group: str) -> None:
    def spelled(language: str) -> dict[str, set[str]]:
        flat: dict[str, set[str]] = {}
        for name, value in table(language, group).items():
            entries = value if isinstance(value, dict) else {"": value}
            for key, words in entries.items():
                flat[f"{name}.{key}"] = set(re.findall(r"\{(\w+)\}", words))
        return flat

    assert spelled("zh") == spelled("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_task_and_every_line_of_the_record_has_a_name(language: str) -> None:
    words = table(language, "phrases")

    assert set(default_tasks()) <= set(words["task"])
    assert set(WORDED) <= set(words["entry"])


@pytest.mark.parametrize("kind", sorted(default_tasks()))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_of_every_kind_reads_well(kind: str, language: str) -> None:
    screen = card(kind, language, may=("nudge", "pause", "note", "instruct"))

    assert "Li Yi" in screen.text
    assert language == "zh" or not CJK.search(screen.text + "".join(labels(screen)))
    assert all(len(key.data) <= 64 for row in screen.keys for key in row)


def test_the_status_card_carries_exactly_its_two_keys_and_the_history() -> None:
    assert labels(card("status_confirm")) == ["确认疑似辍学", "有异议", "看经过"]
    assert labels(card("status_confirm", status="dropout")) == ["确认辍学", "有异议", "看经过"]


def test_the_sections_card_of_an_objection() -> None:
    screen = card("objection", evidence=Evidence("在校", 4, 2), asked_by="李强")

    assert labels(screen) == ["维持疑似辍学", "撤回，在校", "查看材料", "看经过"]
    assert "在校" in screen.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_approval_says_who_asks_for_what_and_why(language: str) -> None:
    asked = Asked(MONDAY, MarkKind.PRESENT, "mistap", 2, returns=1, comment="be exact")

    screen = card("correction_approval", language, asked=asked, asked_by="Wang Fang")

    assert "mistap" in screen.text
    assert "be exact" in screen.text
    assert len(labels(screen)) == 4


def test_an_overdue_approval_offers_the_section_to_decide() -> None:
    asked = Asked(MONDAY, MarkKind.PRESENT, "点错", 2)

    screen = card("correction_approval", asked=asked, is_mine=False, may_stand_in=True)

    assert labels(screen) == ["代批", "退回修改", "看经过"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_leave_shows_its_days_and_proof(language: str) -> None:
    leave = Leave(9, 7, "sick", MONDAY, None, 1, None, "chat", NOW)

    assert len(labels(card("leave_limit", language, leave=leave))) == 2


def test_a_card_that_is_decided_has_no_deciding_keys() -> None:
    screen = card("return_sign", state="done", is_mine=False, by="李强", at=NOW)

    assert labels(screen) == ["看经过"]
    assert "✅" in screen.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_shows_who_confirmed_and_what_was_done_in_whose_place(language: str) -> None:
    view = CaseCardView(
        case_id=3,
        student_id=5,
        child="Li Yi",
        school="Qingshi",
        grade=3,
        number=2,
        stage="persuade",
        is_closed=False,
        is_watched=False,
        watch_until=None,
        counted=6,
        untaken=0,
        first_absent_on=MONDAY,
        status="suspected",
        confirmation="confirmed",
        confirmed_by="Li Qiang",
        confirmed_at=NOW,
        lines=(EntryLine(NOW, "task_done", "task.call", "Ma Li", "Li Qiang"),),
        page=0,
        pages=2,
    )

    screen = render("case_card", view, language)

    assert screen.text.count("Li Qiang") == 2
    assert len(labels(screen)) == 1
    assert language == "zh" or not CJK.search(screen.text)


# Views on real rows.


class Office:
    """A county in the database, without phones."""

    def __init__(self, database: Database, county: County) -> None:
        self.database = database
        self.county = county

    async def add(self, *records: Any) -> list[Any]:
        async with self.database.work(NOW) as work:
            return list(await carry_out(work, Decision(records)))

    async def task(self, kind: str = "contact", owner: str = "teacher", **changes: Any) -> Task:
        late = NOW - timedelta(hours=2)
        task = Task(
            -1,
            kind,
            f"{kind}:1",
            self.county.people[owner],
            late - timedelta(days=1),
            late,
            student_id=self.county.children["李一"],
            school_id=self.county.school_id,
        )
        (stored,) = await self.add(replace(task, **changes))
        assert isinstance(stored, Task)
        return stored

    async def row(self, message: Message) -> Outgoing:
        async with self.database.work(NOW) as work:
            await carry_out(work, Decision(messages=(message,)))
        query = select(outbox).where(outbox.c.key == message.key)
        async with self.database.read() as read:
            found = await read.one(query, Outgoing)
        assert found is not None
        return found

    async def shown(self, message: Message, language: str = "zh") -> Screen | Unwanted:
        row = await self.row(message)
        async with self.database.read() as read:
            view = await view_of(message.kind)(read, row)
        return view if isinstance(view, Unwanted) else render(message.kind, view, language)

    def id_of(self, who: str) -> int:
        return self.county.people[who]


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    database = await Database.open(sqlite_url, KEYS)
    async with database.work(NOW) as work:
        county = await found_county(work)
    yield Office(database, county)
    await database.close()


async def test_what_climbed_names_child_owner_and_true_age(office: Office) -> None:
    task = await office.task()

    screen = await office.shown(
        TaskClimbed(to=office.id_of("section"), item=task.id, more={"level": 3})
    )

    assert isinstance(screen, Screen)
    for words in ("李一", "王芳", "青石中心小学", "26 小时"):
        assert words in screen.text
    assert labels(screen) == ["处理·李一"]


async def test_what_was_done_meanwhile_is_not_said(office: Office) -> None:
    task = await office.task(state=TaskState.DONE)

    shown = await office.shown(TaskClimbed(to=office.id_of("leader"), item=task.id))

    assert shown == Unwanted("done")


async def test_a_card_for_somebody_else_has_no_deciding_keys(office: Office) -> None:
    task = await office.task("return_sign", "leader")

    screen = await office.shown(TaskCard(to=office.id_of("teacher"), item=task.id))

    assert isinstance(screen, Screen)
    assert labels(screen) == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_digest_names_eight_and_counts_the_rest(office: Office, language: str) -> None:
    for number in range(10):
        await office.task(subject=f"contact:{number}")

    screen = await office.shown(
        Digest(to=office.id_of("teacher"), item=480, round="2026-09-07"), language
    )

    assert isinstance(screen, Screen)
    assert screen.text.count("李一") == 8
    assert ("还有 2 项" if language == "zh" else "2 more") in screen.text


async def test_lines_that_waited_stand_in_the_digest(office: Office) -> None:
    who, child = office.id_of("section"), office.county.children["李一"]
    note = Note(to=who, item=child, student_id=child, more={"line": "status_suspected"})
    digest = Digest(to=who, item=480, round="2026-09-07")
    await office.row(note)
    async with office.database.work(NOW) as work:
        await mark_merged(work, await waiting_lines(work, who), digest.key)

    screen = await office.shown(digest)

    assert isinstance(screen, Screen)
    assert "李一：已列为疑似辍学" in screen.text


async def test_an_empty_digest_is_not_sent(office: Office) -> None:
    digest = Digest(to=office.id_of("head"), item=480, round="2026-09-07")

    assert await office.shown(digest) == Unwanted("nothing_open")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_overdue_card_has_a_line_per_teacher(office: Office, language: str) -> None:
    await office.task(subject="contact:1")
    await office.task("home_visit")
    await office.task("leader_visit", "leader")

    screen = await office.shown(
        OverdueCard(to=office.id_of("leader"), item=office.county.school_id), language
    )

    assert isinstance(screen, Screen)
    assert screen.text.count("王芳") == 1
    assert "李强" not in screen.text
    assert len(labels(screen)) == 2


async def a_roll_call(office: Office, state: str) -> int:
    (stored,) = await office.add(
        RollCall(
            -1,
            office.county.class_id,
            office.county.school_id,
            MONDAY,
            Session.MORNING,
            NOW - timedelta(hours=2),
            NOW - timedelta(hours=1),
        )
    )
    async with office.database.work(NOW) as work:
        await work.execute(update(roll_calls).values(state=state))
    return int(stored.id)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_morning_line_names_classes_without_a_roll_call(
    office: Office, language: str
) -> None:
    await a_roll_call(office, "open")

    screen = await office.shown(
        MorningLine(to=office.id_of("leader"), item=office.county.school_id), language
    )

    assert isinstance(screen, Screen)
    assert "5" in screen.text
    assert len(labels(screen)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_missing_and_held_roll_calls_have_their_keys(office: Office, language: str) -> None:
    roll_call = await a_roll_call(office, "held")
    who = office.id_of("leader")

    held = await office.shown(BulkHeld(to=who, item=roll_call), language)
    missing = await office.shown(RollCallMissing(to=who, item=roll_call), language)

    assert isinstance(held, Screen)
    assert len(labels(held)) == 2
    assert missing == Unwanted("submitted")


async def test_an_operators_notice_without_words_is_said_plainly(office: Office) -> None:
    notice = OperatorNotice(to=office.id_of("admin"), item=0, more={"line": "disk", "about": "9"})

    screen = await office.shown(notice)

    assert isinstance(screen, Screen)
    assert "disk" in screen.text
