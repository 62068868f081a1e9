"""Rows as registers have them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from papers.cells import Cell
from papers.reading import Row, Table, read_tables
from papers.tables.register import RegisterEntry

Cells = Sequence[Cell]

ID = "990000201501010013"
REGISTER: dict[str, Cell] = {
    "学校标识码": "2199000001",
    "姓名": "张三",
    "性别": "1-男",
    "出生日期": "20150101",
    "身份证件类型": "1-居民身份证",
    "身份证件号": ID,
    "全国学籍号": "G" + ID,
    "年级": "三年级",
    "班级": "2班",
}


def register_rows(*children: dict[str, Cell]) -> list[list[Cell]]:
    """A header and a row per child; a child is what differs from REGISTER."""
    headers = list(REGISTER | {key: "" for child in children for key in child})
    filled = [REGISTER | child for child in children]
    return [list(headers), *([child.get(header, "") for header in headers] for child in filled)]


def rows_of(path: Path) -> list[Row]:
    """All rows of all tables of a file."""
    return [row for table in read_tables(path) if isinstance(table, Table) for row in table.rows]


def entries_of(path: Path) -> list[RegisterEntry]:
    """All children of a register that can be used."""
    return [row.value for row in rows_of(path) if isinstance(row.value, RegisterEntry)]


def problems_of(path: Path) -> list[tuple[int, str, str]]:
    """Row, header and code of everything that is wrong."""
    return [(row.number, p.column, str(p.what)) for row in rows_of(path) for p in row.problems]
