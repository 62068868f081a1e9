"""Tables as people send them, for tests of imports."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select

from bot.importing.report import Report
from bot.importing.run import Import, run_import
from rules.identity import check_digit
from rules.policy import Policy
from storage.calendars import Calendars
from storage.database import Database

NOW = datetime(2026, 8, 28, 1, 0, tzinfo=UTC)
SCHOOL = "示例县第一小学"
UNITS = [
    {"学校标识码": "2199000001", "学校名称": SCHOOL, "类别": "局属小学", "乡镇": "城关镇"},
    {"学校标识码": "2199000002", "学校名称": "南坪小学", "类别": "局属小学", "乡镇": "南坪镇"},
]
STAFF = [
    {
        "姓名": "王芳",
        "单位": SCHOOL,
        "角色": "班主任",
        "电话": "13800000001",
        "年级": "3",
        "班级": "2",
    },
    {"姓名": "李强", "单位": SCHOOL, "角色": "校领导", "电话": "13800000002"},
    {"姓名": "周静", "单位": SCHOOL, "角色": "学籍管理员", "电话": "13800000003"},
    {"姓名": "陈勇", "单位": "教育股", "角色": "股室联系人", "电话": "13800000004"},
]


def an_id(number: int) -> str:
    """A valid identity number of nobody: region 990000 does not exist."""
    first = f"99000020150101{number:03d}"
    return first + check_digit(first)


def a_child(name: str, number: int, **other: str) -> dict[str, str]:
    """A row of a register."""
    row = {
        "学校标识码": "2199000001",
        "姓名": name,
        "身份证件类型": "1-居民身份证",
        "身份证件号": an_id(number),
        "年级": "三年级",
        "班级": "2班",
        "是否留守儿童": "0-非留守",
        "成员1姓名": f"{name}父",
        "成员1关系": "父亲",
        "成员1联系电话": f"139{number:08d}",
        "成员1是否监护人": "是",
        "成员2姓名": "",
        "成员2关系": "",
        "成员2联系电话": "",
        "成员2是否监护人": "",
    }
    return row | other


def write_csv(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """A table as a file."""
    headers = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, headers, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


class Office:
    """Somebody who brings tables in."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self._folder = folder
        self._files = 0

    async def bring(self, *rows: Mapping[str, str], dry: bool = False) -> Report:
        """Import one table."""
        self._files += 1
        path = write_csv(self._folder / f"table{self._files}.csv", rows)
        return await self.take(path, dry=dry)

    async def take(self, *paths: Path, dry: bool = False) -> Report:
        """Import files."""
        calendars = Calendars(ZoneInfo("Asia/Shanghai"))
        means = Import(self.database, Policy(), calendars, NOW, "en", "县教体局")
        return await run_import(means, paths, is_real=not dry)

    async def rows(self, table: Table, record: type[Any]) -> list[Any]:
        """Everything in a table, in order."""
        async with self.database.read() as read:
            return await read.all(select(table).order_by(table.c.id), record)


def counts(report: Report) -> tuple[int, int, int, int]:
    """new, changed, unchanged, errors."""
    plain = report.plain()
    return plain["new"], plain["changed"], plain["unchanged"], len(plain["errors"])
