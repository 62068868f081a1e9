"""Registers, rosters and age-eligible lists of the small county, as its offices hand them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.importing.report import Report
from bot.importing.run import Import, run_import
from rules.book import Book
from rules.identity import check_digit
from rules.model.case import Task, TaskState
from storage.reconciling.running import Outcome, reconcile
from storage.tables.cases import tasks
from tests.support.county import CHILDREN
from tests.support.importing import write_csv
from tests.support.world import World

SCHOOL = "青石中心小学"


def an_id(serial: int) -> str:
    """A number that agrees with the birth date of the county's children."""
    first = f"99000020170504{serial:03d}"
    return first + check_digit(first)


NUMBERS = {name: an_id(place + 1) for place, name in enumerate(CHILDREN)}
Rows = Sequence[Mapping[str, str]]


def registered(name: str, school: str = SCHOOL, **other: str) -> dict[str, str]:
    row = {"学校标识码": "", "学校名称": school, "姓名": name, "身份证件类型": "1-居民身份证"}
    number = NUMBERS.get(name) or an_id(99)
    place = {"年级": "三年级", "班级": "2班", "成员1姓名": "", "成员1关系": ""}
    return row | {"身份证件号": number, "全国学籍号": f"G{number}"} | place | other


def seated(name: str, school: str = SCHOOL, **other: str) -> dict[str, str]:
    number = NUMBERS.get(name) or an_id(99)
    row = {"学校": school, "年级": "三年级", "班级": "2班", "姓名": name, "身份证号": number}
    return row | {"座号": "", "备注": ""} | other


REGISTER = [registered(name) for name in CHILDREN]
ROSTER = [seated(name) for name in CHILDREN]


async def hand_in(world: World, folder: Path, register: Rows, roster: Rows) -> Outcome:
    """The administrator imports what the schools have sent, and compares."""
    await brings(world, folder, register=register, roster=roster)
    return await compare(world)


async def open_kinds(world: World) -> list[str]:
    """The kinds of all open tasks."""
    every = await world.all_of(tasks, Task)
    return sorted(one.kind for one in every if one.state is TaskState.OPEN)


async def brings(world: World, folder: Path, **tables: Rows) -> Report:
    """The administrator imports tables."""
    means, now = world.stage.means, world.stage.clock.now()
    what = Import(world.stage.database, means.policy, means.calendars, now, "zh", "县教体局")
    paths = [
        write_csv(folder / f"{name}{now:%m%d%H%M}.csv", rows)
        for name, rows in tables.items()
        if rows
    ]
    return await run_import(what, paths, is_real=True)


async def compare(world: World, *, is_real: bool = True) -> Outcome:
    means = world.stage.means
    async with world.stage.database.read() as read:
        calendar = await means.calendars.current(read)
    book = Book(means.policy, calendar)
    now = world.stage.clock.now()
    outcome = await reconcile(world.stage.database, book, now, is_real=is_real)
    await world.settle()
    return outcome


def listed(name: str, number: str | None = None, **other: str) -> dict[str, str]:
    """A row of the age-eligible list."""
    row = {"乡镇": "青石乡", "村/居委会": "柳湾村", "姓名": name}
    row |= {"身份证号": number or NUMBERS[name], "监护人": f"{name}家长"}
    return row | {"联系电话": "", "住址": "柳湾村七组", "来源": "乡镇"} | other


LISTED = [listed(name) for name in CHILDREN]
