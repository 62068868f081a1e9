"""Children who change class or school by an import, and a school merged into another."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from rules.model.attendance import RollCall, Session
from rules.model.case import Case, CaseState, Task
from rules.model.people import Post, Role
from rules.model.school import SchoolClass, Student, Unit
from storage.casefile.duties import duty_lines
from storage.database import Database
from storage.facts.duties import duties_of
from storage.journal import verify
from storage.meta import Mode
from storage.starting import begin
from storage.tables.attendance import roll_calls
from storage.tables.cases import cases, tasks
from storage.tables.people import posts
from storage.tables.plumbing import journal
from storage.tables.school import classes, students, units
from tests.support.databases import KEYS
from tests.support.importing import SCHOOL, STAFF, UNITS, a_child, counts
from tests.test_import_cases import BUREAU, HEAD, NOW, PAIRING, TERMS, Desk, a_case

SOUTH = "南坪小学"
TODAY = date(2026, 9, 24)
#: The other school: a class teacher, a leader, a head, its own chain.
SOUTHERN = [
    {
        "姓名": "何静",
        "单位": SOUTH,
        "角色": "班主任",
        "电话": "13800000011",
        "年级": "3",
        "班级": "1",
    },
    {"姓名": "郭涛", "单位": SOUTH, "角色": "校领导", "电话": "13800000012"},
    {"姓名": "罗敏", "单位": SOUTH, "角色": "校长", "电话": "13800000013"},
    {"姓名": "高洁", "单位": SOUTH, "角色": "学籍管理员", "电话": "13800000014"},
    {"姓名": "林股", "单位": "人事股", "角色": "股室联系人", "电话": "13800000015"},
]
SOUTHERN_PAIRING = {
    "学校": SOUTH,
    "年级": "3",
    "班级": "1",
    "学生姓名": "",
    "包保教师": "何静",
    "包保校领导": "郭涛",
    "包保股室": "人事股",
    "股室联系人": "林股",
    "包保局领导": "赵刚",
}
#: The first school's code stands under the other's name; its own row is gone.
MERGED = [
    {"学校标识码": "2199000002", "学校名称": SOUTH, "类别": "局属小学", "乡镇": "南坪镇"},
    {"学校标识码": "2199000001", "学校名称": SOUTH, "类别": "局属小学", "乡镇": "南坪镇"},
]


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> Desk:
    """Two schools, five children in the first, one of them followed for weeks."""
    desk = Desk(database, tmp_path)
    for table in (UNITS, [*STAFF, HEAD, BUREAU, *SOUTHERN], TERMS):
        await desk.bring(*table)
    await desk.bring(*(a_child(f"张{n}", n) for n in range(1, 6)))
    await desk.bring(a_child("南一", 20, 学校标识码="2199000002", 班级="1班"))
    await desk.bring(*PAIRING, SOUTHERN_PAIRING)
    async with database.work(NOW) as work:
        await begin(work, Mode.REAL)
    await desk.bring(a_case(1))
    await desk.time_passes("张1", NOW)
    return desk


async def owners(desk: Desk, name: str = "张1") -> dict[str, str]:
    """Who has what is open about a child."""
    found = await desk.tasks_of(name)
    return {kind: await desk.name_of(task.owner_id) for kind, task in found.items()}


def moved(name: str, number: int) -> dict[str, str]:
    """The child's row of the register, in the other school."""
    return a_child(name, number, 学校标识码="2199000002", 班级="1班")


