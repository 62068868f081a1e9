from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from papers.annotated import annotate
from papers.cells import guarded
from papers.invites import InviteSheet, Strip, write_invites
from papers.reading import Table, read_tables
from tests.papers.build import entries_of, problems_of, register_rows, rows_of
from tests.papers.conftest import AWorkbook


def test_a_text_that_looks_like_a_formula_is_written_as_text(a_workbook: AWorkbook) -> None:
    texts = ["=1+1", "+86", "-1", "@SUM(A1)", "{=1}", "http://example.invalid"]
    path = a_workbook(表=[texts])

    sheet = openpyxl.load_workbook(path)["表"]

    assert [cell.value for cell in sheet[1]] == texts
    assert {cell.data_type for cell in sheet[1]} == {"s"}


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@x"])
def test_in_csv_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == "'" + text
    assert guarded("1") == "1"


def test_the_annotated_copy_says_what_is_wrong_and_can_be_read_again(
    a_workbook: AWorkbook, tmp_path: Path
) -> None:
    path = a_workbook(学籍=[["学籍信息"], *register_rows({}, {"姓名": "=李四", "性别": "不详"})])
    copy = tmp_path / "copy.xlsx"

    annotate(path, copy, rows_of(path), "zh")

    sheet = openpyxl.load_workbook(copy)["学籍"]
    assert sheet["A2"].value == "需要核对"
    assert sheet["A3"].value is None
    assert "性别: 看不懂“不详”" in str(sheet["A4"].value)
    assert sheet["D4"].fill.fgColor.rgb == "FFFFE08A"
    assert (sheet["C4"].value, sheet["C4"].data_type) == ("=李四", "s")
    assert [entry.name for entry in entries_of(copy)] == ["张三", "=李四"]
    assert problems_of(copy) == problems_of(path)


def test_names_and_texts_that_xlsx_cannot_hold_are_made_to_fit(a_workbook: AWorkbook) -> None:
    path = a_workbook(**{"[甲]:" + "乙" * 40: [["x" * 40_000]]})

    book = openpyxl.load_workbook(path)

    assert book.sheetnames == ["_甲__" + "乙" * 27]
    assert len(str(book.worksheets[0]["A1"].value)) == 32767


def test_a_csv_gets_an_annotated_copy_too(tmp_path: Path) -> None:
    path, copy = tmp_path / "units.csv", tmp_path / "copy.xlsx"
    path.write_text("学校名称,类别\n东岭小学,不详\n", encoding="gb18030")

    annotate(path, copy, rows_of(path), "en")

    (table,) = read_tables(copy)
    assert isinstance(table, Table)
    assert "not a value" in str(openpyxl.load_workbook(copy)["units"]["A2"].value)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_invites_carry_names_and_codes_as_they_are(tmp_path: Path, language: str) -> None:
    strips = (
        Strip("阿不都·买买提", "王<&>{{ x }}芳", "https://t.me/a_bot?start=AbC-_1"),
        Strip("李喆堃", "{% if %}", "https://t.me/a_bot?start=AbC-_2"),
    )
    path = tmp_path / "invites.docx"

    write_invites(
        path, [InviteSheet("东岭小学 & <分校>", "三(2)班", strips)] * 2, language=language
    )

    with zipfile.ZipFile(path) as parcel:
        text = parcel.read("word/document.xml").decode("utf-8")
        pictures = [name for name in parcel.namelist() if name.startswith("word/media/")]
    assert text.count("王&lt;&amp;&gt;{{ x }}芳") == 2
    assert text.count("{% if %}") == 2
    assert "东岭小学 &amp; &lt;分校&gt; 三(2)班" in text
    assert "start=AbC-_2" in text
    assert len(pictures) == 2
    assert text.count('w:type="page"') == 1
