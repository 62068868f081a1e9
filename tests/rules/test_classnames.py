from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.classnames import ClassFlaw, ClassName, read_class, read_grade

DIGITS = "零一二三四五六七八九"


@pytest.mark.parametrize(
    "text",
    [
        "三年级2班",
        "三(2)班",
        "三（２）班",
        "3年级2班",
        "0302",
        "302",
        "三年级二班",
        "3-2",
        "三2班",
        "三二班",
        "三 (2) 班",
    ],
)
def test_one_class_is_written_in_many_ways(text: str) -> None:
    assert read_class(text) == ClassName(3, 2)
    assert read_class(text, 3) == ClassName(3, 2)


@pytest.mark.parametrize("text", ["七年级(3)班", "初一3班", "初中一年级3班", "7年级3班", "0703"])
def test_the_first_junior_year_is_grade_seven(text: str) -> None:
    assert read_class(text) == ClassName(7, 3)


@pytest.mark.parametrize("text", ["2", "02", "2班", "(2)班", "（2）", "二班"])
def test_a_grade_column_makes_a_number_enough(text: str) -> None:
    assert read_class(text, 1) == ClassName(1, 2)
    assert isinstance(read_class(text), ClassFlaw)


@pytest.mark.parametrize(
    "text", ["", "一年级", "某班", "1203", "0班", "三年级(0)班", "高一2班", "二十班"]
)
def test_what_says_no_class_is_a_flaw(text: str) -> None:
    assert isinstance(read_class(text), ClassFlaw)


def test_a_text_that_says_another_grade_is_a_flaw() -> None:
    assert read_class("三(2)班", 4) is ClassFlaw.DISAGREE


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("三年级", 3),
        ("3", 3),
        ("03", 3),
        ("三", 3),
        ("小学三年级", 3),
        ("七年级", 7),
        ("初三", 9),
        ("初中二年级", 8),
    ],
)
def test_grades(text: str, grade: int) -> None:
    assert read_grade(text) == grade


@pytest.mark.parametrize("text", ["", "10", "0", "高一", "十年级", "三年级2班"])
def test_what_is_no_grade_is_a_flaw(text: str) -> None:
    assert read_grade(text) is ClassFlaw.GRADE


@given(st.integers(1, 9), st.integers(1, 99))
def test_the_display_form_is_read_back(grade: int, number: int) -> None:
    name = ClassName(grade, number)

    assert name.label == f"{DIGITS[grade]}({number})班"
    assert read_class(name.label) == name
    assert read_class(f"{grade:02d}{number:02d}") == name


@given(st.text(max_size=12))
def test_no_text_makes_a_reader_stumble(text: str) -> None:
    read_class(text)
    read_class(text, 3)
    read_grade(text)