async def test_what_is_open_follows_a_child_to_another_school(desk: Desk) -> None:
    before = await desk.tasks_of("张1")
    assert await owners(desk) == {
        "status_confirm": "李强",
        "register_correction": "周静",
        "contact": "王芳",
    }
    assert counts(await desk.bring(moved("张1", 1))) == (0, 1, 0, 0)

    assert await owners(desk) == {
        "status_confirm": "郭涛",
        "register_correction": "高洁",
        "contact": "何静",
    }
    after = await desk.tasks_of("张1")
    child, case = await desk.child("张1"), await desk.case_of("张1")
    assert {one.id for one in after.values()} == {one.id for one in before.values()}
    assert {one.due_at for one in after.values()} == {one.due_at for one in before.values()}
    assert {(one.school_id, one.class_id) for one in after.values()} == {
        (child.school_id, child.class_id)
    }
    assert (case.school_id, case.state, case.counted) == (child.school_id, CaseState.OPEN, 13)
    assert counts(await desk.bring(moved("张1", 1))) == (0, 0, 1, 0)
    assert len(await desk.rows(tasks, Task)) == 3
    # the count goes on where it stood
    await desk.time_passes("张1", NOW + timedelta(hours=2))
    assert (await desk.case_of("张1")).counted == 14


async def test_history_keeps_who_was_responsible(desk: Desk) -> None:
    await desk.bring(moved("张1", 1))
    child, case = await desk.child("张1"), await desk.case_of("张1")
    async with desk.database.read() as read:
        lines = await duty_lines(read, case, child, TODAY)
        assert (await verify(read, KEYS.journal)).is_whole
        kinds = await read.scalars(
            select(journal.c.kind).where(journal.c.subject == f"child:{child.id}")
        )

    teachers = {(one.who, one.place) for one in lines if one.level == "class_teacher"}
    assert teachers == {("王芳", f"{SCHOOL}|3|2"), ("何静", f"{SOUTH}|3|1")}
    assert kinds.count("child_moved") == 1


async def test_a_child_of_whom_nothing_is_open_moves_without_a_word(desk: Desk) -> None:
    await desk.bring(moved("张2", 2))
    child = await desk.child("张2")

    async with desk.database.read() as read:
        assert (await duties_of(read, child, TODAY)).class_teacher_id is not None
        query = select(journal.c.kind).where(journal.c.subject == f"child:{child.id}")
        assert "child_moved" not in await read.scalars(query)


async def test_another_class_of_the_same_school(desk: Desk) -> None:
    other = STAFF[0] | {"姓名": "刘洋", "电话": "13800000006", "班级": "3"}
    await desk.bring(other)
    await desk.bring(PAIRING[0] | {"班级": "3", "包保教师": "刘洋"})
    await desk.bring(a_child("张1", 1, 班级="3班"))

    assert await owners(desk) == {
        "status_confirm": "李强",
        "register_correction": "周静",
        "contact": "刘洋",
    }


async def test_whom_a_superior_named_keeps_the_case(desk: Desk) -> None:
    await desk.bring({"姓名": "刘洋", "单位": SCHOOL, "角色": "教师", "电话": "13800000006"})
    await desk.bring(a_case(3, 负责人="刘洋"))
    await desk.time_passes("张3", NOW)
    await desk.bring(moved("张3", 3))

    assert (await owners(desk, "张3"))["contact"] == "刘洋"


async def roll_call(desk: Desk, name: str, picks: tuple[tuple[int, str], ...] = ()) -> int:
    """Today's roll call of a child's class."""
    child = await desk.child(name)
    async with desk.database.work(NOW) as work:
        return await work.insert(
            roll_calls,
            RollCall(
                0, child.class_id, child.school_id, TODAY, Session.MORNING, NOW, NOW, picks=picks
            ),
        )


async def test_a_tap_of_this_morning_goes_along(desk: Desk) -> None:
    child = await desk.child("张2")
    old = await roll_call(desk, "张2", ((child.id, "absent"), (99, "sick")))
    new = await roll_call(desk, "南一")
    await desk.bring(moved("张2", 2))

    picks = {one.id: one.picks for one in await desk.rows(roll_calls, RollCall)}
    assert picks == {old: ((99, "sick"),), new: ((child.id, "absent"),)}


