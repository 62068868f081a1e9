"""Writes the docx of the six official papers: `python -m papers.templates_src.official`.

What they say stands in official.toml beside this; docs/papers.md lists the placeholders.
"""

from __future__ import annotations

import tomllib
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from papers.official import BUILT_IN, template_name
from papers.templates_src.invites import FONT
from rules.model.ladder import PaperKind

SOURCE = Path(__file__).with_name("official.toml")
BODY, TITLE, TABLE, SMALL = 14, 22, 11, 10.5
LINE = Pt(24)
_RED = RGBColor(0xC0, 0, 0)
_CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_CONTROL = "{%tr"


def main(folder: Path = BUILT_IN) -> None:
    """Write all templates anew."""
    texts = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    for kind in PaperKind:
        _template(texts[kind.value]).save(str(folder / template_name(kind)))


def _template(text: str) -> Any:
    document = Document()
    _page_setup(document)
    widths: list[str] = []
    is_new_page = False
    for mark, lines in groupby(text.strip().splitlines(), key=_mark):
        if mark == "!":
            widths = next(lines)[1:].split()
        elif mark == "|":
            _table(document, widths, [_cells(line) for line in lines])
        elif mark == "?":
            _draft(document, next(lines)[1:].strip())
        else:
            if mark == ">":
                _keep_with_signature(document)
            for line in lines:
                _paragraph(document, mark, line, is_new_page=is_new_page)
        is_new_page = mark == "--"
    properties = document.core_properties
    properties.author = ""
    properties.created = datetime(2000, 1, 1)  # noqa: DTZ001 - same file each time
    properties.modified = properties.created
    return document


def _mark(line: str) -> str:
    """What a line is: its first sign, or "" for a paragraph."""
    if line.startswith("--"):
        return "--"
    return line[0] if line[:1] in "#=@>*~|!?" and line[1:2] == " " else ""


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line[1:].split("|")]


def _page_setup(document: Any) -> None:
    """A4 with the margins of official papers, a font for Chinese, page numbers."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(28), Mm(22)
    section.left_margin = section.right_margin = Mm(25)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(BODY)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(0)
    _page_number(section.footer.paragraphs[0])


def _page_number(paragraph: Any) -> None:
    paragraph.alignment = _CENTRE
    run = paragraph.add_run("— ")
    run.font.size = Pt(SMALL)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    paragraph.add_run(" —").font.size = Pt(SMALL)


def _paragraph(document: Any, mark: str, line: str, *, is_new_page: bool) -> None:
    if mark == "--":
        return
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.page_break_before = is_new_page or None
    run = paragraph.add_run(line[1:].strip() if mark else line)
    shape = paragraph.paragraph_format
    if line.startswith("{%p"):
        return
    shape.line_spacing = LINE
    _LOOKS.get(mark, _plain)(paragraph, run)


def _plain(paragraph: Any, run: Any) -> None:
    paragraph.paragraph_format.first_line_indent = Pt(2 * BODY)


def _title(paragraph: Any, run: Any) -> None:
    paragraph.alignment = _CENTRE
    paragraph.paragraph_format.line_spacing = Pt(34)
    paragraph.paragraph_format.space_after = Pt(6)
    run.bold, run.font.size = True, Pt(TITLE)


def _number(paragraph: Any, run: Any) -> None:
    paragraph.alignment = _CENTRE
    paragraph.paragraph_format.space_after = Pt(10)


def _addressee(paragraph: Any, run: Any) -> None:
    paragraph.paragraph_format.keep_with_next = True


def _signature(paragraph: Any, run: Any) -> None:
    """The lines of a signature stay together, and are never alone on a page."""
    paragraph.alignment = _RIGHT
    paragraph.paragraph_format.right_indent = Pt(2 * BODY)
    paragraph.paragraph_format.keep_with_next = True


def _keep_with_signature(document: Any) -> None:
    """A signature never stands alone on a page."""
    for paragraph in document.paragraphs[-2:]:
        paragraph.paragraph_format.keep_with_next = True


def _heading(paragraph: Any, run: Any) -> None:
    run.bold = True
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.first_line_indent = Pt(2 * BODY)


def _note(paragraph: Any, run: Any) -> None:
    run.font.size = Pt(SMALL)
    paragraph.paragraph_format.line_spacing = Pt(18)
    paragraph.paragraph_format.space_before = Pt(4)


def _draft(document: Any, words: str) -> None:
    """On top of every page, for as long as nobody has approved the paper."""
    paragraph = document.sections[0].header.paragraphs[0]
    paragraph.alignment = _CENTRE
    run = paragraph.add_run("{% if is_draft %}" + words + "{% endif %}")
    run.bold, run.font.size, run.font.color.rgb = True, Pt(16), _RED


_LOOKS = {
    "#": _title,
    "=": _number,
    "@": _addressee,
    ">": _signature,
    "*": _heading,
    "~": _note,
}


def _table(document: Any, sizes: list[str], rows: list[list[str]]) -> None:
    widths = [float(one) for one in sizes if not one.startswith("h")]
    height = next((float(one[1:]) for one in sizes if one.startswith("h")), 0.0)
    table = document.add_table(rows=len(rows), cols=len(widths))
    table.style, table.autofit = "Table Grid", False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    is_list = any(cells[0].startswith(_CONTROL) for cells in rows)
    for number, (row, cells) in enumerate(zip(table.rows, rows, strict=True)):
        _keep_whole(row, is_head=is_list and number == 0)
        row.height = Mm(height) if height else None
        for column, (cell, width) in enumerate(zip(row.cells, widths, strict=True)):
            cell.width = Mm(width)
            is_name = number == 0 if is_list else column % 2 == 0
            words = cells[column] if column < len(cells) else ""
            _cell(cell, words, is_bold=is_name, is_kept=bool(height) and number + 1 < len(rows))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def _cell(cell: Any, text: str, *, is_bold: bool, is_kept: bool) -> None:
    """`is_kept`: the row stays on one page with the next, as in a form to be filled in."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.keep_with_next = is_kept or None
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
    run = paragraph.add_run(text)
    run.bold, run.font.size = is_bold, Pt(TABLE)


def _keep_whole(row: Any, *, is_head: bool) -> None:
    """No row is parted by a page break; the head of a list stands on every page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))


if __name__ == "__main__":
    main()
