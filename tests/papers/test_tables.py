from __future__ import annotations

from datetime import date

from papers.headers import Kind
from papers.reading import Table, UnknownSheet, read_tables
from papers.tables.attendance import AttendanceEntry
from papers.tables.county import DayEntry, StaffEntry, TermEntry, UnitEntry
from papers.tables.pairing import Named, PairingEntry, find_gaps
from papers.tables.roster import RosterEntry
from rules.classnames import ClassName
from tests.papers.build import ID, problems_of, rows_of
from tests.papers.conftest import AWorkbook

PAIRING = ["学校", "年级", "班级", "学生姓名", "身份证号/学籍号", "包保教师", "电话", "包保校领导",
           "电话", "乡镇", "包保股室", "股室联系人", "电话", "包保局领导", "电话", "乡镇联系人",
           "电话", "类别"]  # fmt: skip


def test_one_workbook_may_hold_several_tables_and_a_foreign_sheet(a_workbook: AWorkbook) -> None:
    path = a_workbook(
        甲=[["学校标识码", "学校名称", "类别", "上级中心校", "乡镇"]],
        乙=[["姓名", "单位", "角色", "电话"]],
        丙=[["学期", "开始", "结束"]],
        丁=[["日期", "安排", "说明"]],
        戊=[["日期", "学校", "年级", "班级", "姓名", "出勤"]],
        己=[["学校", "年级", "班级", "姓名", "身份证号", "座号"]],
        庚=[PAIRING],
        辛=[["通知", "请各校按时上报"]],
        空=[],
    )

    kinds = [t.kind if isinstance(t, Table) else t.sheet for t in read_tables(path)]

    assert kinds == ["units", "staff", "terms", "days", "attendance", "roster", "pairing", "辛"]


def test_units_staff_terms_days_and_attendance(a_workbook: AWorkbook) -> None:
    path = a_workbook(
        甲=[["学校名称", "类别", "乡镇"], ["东岭小学", "村小", "东岭镇"]],
        乙=[["姓名", "单位", "角色", "电话", "年级", "班级"],
            ["王五", "东岭小学", "班主任、填报人", 13800000000, "三年级", 2]],
        丙=[["学期", "开始", "结束"], ["秋季", "2026年9月1日", date(2027, 1, 22)]],
        丁=[["日期", "安排"], ["2026.12.9", "放假"]],
        戊=[["日期", "学校", "班级", "身份证号/学籍号", "出勤"],
            ["20260902", "东岭小学", "0302", "G" + ID, "病假"]],
    )  # fmt: skip

    values = [row.value for row in rows_of(path)]

    assert values == [
        UnitEntry("东岭小学", None, "village_primary", None, "东岭镇"),
        StaffEntry(
            "王五", "东岭小学", ("class_teacher", "report_clerk"), "13800000000", ClassName(3, 2)
        ),
        TermEntry("秋季", date(2026, 9, 1), date(2027, 1, 22), None),
        DayEntry(date(2026, 12, 9), "closed", None, None),
        AttendanceEntry(
            date(2026, 9, 2), "东岭小学", ClassName(3, 2), None, None, "G" + ID, "sick"
        ),
    ]
    assert problems_of(path) == []


def test_a_roster_may_lack_numbers(a_workbook: AWorkbook) -> None:
    path = a_workbook(
        表=[
            ["三(2)班花名册"],
            ["学校", "班级", "姓名", "座号"],
            ["东岭小学", "三(2)班", "张三", 7.0],
        ]
    )

    (row,) = rows_of(path)

    assert row.value == RosterEntry(
        "东岭小学", ClassName(3, 2), "张三", None, None, None, None, "7", None
    )


def test_a_bare_phone_belongs_to_the_person_on_its_left(a_workbook: AWorkbook) -> None:
    path = a_workbook(包保=[PAIRING, [
        "东岭小学", "三年级", "2班", "", "", "甲", "13800000001", "乙", "", "东岭镇", "教育股",
        "丙", "13800000003", "丁", "13800000004", "戊", "13800000005",
        "脱贫户、留守"]])  # fmt: skip

    (row,) = rows_of(path)

    assert isinstance(row.value, PairingEntry)
    assert row.value.teacher == Named("甲", "13800000001")
    assert row.value.leader == Named("乙", None)
    assert row.value.section_contact == Named("丙", "13800000003")
    assert row.value.township_contact == Named("戊", "13800000005")
    assert row.value.categories == ("lifted_out", "left_behind")


def test_two_owners_at_one_level_are_reported(a_workbook: AWorkbook) -> None:
    def row(teacher: str) -> list[str]:
        return ["东岭小学", "三年级", "2班", "", "", teacher, *[""] * 12]

    path = a_workbook(包保=[PAIRING, row("甲"), row("乙"), row("丙、丁")])

    assert problems_of(path) == [
        (3, "包保教师", "paired_twice"),
        (4, "包保教师", "several_people"),
    ]


def test_a_child_inherits_what_its_own_row_leaves_open(a_workbook: AWorkbook) -> None:
    path = a_workbook(包保=[
        PAIRING,
        ["东岭小学", "", "", "", "", "", "", "乙", "", "", "", "丙", "", "丁", "", "戊", "", ""],
        ["东岭小学", "三年级", "2班", "", "", "甲", *[""] * 12],
        ["东岭小学", "三年级", "2班", "张三", "", "己", *[""] * 12],
        ["西河小学", "三(2)班", "", "", "", "甲", "", "乙", *[""] * 5, "丁", "", "戊", "", ""],
    ])  # fmt: skip
    rows = [(r.number, r.value) for r in rows_of(path) if isinstance(r.value, PairingEntry)]

    assert list(find_gaps(rows)) == [(5, "section_contact")]


def test_an_unknown_sheet_is_named(a_workbook: AWorkbook) -> None:
    path = a_workbook(通知=[["请各校按时上报"]])

    assert list(read_tables(path)) == [UnknownSheet("file.xlsx", "通知")]


def test_merged_cells_count_for_every_row_they_cover(a_workbook: AWorkbook) -> None:
    import xlsxwriter

    path = a_workbook()
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("花名册")
        sheet.write_row(1, 1, ["学校", "班级", "姓名"])
        sheet.merge_range(2, 1, 4, 1, "东岭小学")
        for row, name in enumerate(("甲", "乙", "丙"), 2):
            sheet.write_row(row, 2, ["三(2)班", name])

    values = [row.value for row in rows_of(path)]

    assert [(v.school, v.name) for v in values if isinstance(v, RosterEntry)] == [
        ("东岭小学", "甲"),
        ("东岭小学", "乙"),
        ("东岭小学", "丙"),
    ]


def test_every_kind_has_a_reader() -> None:
    from papers.reading import READERS

    assert set(READERS) == set(Kind)