async def test_a_merged_school_loses_nothing_and_doubles_nothing(desk: Desk) -> None:
    before = {one.id: one for one in await desk.rows(students, Student)}
    opened = {one.id for one in await desk.rows(tasks, Task)}
    taken = await roll_call(desk, "张2", ((before[2].id, "absent"),))
    report = await desk.bring(*MERGED)
    assert counts(report) == (0, 1, 1, 0)

    found = {one.id: one for one in await desk.rows(students, Student)}
    (south,) = [one for one in await desk.rows(units, Unit) if one.name == SOUTH]
    assert found.keys() == before.keys()
    assert {one.school_id for one in found.values()} == {south.id}
    # the class stays together under the next free number; its teacher, pairing and taps with it
    assert {one.class_id for one in found.values() if one.name != "南一"} == {before[1].class_id}
    rooms = await desk.rows(classes, SchoolClass)
    assert {(one.number, one.school_id) for one in rooms} == {(1, south.id), (2, south.id)}
    (call,) = [one for one in await desk.rows(roll_calls, RollCall) if one.id == taken]
    assert (call.school_id, call.picks) == (south.id, ((before[2].id, "absent"),))
    assert (await desk.case_of("张1")).school_id == south.id
    assert {one.id for one in await desk.rows(tasks, Task)} == opened
    assert await owners(desk) == {
        "status_confirm": "李强",
        "register_correction": "高洁",
        "contact": "王芳",
    }
    assert counts(await desk.bring(*MERGED)) == (0, 0, 2, 0)
    assert len(await desk.rows(cases, Case)) == 1
    async with desk.database.read() as read:
        assert (await verify(read, KEYS.journal)).is_whole


async def test_the_old_code_and_name_find_the_new_school(desk: Desk) -> None:
    await desk.bring(*MERGED)
    (south,) = [one for one in await desk.rows(units, Unit) if one.name == SOUTH]
    await desk.bring(a_child("新来", 30))  # by the old code
    await desk.bring({"姓名": "许新", "单位": SCHOOL, "角色": "教师", "电话": "13800000099"})

    assert (await desk.child("新来")).school_id == south.id
    assert south.code == "2199000002"
    (post,) = [
        one for one in await desk.rows(posts, Post) if await desk.name_of(one.person_id) == "许新"
    ]
    assert post.unit_id == south.id


async def test_posts_go_along_and_history_keeps_the_old_ones(desk: Desk) -> None:
    (old,) = [one for one in await desk.rows(units, Unit) if one.name == SCHOOL]
    await desk.bring(*MERGED)
    held: dict[str, list[tuple[Role, bool, date | None, date | None]]] = {}
    for one in await desk.rows(posts, Post):
        line = (one.role, one.unit_id == old.id, one.from_on, one.to_on)
        held.setdefault(await desk.name_of(one.person_id), []).append(line)
    yesterday = TODAY - timedelta(days=1)

    assert held["王芳"] == [
        (Role.CLASS_TEACHER, True, None, yesterday),
        (Role.CLASS_TEACHER, False, TODAY, None),
    ]
    assert held["张敏"] == [(Role.HEAD, True, None, yesterday)]  # the other school has a head
    child, case = await desk.child("张1"), await desk.case_of("张1")
    async with desk.database.read() as read:
        duties = await duty_lines(read, case, child, TODAY)
    heads = {(one.who, one.to_on) for one in duties if one.level == "head"}
    assert heads == {("张敏", yesterday), ("罗敏", None)}


async def test_a_dry_run_merges_nothing(desk: Desk) -> None:
    assert counts(await desk.bring(*MERGED, dry=True)) == (0, 1, 1, 0)
    assert len({one.school_id for one in await desk.rows(students, Student)}) == 2


async def test_a_code_typed_wrong_merges_nothing(desk: Desk) -> None:
    wrong = [UNITS[0], UNITS[1] | {"学校标识码": "2199000001"}]
    report = await desk.bring(*wrong)

    assert [(one["row"], one["column"]) for one in report.errors] == [(3, "学校标识码")]
    assert len({one.school_id for one in await desk.rows(students, Student)}) == 2
    assert all(one.merged_into_id is None for one in await desk.rows(units, Unit))
