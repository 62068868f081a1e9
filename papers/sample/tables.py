"""The invented county's tables, sheet by sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from papers.cells import Cell
from papers.sample.children import Child
from papers.sample.county import County, SchoolClass
from papers.sample.words import words
from rules.identity import Sex

MONDAY, FRIDAY = 0, 4


def terms_of(today: date) -> tuple[tuple[str, date, date], tuple[str, date, date]]:
    """Name, first and last day of the two terms of the school year that `today` is in.

    A school year begins in August; 2026: 2026-09-01 to 2027-01-22 and 2027-02-22 to 2027-07-02.
    """
    year = today.year if today.month >= 8 else today.year - 1
    names = words()["values"]
    winter = _weekday_of(date(year + 1, 1, 20), FRIDAY)
    spring = _weekday_of(date(year + 1, 2, 21), MONDAY) + timedelta(days=7)
    summer = _weekday_of(date(year + 1, 7, 1), FRIDAY)
    return (
        (names["autumn"].format(year=year), date(year, 9, 1), winter),
        (names["spring"].format(year=year + 1), _weekday_of(spring, MONDAY), summer),
    )


def unit_lines(county: County) -> Iterator[list[Cell]]:
    """units.xlsx."""
    kinds = words()["kinds"]
    for school in county.schools:
        yield [school.code, school.name, kinds[school.kind], school.parent, school.township]


def staff_lines(county: County) -> Iterator[list[Cell]]:
    """staff.xlsx."""
    values, roles = words()["values"], words()["roles"]
    for post in county.posts:
        grade = values["grades"][post.grade - 1] if post.grade else ""
        number = values["class_cell"].format(number=post.number) if post.grade else ""
        named = values["joined"].join(roles[role] for role in post.roles)
        yield [post.person.name, post.unit, named, post.person.phone, grade, number]


def term_lines(today: date) -> Iterator[list[Cell]]:
    """terms.xlsx."""
    for name, start, end in terms_of(today):
        yield [name, start, end, ""]


def day_lines(county: County, today: date) -> Iterator[list[Cell]]:
    """days.xlsx: a county closure, one school's closure, and the Saturday that makes up for it."""
    values = words()["values"]
    (_, start, _), _ = terms_of(today)
    snow = _weekday_of(start.replace(month=12, day=9), 2)
    yield [snow, values["closed"], values["snow"], ""]
    yield [snow + timedelta(days=3), values["open"], values["make_up"], ""]
    power = _weekday_of(start.replace(month=10, day=20), 3)
    yield [power, values["closed"], values["power"], county.schools[-1].name]


def pairing_lines(county: County, children: list[Child]) -> Iterator[tuple[list[Cell], str]]:
    """The pairing table and, where a level is left open on purpose, that level.

    Whole classes first; then the children of monitored households and the disabled, who have a
    teacher of their own. Every 97th class has no school leader, every 101st no section contact.
    """
    values = words()["values"]
    for place, school_class in enumerate(county.classes):
        gap = {96: "leader", 0: "section_contact"}.get(place % 97, "")
        yield _class_line(county, school_class, gap), gap
    for place, child in enumerate(children):
        category = values["disabled"] if child.disability else ""
        if child.family.is_monitored:
            category = values["monitored"][place % len(values["monitored"])]
        if category:
            yield _child_line(county, child, category), ""


def attendance_lines(county: County, children: list[Child], today: date) -> Iterator[list[Cell]]:
    """attendance.xlsx: the first classes on the second day of school; a few are not there."""
    values = words()["values"]
    day = terms_of(today)[0][1] + timedelta(days=1)
    first = county.classes[:3]
    marks = {4: "absent", 9: "sick", 15: "personal"}
    for place, child in enumerate(c for c in children if c.school_class in first):
        cells = _place_cells(child.school_class)
        mark = values[marks.get(place % 20, "present")]
        yield [day, *cells, child.name, child.register_number, mark]


def roster_lines(children: Sequence[Child], whole: Sequence[Child]) -> Iterator[list[Cell]]:
    """花名册: the children as they sit there.

    Whose row in the register is spoilt stands without a number: two lists that differ in one
    would be a fault that nobody planted.
    """
    known = {child.register_number for child in whole}
    for child in children:
        number = child.id_number if child.register_number in known else ""
        sex = words()["values"]["male" if child.sex is Sex.MALE else "female"][1]
        born_on = child.born_on if number else ""
        told = [child.name, sex if number else "", born_on, number, child.seat, ""]
        yield [*_place_cells(child.school_class), *told]


def _weekday_of(day: date, weekday: int) -> date:
    """That weekday of the week that `day` is in."""
    return day + timedelta(days=weekday - day.weekday())


def _place_cells(school_class: SchoolClass) -> list[Cell]:
    values = words()["values"]
    return [
        school_class.school.name,
        values["grades"][school_class.grade - 1],
        values["class_cell"].format(number=school_class.number),
    ]


def _class_line(county: County, school_class: SchoolClass, gap: str) -> list[Cell]:
    township = school_class.school.township
    section, contact, bureau_leader, official = county.chain[township]
    teacher, leader = school_class.teacher, school_class.leader
    return [
        *_place_cells(school_class),
        *("", ""),
        *(teacher.name, teacher.phone),
        *(("", "") if gap == "leader" else (leader.name, leader.phone)),
        *(township, section),
        *(("", "") if gap == "section_contact" else (contact.name, contact.phone)),
        *(bureau_leader.name, bureau_leader.phone),
        *(official.name, official.phone, ""),
    ]


def _child_line(county: County, child: Child, category: str) -> list[Cell]:
    """A child's own teacher (the one without a class); the other levels come from the class."""
    school_class = child.school_class
    teacher = next(
        post.person
        for post in county.posts
        if post.unit == school_class.school.name and post.roles == ("teacher",)
    )
    number = child.id_number or child.register_number
    who = [*_place_cells(school_class), child.name, number, teacher.name, teacher.phone]
    return [*who, *[""] * 10, category]
