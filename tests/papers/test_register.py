from __future__ import annotations

from datetime import date

import pytest

from papers.cells import Cell
from papers.problems import sentence
from papers.tables.register import Member
from rules.classnames import ClassName
from rules.identity import Sex, check_digit
from tests.papers.build import ID, entries_of, problems_of, register_rows, rows_of
from tests.papers.conftest import AWorkbook

UNKNOWN_REGION = "98000020150101001" + check_digit("98000020150101001")


def test_a_tidy_child_is_read_whole(a_workbook: AWorkbook) -> None:
    child: dict[str, Cell] = {
        "入学年月": "201509",
        "就读方式": "2-住校",
        "健康状况": "10",
        "残疾人类型": "无",
        "是否留守儿童": "2",
        "是否孤儿": "0",
        "联系电话": 13800000000,
        "成员1姓名": "李 四",
        "成员1关系": "60-祖父母或外祖父母",
        "成员1联系电话": "138-0000-0001",
        "成员1是否监护人": "是",
    }
    path = a_workbook(学籍=register_rows(child))

    (entry,) = entries_of(path)

    assert problems_of(path) == []
    assert (entry.school, entry.class_name) == ("2199000001", ClassName(3, 2))
    assert (entry.born_on, entry.sex) == (date(2015, 1, 1), Sex.MALE)
    assert (entry.id_number, entry.register_number) == (ID, "G" + ID)
    assert (entry.boarding, entry.health, entry.disability) == ("boards", "good", "none")
    assert (entry.left_behind, entry.orphan, entry.migrant) == ("both_parents", False, None)
    assert (entry.enrolled_in, entry.phone) == (date(2015, 9, 1), "13800000000")
    assert entry.members == (Member("李四", "grandparent", None, "13800000001", True, None),)


@pytest.mark.parametrize(
    "cell",
    ["20150101", 20150101, "2015-1-1", "2015/1/1", "2015.1.1", "2015年1月1日",
     "２０１５年１月１日", date(2015, 1, 1), 42005, "2015-01-01 00:00:00", ""],
)  # fmt: skip
def test_a_birth_date_comes_in_many_forms(a_workbook: AWorkbook, cell: Cell) -> None:
    path = a_workbook(学籍=register_rows({"出生日期": cell}))

    assert problems_of(path) == []
    assert entries_of(path)[0].born_on == date(2015, 1, 1)


@pytest.mark.parametrize("cell", ["１-男", "1", 1, "男", "1 - 男", "1—男"])
def test_a_value_comes_as_code_as_label_or_as_both(a_workbook: AWorkbook, cell: Cell) -> None:
    path = a_workbook(学籍=register_rows({"性别": cell}))

    assert (problems_of(path), entries_of(path)[0].sex) == ([], Sex.MALE)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("身份证件号", "990000201501010014", "id_check_digit"),
        ("身份证件号", 990000201501010013, "digits_lost"),
        ("身份证件号", "9.9E+17", "digits_lost"),
        ("身份证件号", "", "missing"),
        ("全国学籍号", "G123", "register_shape"),
        ("出生日期", "2015-13-01", "date_unknown"),
        ("出生日期", "20150102", "birth_disagrees"),
        ("性别", "女", "sex_disagrees"),
        ("性别", "不详", "unknown_value"),
        ("联系电话", "1380000", "phone_shape"),
        ("入学年月", "去年", "month_unknown"),
    ],
)
def test_a_wrong_value_is_reported_and_hides_no_child(
    a_workbook: AWorkbook, column: str, cell: Cell, code: str
) -> None:
    path = a_workbook(学籍=register_rows({column: cell}))

    assert problems_of(path) == [(2, column, code)]
    assert entries_of(path)[0].name == "张三"


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("姓名", "", "missing"),
        ("学校标识码", "", "missing"),
        ("班级", "", "missing"),
        ("班级", "四(2)班", "class_disagrees"),
        ("年级", "高一", "grade_unknown"),
    ],
)
def test_without_name_school_or_class_a_row_is_unusable(
    a_workbook: AWorkbook, column: str, cell: Cell, code: str
) -> None:
    path = a_workbook(学籍=register_rows({column: cell}))

    assert problems_of(path) == [(2, column, code)]
    assert rows_of(path)[0].value is None


