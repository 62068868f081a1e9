"""The age-eligible list comes in: nobody hidden by a typo, nobody twice, the same file nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.model.case import Task, TaskState
from rules.model.eligible import Eligible, Village
from rules.model.people import Person, Post, Role
from storage.database import Database
from storage.tables.cases import tasks
from storage.tables.eligible import eligible, villages
from storage.tables.people import people, posts
from tests.support.importing import STAFF, UNITS, Office, an_id, counts


def listed(name: str, number: int, **other: str) -> dict[str, str]:
    """A row of the list."""
    row = {
        "乡镇": "城关镇",
        "村/居委会": "柳湾村",
        "姓名": name,
        "身份证号": an_id(number),
        "监护人": f"{name}父",
        "联系电话": f"139{number:08d}",
        "住址": f"柳湾村 {number} 号",
        "来源": "乡镇",
        "备注": "",
    }
    return row | other


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    found = Office(database, tmp_path)
    await found.bring(*UNITS)
    await found.bring(*STAFF)
    return found


async def lines(office: Office) -> list[Eligible]:
    return await office.rows(eligible, Eligible)


async def repairs(office: Office) -> list[Task]:
    every = await office.rows(tasks, Task)
    return [one for one in every if one.kind == "data_repair" and one.state is TaskState.OPEN]


async def test_a_dry_run_says_what_would_be_and_the_same_file_changes_nothing(
    office: Office,
) -> None:
    rows = (listed("李一", 1), listed("王二", 2, **{"村/居委会": "石桥村"}))
    assert counts(await office.bring(*rows, dry=True)) == (2, 0, 0, 0)
    assert await lines(office) == []
    assert counts(await office.bring(*rows)) == (2, 0, 0, 0)
    first = await lines(office)
    assert counts(await office.bring(*rows)) == (0, 0, 2, 0)
    assert await lines(office) == first
    assert [one.name for one in await office.rows(villages, Village)] == ["柳湾村", "石桥村"]
    assert (first[0].id_number, first[0].guardian, first[0].source) == (
        an_id(1),
        "李一父",
        "township",
    )


async def test_numbers_phones_and_addresses_are_sealed(office: Office) -> None:
    await office.bring(listed("李一", 1))
    async with office.database.read() as read:
        (row,) = (await read.execute(eligible.select())).rows
    stored = " ".join(str(one) for one in row)
    assert an_id(1) not in stored
    assert "13900000001" not in stored
    assert "李一父" not in stored
    assert "号" not in stored


async def test_a_wrong_number_hides_no_child_and_becomes_a_task(office: Office) -> None:
    wrong = an_id(1)[:-1] + ("0" if an_id(1)[-1] != "0" else "1")
    found = await office.bring(listed("李一", 1, 身份证号=wrong, 出生日期="2015-01-01"))
    assert counts(found) == (1, 0, 0, 1)
    error = found.errors[0]
    assert (error["row"], error["column"]) == (2, "身份证号")
    (line,) = await lines(office)
    assert (line.id_hash, line.written) == (None, wrong)
    (task,) = await repairs(office)
    (clerk,) = [one for one in await office.rows(posts, Post) if one.role is Role.REGISTER_CLERK]
    assert (task.subject, task.owner_id) == (f"eligible:{line.id}", clerk.person_id)

    mended = await office.bring(listed("李一", 1, 出生日期="2015-01-01"))
    assert counts(mended) == (0, 1, 0, 0)
    (line,) = await lines(office)
    assert (line.id_number, line.written) == (an_id(1), None)
    assert await repairs(office) == []


async def test_two_offices_name_the_same_child(office: Office) -> None:
    await office.bring(listed("李一", 1))
    found = await office.bring(listed("李一", 1, 来源="公安、残联", 备注="肢体"))
    assert counts(found) == (0, 1, 0, 0)
    (line,) = await lines(office)
    assert (line.source, line.note) == ("disabled,police,township", "肢体")


async def test_a_number_that_belongs_to_another_name_makes_nobody_vanish(office: Office) -> None:
    await office.bring(listed("李一", 1))
    found = await office.bring(listed("赵三", 1, 监护人="赵父"))
    assert (counts(found)[0], counts(found)[3]) == (1, 1)
    first, second = await lines(office)
    assert (first.name, first.id_number, first.guardian) == ("李一", an_id(1), "李一父")
    assert (second.name, second.id_hash, second.written) == ("赵三", None, an_id(1))
    assert counts(await office.bring(listed("赵三", 1, 监护人="赵父")))[:3] == (0, 0, 1)


async def test_a_row_without_a_number_finds_itself_again(office: Office) -> None:
    bare = listed("李一", 1, 身份证号="", 出生日期="2017-05-04", 性别="男")
    assert counts(await office.bring(bare, bare, dry=True))[:3] == (1, 0, 1)
    assert counts(await office.bring(bare)) == (1, 0, 0, 0)
    assert counts(await office.bring(bare)) == (0, 0, 1, 0)
    assert counts(await office.bring(listed("李一", 1, 身份证号="", 出生日期=""))) == (1, 0, 0, 0)
    assert counts(await office.bring(listed("李一", 1, 身份证号="", 出生日期=""))) == (0, 0, 1, 0)


async def test_without_a_village_or_with_an_unknown_township_a_child_is_still_listed(
    office: Office,
) -> None:
    found = await office.bring(
        listed("李一", 1, **{"村/居委会": ""}), listed("王二", 2, 乡镇="无名镇")
    )
    assert counts(found) == (2, 0, 0, 2)
    assert {one["column"] for one in found.errors} == {"村/居委会", "township"}
    assert len(await lines(office)) == 2
    nobody = await office.bring(listed("", 3))
    assert counts(nobody) == (0, 0, 0, 1)


async def test_nobody_goes_because_a_newer_list_leaves_a_name_out(office: Office) -> None:
    await office.bring(listed("李一", 1), listed("王二", 2))
    assert counts(await office.bring(listed("王二", 2))) == (0, 0, 1, 0)
    assert len(await lines(office)) == 2


async def test_the_area_is_the_school_of_the_township(office: Office) -> None:
    """The sample county's only school in 城关镇 answers for its villages."""
    await office.bring(listed("李一", 1, 联系电话="12"))
    (task,) = await repairs(office)
    names = {one.id: one.name for one in await office.rows(people, Person)}
    assert names[task.owner_id] == "周静"
