"""The invented register export: rows in the national template's shape, as untidy as real ones."""

from __future__ import annotations

from datetime import date
from random import Random

from papers.cells import Cell
from papers.sample.children import Child
from papers.sample.county import Person
from papers.sample.words import words
from rules.identity import Sex

Record = dict[str, Cell]
"""Header → cell."""

_WIDE = {ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"}


def register_record(child: Child, year: int, random: Random) -> Record:
    """One row of the export for the school year that began in `year`."""
    values, family = words()["values"], child.family
    record: Record = dict(words()["fixed"])
    record["学校标识码*"] = child.school_class.school.code
    record["姓名*"] = _spaced(child.name, random)
    record["性别*"] = random.choice(values["male" if child.sex is Sex.MALE else "female"])
    record["出生日期*"] = _date_cell(child.born_on, random)
    record["身份证件类型*"] = (
        random.choice(values["card"]) if child.id_number else values["other_paper"]
    )
    record["身份证件号*"] = _number_cell(child.id_number, random)
    record["健康状况*"] = (
        values["disabled_health"] if child.disability else random.choice(values["healthy"])
    )
    record["全国学籍号"] = child.register_number
    record["班内学号"] = child.seat if random.random() < 0.5 else f"{child.seat:02d}"
    record["年级*"] = values["grades"][child.school_class.grade - 1]
    record["班级*"] = _class_cell(child, random)
    record["入学年月*"] = f"{year - child.entered_in}09"
    record["就读方式*"] = random.choice(values["boards" if child.boards else "day"])
    record["现住址*"] = record["家庭地址*"] = family.address
    record["联系电话*"] = _phone_cell(_caller(child).phone, random) if child.has_phone else ""
    record |= _circumstances(child, random)
    return record | _members(child, random)


def _circumstances(child: Child, random: Random) -> Record:
    values = words()["values"]
    left_behind = (
        values["left_behind_both"]
        if child.family.carer
        else random.choice(values["not_left_behind"])
    )
    inclusive = child.disability and child.school_class.school.kind != "special"
    return {
        "是否留守儿童*": left_behind,
        "是否进城务工人员随迁子女*": random.choice(
            values["yes" if random.random() < 0.02 else "no"]
        ),
        "是否孤儿*": random.choice(values["yes" if random.random() < 0.003 else "no"]),
        "随班就读": random.choice(values["yes" if inclusive else "no"]),
        "残疾类型*": child.disability or random.choice(values["no_disability"]),
    }


def _caller(child: Child) -> Person:
    return child.family.carer or child.family.mother


def _members(child: Child, random: Random) -> Record:
    """Who is at home: the parents, or a grandparent and the father who is away."""
    family, values = child.family, words()["values"]
    first = family.carer or family.mother
    relation = "grandparent" if family.carer else "mother"
    note = values["grandmother"] if family.carer else ""
    record: Record = {
        "成员1姓名*": first.name,
        "成员1关系*": random.choice(values[relation]),
        "成员1关系说明": note,
        "成员1现住址": family.address,
        "成员1联系电话*": _phone_cell(first.phone, random) if child.has_phone else "",
        "成员1是否监护人*": random.choice(values["yes"]),
        "成员2姓名": family.father.name,
        "成员2关系": random.choice(values["father"]),
        "成员2联系电话": _phone_cell(family.father.phone, random) if child.has_phone else "",
        "成员2是否监护人": random.choice(values["yes"]),
    }
    return record


def _spaced(name: str, random: Random) -> str:
    """Two-character names are often set wide."""
    if len(name) == 2 and random.random() < 0.3:
        return name[0] + random.choice(("\u3000", " ")) + name[1]
    return name


def _date_cell(day: date, random: Random) -> Cell:
    """A date in one of the forms that registers have."""
    forms = (
        f"{day:%Y%m%d}",
        f"{day:%Y%m%d}",
        f"{day:%Y%m%d}",
        int(f"{day:%Y%m%d}"),
        f"{day:%Y-%m-%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        day,
    )
    return random.choice(forms)


def _number_cell(number: str, random: Random) -> str:
    """An identity number, now and then in full width, with a small x or with gaps."""
    chance = random.random()
    if chance < 0.02:
        return number.translate(_WIDE)
    if chance < 0.03:
        return f"{number[:6]} {number[6:14]} {number[14:]}".strip()
    return number.lower() if chance < 0.5 else number


def _phone_cell(phone: str, random: Random) -> Cell:
    """A phone as text, as a number, with gaps or in full width."""
    gapped = f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    dashed = f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
    forms = (phone, phone, phone, int(phone), gapped, dashed, phone.translate(_WIDE))
    return random.choice(forms)


def _class_cell(child: Child, random: Random) -> Cell:
    grade, number = child.school_class.grade, child.school_class.number
    form = random.choice(words()["values"]["class_forms"])
    return str(form.format(grade=words()["values"]["grade_digits"][grade - 1], number=number))