def test_an_unknown_region_is_a_warning_and_the_number_is_kept(a_workbook: AWorkbook) -> None:
    path = a_workbook(学籍=register_rows({"身份证件号": UNKNOWN_REGION}))

    (row,) = rows_of(path)

    assert [(p.what, p.is_warning) for p in row.problems] == [("id_region", True)]
    assert entries_of(path)[0].id_number == UNKNOWN_REGION


def test_of_several_phones_the_first_is_taken_with_a_warning(a_workbook: AWorkbook) -> None:
    path = a_workbook(学籍=register_rows({"联系电话": "13800000000/13900000000"}))

    assert problems_of(path) == [(2, "联系电话", "phone_several")]
    assert entries_of(path)[0].phone == "13800000000"


def test_a_child_with_other_papers_needs_no_number(a_workbook: AWorkbook) -> None:
    papers: dict[str, Cell] = {"身份证件类型": "Z-其他", "身份证件号": ""}
    path = a_workbook(学籍=register_rows(papers))

    assert problems_of(path) == []


def test_numbers_that_stand_twice_are_found_across_sheets(a_workbook: AWorkbook) -> None:
    other: dict[str, Cell] = {"姓名": "李四"}
    path = a_workbook(小学=register_rows({}), 初中=register_rows({}, other))

    assert problems_of(path) == [
        (2, "身份证件号", "id_repeated"),
        (2, "全国学籍号", "register_repeated"),
        (3, "身份证件号", "id_two_names"),
        (3, "全国学籍号", "register_two_names"),
    ]
    assert entries_of(path)[2].id_number is None


def test_bare_headers_to_the_right_of_a_member_belong_to_that_member(
    a_workbook: AWorkbook,
) -> None:
    header = ["学校标识码", "姓名*", "学籍号", "班级", "联系电话", "成员1姓名", "关系", "联系电话",
              "成员2姓名", "关系", "联系电话"]  # fmt: skip
    row = ["2199000001", "张三", "", "三(2)班", "13800000000", "甲", "父亲", "13800000001",
           "乙", "母亲", "13800000002"]  # fmt: skip
    path = a_workbook(Sheet1=[header, row])

    (entry,) = entries_of(path)

    assert entry.phone == "13800000000"
    assert [(m.relation, m.phone) for m in entry.members] == [
        ("father", "13800000001"),
        ("mother", "13800000002"),
    ]


def test_a_sentence_names_no_number_of_a_child(a_workbook: AWorkbook) -> None:
    path = a_workbook(学籍=register_rows({}, {"身份证件号": ID[:17] + "4"}, {"性别": "不详" + ID}))

    for row in rows_of(path):
        for problem in row.problems:
            for language in ("zh", "en"):
                assert ID[:10] not in sentence(problem, language)


def test_a_value_that_stands_again_and_again_is_judged_every_time(a_workbook: AWorkbook) -> None:
    wrong: dict[str, Cell] = {
        "性别": "不详",
        "入学年月": "去年",
        "身份证件号": "",
        "全国学籍号": "",
    }
    right: dict[str, Cell] = {**wrong, "性别": "1-男", "入学年月": 201509}
    path = a_workbook(学籍=register_rows(wrong, right, wrong, right, {**wrong, "班级": ""}))

    again = [(row, code) for row, _, code in problems_of(path) if code != "missing"]
    first, second, third, fourth = entries_of(path)

    assert again == [
        (row, code) for row in (2, 4, 6) for code in ("unknown_value", "month_unknown")
    ]
    assert (first.sex, third.sex) == (None, None)
    assert second.sex == fourth.sex == Sex.MALE
    assert second.enrolled_in == fourth.enrolled_in == date(2015, 9, 1)
