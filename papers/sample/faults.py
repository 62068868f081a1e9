"""Faults planted in the invented register, at places that are written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from papers.problems import CellFlaw, RowFlaw
from papers.sample.register import Record
from papers.sample.words import words
from rules.classnames import ClassFlaw
from rules.identity import Flaw, IdFlaw, NumberFlaw, check_digit, fold

_ID, _REGISTER, _BORN = "身份证件号*", "全国学籍号", "出生日期*"


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault: `row` as in the file, `column` the header, `kind` the problem's code."""

    file: str
    sheet: str
    row: int
    column: str
    kind: str


Plant = Callable[[Record, Record], None]
"""Spoils the first record; the second is an earlier, whole one of the same sheet."""


def _put(column: str, value: object) -> Plant:
    def plant(record: Record, earlier: Record) -> None:
        record[column] = value  # type: ignore[assignment]

    return plant


def _wrong(column: str, key: str) -> Plant:
    def plant(record: Record, earlier: Record) -> None:
        record[column] = words()["wrong"][key]

    return plant


def _spoil_id(change: Callable[[str], str], column: str = _ID) -> Plant:
    def plant(record: Record, earlier: Record) -> None:
        record[column] = change(_plain(record, column))

    return plant


def _plain(record: Record, column: str) -> str:
    return fold(str(record[column])).replace(" ", "").upper()


def _next_check(number: str) -> str:
    """The number with a check digit that does not hold."""
    return number[:-1] + ("2" if number[-1] == "1" else "1")


def _born_never(number: str) -> str:
    first = number[:10] + "1345" + number[14:17]
    return first + check_digit(first)


def _birth_off(record: Record, earlier: Record) -> None:
    number = _plain(record, _ID)
    record[_BORN] = number[6:12] + ("01" if number[12:14] != "01" else "02")


def _sex_off(record: Record, earlier: Record) -> None:
    values = words()["values"]
    male = int(_plain(record, _ID)[16]) % 2
    record["性别*"] = values["female" if male else "male"][0]


def _same(column: str, *, and_name: bool) -> Plant:
    """The earlier child's number once more, for the same name or for another."""

    def plant(record: Record, earlier: Record) -> None:
        record[column] = earlier[column]
        if and_name:
            record["姓名*"] = earlier["姓名*"]
        if column == _ID:
            record["性别*"] = record[_BORN] = ""

    return plant


FAULTS: tuple[tuple[str, Flaw, Plant], ...] = (
    (_ID, IdFlaw.CHECK_DIGIT, _spoil_id(_next_check)),
    (_ID, IdFlaw.LENGTH, _spoil_id(lambda number: number[:17])),
    (_ID, IdFlaw.CHARACTERS, _spoil_id(lambda number: number[:5] + "O" + number[6:])),
    (_ID, IdFlaw.BIRTH_DATE, _spoil_id(_born_never)),
    (_ID, CellFlaw.DIGITS_LOST, _put(_ID, 9.90000201501010e17)),
    (_ID, CellFlaw.DIGITS_LOST, _put(_ID, "9.9E+17")),
    (_ID, CellFlaw.MISSING, _put(_ID, "")),
    (_ID, RowFlaw.ID_REPEATED, _same(_ID, and_name=True)),
    (_ID, RowFlaw.ID_TWO_NAMES, _same(_ID, and_name=False)),
    (_BORN, RowFlaw.BIRTH_DISAGREES, _birth_off),
    (_BORN, CellFlaw.DATE, _wrong(_BORN, "date")),
    ("性别*", RowFlaw.SEX_DISAGREES, _sex_off),
    ("性别*", CellFlaw.UNKNOWN_VALUE, _wrong("性别*", "value")),
    (_REGISTER, NumberFlaw.REGISTER_SHAPE, _wrong(_REGISTER, "register")),
    (_REGISTER, NumberFlaw.REGISTER_CHECK_DIGIT, _spoil_id(_next_check, _REGISTER)),
    (_REGISTER, RowFlaw.REGISTER_REPEATED, _same(_REGISTER, and_name=True)),
    (_REGISTER, RowFlaw.REGISTER_TWO_NAMES, _same(_REGISTER, and_name=False)),
    ("姓名*", CellFlaw.MISSING, _put("姓名*", "")),
    ("学校标识码*", CellFlaw.MISSING, _put("学校标识码*", "")),
    ("学校标识码*", NumberFlaw.SCHOOL_CODE_SHAPE, _wrong("学校标识码*", "school_code")),
    ("年级*", ClassFlaw.GRADE, _wrong("年级*", "class")),
    ("班级*", ClassFlaw.NUMBER, _wrong("班级*", "class")),
    ("班级*", CellFlaw.MISSING, _put("班级*", "")),
    ("入学年月*", CellFlaw.MONTH, _wrong("入学年月*", "month")),
    ("就读方式*", CellFlaw.UNKNOWN_VALUE, _wrong("就读方式*", "value")),
    ("健康状况*", CellFlaw.UNKNOWN_VALUE, _wrong("健康状况*", "value")),
    ("残疾类型*", CellFlaw.UNKNOWN_VALUE, _wrong("残疾类型*", "value")),
    ("是否留守儿童*", CellFlaw.UNKNOWN_VALUE, _wrong("是否留守儿童*", "value")),
    ("成员1关系*", CellFlaw.UNKNOWN_VALUE, _wrong("成员1关系*", "value")),
    ("成员1联系电话*", NumberFlaw.PHONE_SHAPE, _wrong("成员1联系电话*", "phone")),
)


def plan_faults(candidates: list[int], count: int, random: Random) -> dict[int, int]:
    """Place in the sheet → number in FAULTS, `count` of them, kinds in turn, never two in a row.

    `candidates`: places of children with a document; the first is kept whole for the repeats.
    """
    places = random.sample(candidates[1:], min(count, len(candidates) - 1))
    return {place: turn % len(FAULTS) for turn, place in enumerate(places)}
