"""Running cases and categories brought in at the start (data.md, Out)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.importing.report import Report
from bot.importing.run import Import, run_import
from rules.book import Book
from rules.child.settle import settle
from rules.model.attendance import Mark, MarkKind, Session
from rules.model.case import Case, Stage, Task
from rules.model.ladder import Paper
from rules.model.people import Person
from rules.model.school import (
    Category,
    CategoryKind,
    Confirmation,
    EnrolmentStatus,
    StatusChange,
    Student,
)
from rules.policy import Policy
from storage.calendars import Calendars
from storage.carrying import carry_out
from storage.database import Database
from storage.facts.child import draft_about
from storage.facts.started import note_first_run
from storage.journal import verify
from storage.tables.attendance import marks
from storage.tables.cases import cases, tasks
from storage.tables.ladder import categories, papers
from storage.tables.people import people
from storage.tables.school import status_changes, students
from tests.support.databases import KEYS
from tests.support.importing import SCHOOL, STAFF, UNITS, Office, a_child, an_id, counts, write_csv

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 24, 0, 0, tzinfo=UTC)  # Thursday, 08:00
TERMS = [{"学期": "2026 秋", "开始": "2026-09-01", "结束": "2027-01-22", "学校": ""}]
HEAD = {"姓名": "张敏", "单位": SCHOOL, "角色": "校长", "电话": "13800000005"}
SECOND = {"姓名": "刘洋", "单位": SCHOOL, "角色": "教师", "电话": "13800000006"}
BUREAU = {"姓名": "赵刚", "单位": "县教体局", "角色": "局领导", "电话": "13800000007"}
PAIRING = [
    {
        "学校": SCHOOL,
        "年级": "3",
        "班级": "2",
        "学生姓名": "",
        "包保教师": "王芳",
        "包保校领导": "李强",
        "包保股室": "教育股",
        "股室联系人": "陈勇",
        "包保局领导": "赵刚",
    }
]
SINCE = date(2026, 9, 7)


def a_case(number: int, **changes: str) -> dict[str, str]:
    """A row of the table of running cases."""
    row = {
        "身份证号": an_id(number),
        "状态": "疑似辍学",
        "起始日期": SINCE.isoformat(),
        "阶段": "劝返",
        "负责人": "王芳",
        "上次联系": "2026-09-21",
    }
    return row | changes


class Desk(Office):
    """The office, three weeks into the term."""

    now = NOW

    async def take(self, *paths: Path, dry: bool = False) -> Report:
        means = Import(self.database, Policy(), Calendars(ZONE), self.now, "zh", "县教体局")
        return await run_import(means, paths, is_real=not dry)

    async def case_of(self, name: str) -> Case:
        """The one case of a child."""
        child = await self.child(name)
        (found,) = [one for one in await self.rows(cases, Case) if one.student_id == child.id]
        assert isinstance(found, Case)
        return found

    async def child(self, name: str) -> Student:
        """The child of this name."""
        (found,) = [one for one in await self.rows(students, Student) if one.name == name]
        assert isinstance(found, Student)
        return found

    async def name_of(self, person_id: int | None) -> str:
        """Who it is."""
        found = {one.id: one.name for one in await self.rows(people, Person)}
        return str(found[person_id or 0])

    async def time_passes(self, name: str, at: datetime) -> None:
        """The tick looks at the case."""
        child = await self.child(name)
        async with self.database.work(at) as work:
            book = Book(Policy(), await Calendars(ZONE).current(work))
            draft = await draft_about(work, child.id, book)
            settle(draft)
            await carry_out(work, draft.decision())

    async def tasks_of(self, name: str) -> dict[str, Task]:
        """What is open about a child, by kind."""
        child = await self.child(name)
        found = [one for one in await self.rows(tasks, Task) if one.student_id == child.id]
        return {one.kind: one for one in found if one.state == "open"}


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> Desk:
    """A county with five children, its staff, the pairing and the term; running since today."""
    desk = Desk(database, tmp_path)
    for table in (UNITS, [*STAFF, HEAD, SECOND, BUREAU], TERMS):
        await desk.bring(*table)
    await desk.bring(*(a_child(f"张{n}", n) for n in range(1, 6)))
    await desk.bring(*PAIRING)
    async with database.work(NOW) as work:
        await note_first_run(work, NOW)
    return desk


async def test_a_running_case_is_taken_over_with_its_dates(desk: Desk) -> None:
    report = await desk.bring(a_case(1))

    assert counts(report) == (1, 0, 0, 0)
    case = await desk.case_of("张1")
    assert (case.stage, case.first_absent_on, case.responsible_id) == (
        Stage.PERSUADE,
        SINCE,
        None,
    )
    assert case.counted == 13  # 7 to 11, 14 to 18, 21 to 23
    assert case.last_contact_at == datetime(2026, 9, 21, 16, tzinfo=ZONE)
    child = await desk.child("张1")
    assert (child.status, child.confirmation) == (
        EnrolmentStatus.SUSPECTED,
        Confirmation.AWAITED,
    )
    assert child.suspected_on == date(2026, 9, 14)
    (change,) = await desk.rows(status_changes, StatusChange)
    assert (change.case_id, change.effective_on) == (case.id, date(2026, 9, 14))
    async with desk.database.read() as read:
        assert (await verify(read, KEYS.journal)).is_whole


async def test_it_is_followed_from_the_next_look_on(desk: Desk) -> None:
    await desk.bring(a_case(1))
    assert await desk.tasks_of("张1") == {}
    await desk.time_passes("张1", NOW + timedelta(seconds=5))

    opened = await desk.tasks_of("张1")
    assert set(opened) == {"status_confirm", "register_correction", "contact"}
    assert all(one.due_at >= NOW for one in opened.values())
    assert await desk.name_of(opened["contact"].owner_id) == "王芳"
    assert await desk.name_of(opened["status_confirm"].owner_id) == "李强"
    # a day without roll call counts for a child who is followed
    await desk.time_passes("张1", datetime(2026, 9, 25, 9, 5, tzinfo=ZONE))
    case = await desk.case_of("张1")
    assert (case.counted, case.stage) == (15, Stage.PERSUADE)
    await desk.time_passes("张1", datetime(2026, 9, 29, 10, tzinfo=ZONE))
    assert (await desk.case_of("张1")).stage is Stage.NOTICE


@pytest.mark.parametrize(
    ("stage", "kind", "owner"),
    [
        ("劝返通知书", "notice_prepare", "王芳"),
        ("书面报告", "report_signature", "张敏"),
        ("联动劝返", "joint_issue", "赵刚"),
    ],
)
async def test_the_stage_opens_for_the_right_person(
    desk: Desk, stage: str, kind: str, owner: str
) -> None:
    await desk.bring(a_case(1, 阶段=stage))
    await desk.time_passes("张1", NOW)
    task = (await desk.tasks_of("张1"))[kind]

    assert await desk.name_of(task.owner_id) == owner
    assert task.due_at > NOW
    case = await desk.case_of("张1")
    assert case.stage_at == NOW
    assert case.stage_ends_at is not None
    assert case.stage_ends_at > NOW
    drafts = [one.kind.value for one in await desk.rows(papers, Paper)]
    wanted = {"notice_prepare": [], "report_signature": ["report"]}
    assert drafts == wanted.get(kind, ["township", "handover", "county"])


async def test_nothing_is_due_before_the_first_run(database: Database, tmp_path: Path) -> None:
    desk = Desk(database, tmp_path)
    for table in (UNITS, [*STAFF, HEAD, BUREAU], TERMS):
        await desk.bring(*table)
    await desk.bring(a_child("张1", 1))
    await desk.bring(a_case(1, 阶段="书面报告"))
    first = NOW + timedelta(days=12)  # the county starts on 6 October, in the holidays
    async with database.work(first) as work:
        await note_first_run(work, first)
    await desk.time_passes("张1", first)

    opened = await desk.tasks_of("张1")
    assert all(one.due_at > first for one in opened.values())
    assert (await desk.case_of("张1")).counted == 13  # the days between count for nobody


async def test_the_same_table_twice_changes_nothing(desk: Desk) -> None:
    table = [a_case(1), a_case(2, 状态="在读", 起始日期="2026-09-21", 阶段="核实")]
    assert counts(await desk.bring(*table)) == (2, 0, 0, 0)
    before = await desk.rows(cases, Case), await desk.rows(marks, Mark)

    assert counts(await desk.bring(*table)) == (0, 0, 2, 0)
    await desk.time_passes("张1", NOW)
    assert counts(await desk.bring(*table)) == (0, 0, 2, 0)
    assert (await desk.rows(marks, Mark)) == before[1]
    assert len(await desk.rows(cases, Case)) == 2


async def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    assert counts(await desk.bring(a_case(1), dry=True)) == (1, 0, 0, 0)
    assert await desk.rows(cases, Case) == []
    assert await desk.rows(marks, Mark) == []


async def test_somebody_else_may_be_responsible(desk: Desk) -> None:
    await desk.bring(a_case(1, 负责人="刘洋 13800000006"), a_case(2, 负责人="刘洋"))
    for name in ("张1", "张2"):
        assert await desk.name_of((await desk.case_of(name)).responsible_id) == "刘洋"
        await desk.time_passes(name, NOW)
        assert await desk.name_of((await desk.tasks_of(name))["contact"].owner_id) == "刘洋"


async def test_a_wrong_name_is_said_and_the_case_still_comes(desk: Desk) -> None:
    report = await desk.bring(a_case(1, 负责人="无名氏"))

    assert counts(report) == (1, 0, 0, 1)
    assert report.errors[0]["column"] == "负责人"
    assert (await desk.case_of("张1")).responsible_id is None


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"身份证号": an_id(77)}, "身份证件号", "没有找到这名学生"),
        ({"起始日期": "2026-09-30", "上次联系": ""}, "起始日期", "还没到"),
        ({"起始日期": "2026-09-21"}, "状态", "上课日还不够"),
        ({"状态": "辍学"}, "状态", "上课日还不够"),
        ({"起始日期": "2026-09-24", "上次联系": ""}, "起始日期", "没有上课日"),
        ({"状态": "失踪"}, "状态", "看不懂"),
        ({"阶段": ""}, "阶段", "空的"),
        ({"起始日期": "前天"}, "起始日期", "看不懂这个日期"),
    ],
)
async def test_a_refused_row_says_why(
    desk: Desk, changes: Mapping[str, str], column: str, words: str
) -> None:
    report = await desk.bring(a_case(1, **changes))

    assert report.plain()["new"] == 0
    (error,) = report.errors
    assert (error["row"], error["column"]) == (2, column)
    assert words in error["problem"]
    assert await desk.rows(cases, Case) == []


async def test_a_dropout_waits_for_a_leaders_word(desk: Desk) -> None:
    desk.now = datetime(2026, 10, 21, 1, 0, tzinfo=UTC)
    await desk.bring(a_case(1, 状态="辍学", 阶段="联动劝返"))

    child = await desk.child("张1")
    assert (child.status, child.confirmation) == (EnrolmentStatus.DROPOUT, Confirmation.AWAITED)
    await desk.time_passes("张1", desk.now)
    assert (await desk.tasks_of("张1"))["status_confirm"].outcome == "dropout"


async def test_days_of_which_the_record_knows_are_left_as_they_are(desk: Desk) -> None:
    child = await desk.child("张1")
    seen = Mark(0, child.id, date(2026, 9, 8), Session.MORNING, MarkKind.PRESENT, None, NOW)
    async with desk.database.work(NOW) as work:
        await work.insert(marks, seen)
    await desk.bring(a_case(1))

    found = [one for one in await desk.rows(marks, Mark) if one.on == date(2026, 9, 8)]
    assert [one.kind for one in found] == [MarkKind.PRESENT]


def a_category(number: int, **changes: str) -> dict[str, str]:
    """A row of the table of categories."""
    row = {"身份证号": an_id(number), "类别": "监测对象", "起": "2025-03-01", "来源": "乡村振兴局"}
    return row | changes


async def test_categories_come_with_dates_and_source(desk: Desk) -> None:
    report = await desk.bring(a_category(1, 类别="脱贫户、留守儿童"), a_category(2, 类别="孤儿"))

    assert counts(report) == (2, 0, 0, 0)
    found = await desk.rows(categories, Category)
    assert [one.kind for one in found] == [
        CategoryKind.MONITORED,
        CategoryKind.LEFT_BEHIND,
        CategoryKind.ORPHAN,
    ]
    assert {(one.from_on, one.to_on, one.source) for one in found} == {
        (date(2025, 3, 1), None, "乡村振兴局")
    }


async def test_categories_twice_change_nothing_and_news_changes_one(desk: Desk) -> None:
    await desk.bring(a_category(1))
    assert counts(await desk.bring(a_category(1))) == (0, 0, 1, 0)
    assert counts(await desk.bring(a_category(1, 起="", 来源=""))) == (0, 0, 1, 0)
    assert counts(await desk.bring(a_category(1, 来源="民政局"))) == (0, 1, 0, 0)
    assert len(await desk.rows(categories, Category)) == 1


async def test_of_two_rows_about_one_group_the_first_counts(desk: Desk) -> None:
    table = [a_category(1), a_category(1, 来源="民政局")]
    assert counts(await desk.bring(*table)) == (1, 0, 1, 0)
    assert counts(await desk.bring(*table)) == (0, 0, 2, 0)


async def test_a_group_that_ended_may_begin_again(desk: Desk) -> None:
    table = [a_category(1, 止="2025-12-31"), a_category(1, 起="2026-09-01")]
    assert counts(await desk.bring(*table)) == (2, 0, 0, 0)
    assert counts(await desk.bring(*table)) == (0, 0, 2, 0)

    found = await desk.rows(categories, Category)
    assert [(one.from_on, one.to_on) for one in found] == [
        (date(2025, 3, 1), date(2025, 12, 31)),
        (date(2026, 9, 1), None),
    ]


async def test_wrong_rows_of_categories_are_named(desk: Desk) -> None:
    report = await desk.bring(a_category(77), a_category(1, 类别="火星人"))

    assert [(one["row"], one["column"]) for one in report.errors] == [
        (2, "身份证件号"),
        (3, "类别"),
    ]


async def test_both_tables_on_one_workbooks_sheets_come_in_order(
    desk: Desk, tmp_path: Path
) -> None:
    files = [
        write_csv(tmp_path / "cases.csv", [a_case(9)]),
        write_csv(tmp_path / "children.csv", [a_child("张九", 9)]),
    ]
    report = await desk.take(*files)

    assert report.errors == []
    assert (await desk.case_of("张九")).stage is Stage.PERSUADE
    async with desk.database.read() as read:
        assert await read.scalar(select(cases.c.id)) is not None
