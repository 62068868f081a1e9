"""Imports: matched, idempotent, and never a second child from a typo."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from papers.sample import write_sample
from rules.model.case import Task, TaskState
from rules.model.people import Guardianship, Pairing, PairingLevel, Person, Post, Role
from rules.model.school import Student, Unit
from storage.database import Database
from storage.importing.records import Review
from storage.tables.cases import tasks
from storage.tables.people import guardianships, pairings, people, posts
from storage.tables.school import reviews, students, units
from tests.support.importing import SCHOOL, STAFF, UNITS, Office, a_child, an_id, counts, write_csv


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    """A county with its schools and staff."""
    made = Office(database, tmp_path)
    await made.bring(*UNITS)
    await made.bring(*STAFF)
    return made


async def test_schools_and_staff_are_there_after_the_first_import(office: Office) -> None:
    found = await office.rows(units, Unit)
    held = await office.rows(posts, Post)

    assert {unit.name for unit in found} >= {SCHOOL, "城关镇", "教育股"}
    assert {post.role for post in held} == {
        Role.CLASS_TEACHER,
        Role.LEADER,
        Role.REGISTER_CLERK,
        Role.SECTION,
    }


async def test_a_dry_run_says_what_would_be_and_changes_nothing(office: Office) -> None:
    report = await office.bring(a_child("张一", 1), a_child("张二", 2), dry=True)

    assert counts(report) == (2, 0, 0, 0)
    assert await office.rows(students, Student) == []


async def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    wrong = a_child("张三", 3, 身份证件号="990000201501010030")
    await office.bring(a_child("张一", 1), wrong)
    before = await office.rows(students, Student), await office.rows(people, Person)

    report = await office.bring(a_child("张一", 1), wrong)

    assert counts(report) == (0, 0, 2, 1)
    assert (await office.rows(students, Student), await office.rows(people, Person)) == before
    assert len(await office.rows(tasks, Task)) == 1


async def test_a_wrong_value_is_left_empty_and_becomes_a_task(office: Office) -> None:
    await office.bring(a_child("张三", 3, 身份证件号="990000201501010030"))

    child = (await office.rows(students, Student))[0]
    task = (await office.rows(tasks, Task))[0]
    clerk = next(one for one in await office.rows(people, Person) if one.name == "周静")

    assert (child.name, child.id_number) == ("张三", None)
    assert (task.kind, task.subject, task.owner_id) == (
        "data_repair",
        f"child:{child.id}",
        clerk.id,
    )
    assert task.next_at == task.due_at


async def test_the_corrected_row_fills_the_child_and_ends_the_task(office: Office) -> None:
    await office.bring(a_child("张三", 3, 身份证件号="990000201501010030"))

    report = await office.bring(a_child("张三", 3))

    child = (await office.rows(students, Student))[0]
    assert counts(report) == (0, 1, 0, 0)
    assert child.id_number == an_id(3)
    assert (await office.rows(tasks, Task))[0].state is TaskState.VOID


async def test_a_number_with_two_wrong_digits_makes_no_second_child(office: Office) -> None:
    await office.bring(a_child("张三", 120))
    near = next(
        one for one in range(121, 130) if sum(map(str.__ne__, an_id(120), an_id(one))) <= 2
    )

    first = await office.bring(a_child("张三", near))
    again = await office.bring(a_child("张三", near))

    assert len(await office.rows(students, Student)) == 1
    assert (await office.rows(reviews, Review))[0].reason == "near"
    assert len(await office.rows(reviews, Review)) == 1
    assert counts(first) == counts(again) == (0, 0, 0, 1)


async def test_two_children_of_one_name_with_different_numbers_are_two(office: Office) -> None:
    report = await office.bring(a_child("张伟", 111), a_child("张伟", 999))

    assert counts(report) == (2, 0, 0, 0)


async def test_numbers_that_point_to_two_children_wait_for_a_person(office: Office) -> None:
    await office.bring(
        a_child("张一", 1, 全国学籍号=f"G{an_id(1)}"),
        a_child("张二", 2, 全国学籍号=f"G{an_id(2)}"),
    )

    report = await office.bring(a_child("张一", 1, 全国学籍号=f"G{an_id(2)}"))

    assert counts(report) == (0, 0, 0, 1)
    assert (await office.rows(reviews, Review))[0].reason == "two_children"


async def test_brothers_and_sisters_share_their_parents(office: Office) -> None:
    mother = {"成员1姓名": "赵梅", "成员1联系电话": "13900000077"}
    await office.bring(a_child("张一", 1, **mother), a_child("张二", 2, **mother))

    links = await office.rows(guardianships, Guardianship)

    assert len({link.person_id for link in links}) == 1
    assert len(links) == 2


async def test_a_grandparent_cares_where_both_parents_are_away(office: Office) -> None:
    grandmother = {"成员2姓名": "吴兰", "成员2关系": "祖父母或外祖父母", "成员2是否监护人": "否"}
    child = a_child("张一", 1, **grandmother) | {"是否留守儿童": "2-双亲留守"}
    await office.bring(child)

    father, carer = await office.rows(guardianships, Guardianship)

    assert (father.is_guardian, father.is_carer) == (True, False)
    assert (carer.is_guardian, carer.is_carer) == (False, True)


async def test_a_row_of_an_unknown_school_is_refused_alone(office: Office) -> None:
    report = await office.bring(a_child("张一", 1, 学校标识码="2199009999"), a_child("张二", 2))

    assert counts(report) == (1, 0, 0, 1)
    assert report.errors[0]["row"] == 2


async def test_a_pairing_line_is_replaced_and_the_name_alone_is_enough(office: Office) -> None:
    await office.bring(a_child("张一", 1))
    line = {"学校": SCHOOL, "年级": "3", "班级": "2", "学生姓名": "", "包保教师": "王芳"}
    line |= {"包保校领导": "李强", "包保股室": "教育股", "股室联系人": "陈勇"}

    first = await office.bring(line)
    second = await office.bring(line)
    unknown = await office.bring(line | {"包保校领导": "无此人"})

    found = await office.rows(pairings, Pairing)
    assert (counts(first), counts(second)) == ((1, 0, 0, 0), (0, 0, 1, 0))
    assert counts(unknown) == (0, 0, 1, 1)
    assert {one.level for one in found} == {
        PairingLevel.TEACHER,
        PairingLevel.LEADER,
        PairingLevel.SECTION,
    }
    assert all(one.from_on is None for one in found)


async def test_a_roster_says_who_sits_in_the_class(office: Office) -> None:
    await office.bring(a_child("张一", 1), a_child("张二", 2))
    seat = {"学校": SCHOOL, "年级": "3", "班级": "2", "姓名": "张一", "座号": "7", "性别": ""}

    await office.bring(seat)

    one, two = await office.rows(students, Student)
    assert (one.seat, one.on_roster, two.on_roster) == ("7", True, False)


async def test_a_seat_is_one_number_in_register_and_roster(office: Office) -> None:
    """06 in one and 6 in the other: neither changes what the other said."""
    child = a_child("张一", 1, 班内学号="06")
    seat = {"学校": SCHOOL, "年级": "3", "班级": "2", "姓名": "张一", "座号": "6"}
    await office.bring(child)

    again = [counts(await office.bring(row)) for row in (seat, child, seat)]

    assert again == [(0, 0, 1, 0)] * 3
    assert [one.seat for one in await office.rows(students, Student)] == ["6"]


async def test_a_whole_county_with_planted_faults_twice_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    sample = write_sample(tmp_path, 200, seed=2, today=date(2026, 8, 28), faults=60)
    office = Office(database, tmp_path)
    new, _, _, errors = counts(await office.take(*sample.files))
    assert min(new, errors) > 60

    again = [counts(await office.take(*files)) for files in (sample.files, sample.files[::-1])]

    assert [(one[0], one[1], one[3]) for one in again] == [(0, 0, errors)] * 2


async def test_a_new_class_teacher_follows_the_old_one(office: Office) -> None:
    await office.bring(STAFF[0] | {"姓名": "孙梅", "电话": "13800000009"})

    held = [one for one in await office.rows(posts, Post) if one.role is Role.CLASS_TEACHER]

    assert [one.to_on is None for one in held] == [False, True]


async def test_what_was_cut_off_in_the_middle_is_completed(office: Office, tmp_path: Path) -> None:
    rows = [a_child(f"张{n}", n) for n in range(100, 160)]
    await office.bring(*rows[:25])

    report = await office.take(write_csv(tmp_path / "all.csv", rows))

    assert counts(report) == (35, 0, 25, 0)


async def test_an_annotated_copy_stands_beside_the_file(office: Office, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "register.csv", [a_child("张一", 1, 身份证件号="123")])

    report = await office.take(path, dry=True)

    assert report.write_copies() == [tmp_path / "register.errors.xlsx"]
