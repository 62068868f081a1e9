"""Writes papers/docx/invites.docx: `python -m papers.templates_src.invites`.

Placeholders: `pages` (each: heading, hint, is_last, strips), a strip: title, lines, link, qr.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from papers.invites import QR_WIDTH_MM, TEMPLATE

FONT = "SimSun"
_PRINTED_MM = 180
_EDGES = ("top", "bottom", "insideH")


def main() -> None:
    """Write the template anew."""
    document = Document()
    _page_setup(document)
    _say(document, "{%p for page in pages %}")
    _say(document, "{{ page.heading }}", size=16, bold=True)
    _say(document, "{{ page.hint }}", size=9)
    _strip_table(document)
    _say(document, "{%p if not page.is_last %}")
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    _say(document, "{%p endif %}")
    _say(document, "{%p endfor %}")
    document.core_properties.author = ""
    document.core_properties.created = datetime(2000, 1, 1)  # noqa: DTZ001 - same file each time
    document.core_properties.modified = document.core_properties.created
    document.save(str(TEMPLATE))


def _page_setup(document: Any) -> None:
    """A4 with narrow margins, and a font for Chinese."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin = section.bottom_margin = Mm(12)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(2)


def _strip_table(document: Any) -> None:
    """One row per strip, never parted by a page break, dotted lines between."""
    table = document.add_table(rows=3, cols=2)
    table.autofit = False
    table.rows[0].cells[0].text = "{%tr for strip in page.strips %}"
    table.rows[2].cells[0].text = "{%tr endfor %}"
    words, picture = table.rows[1].cells
    widths = (_PRINTED_MM - QR_WIDTH_MM - 6, QR_WIDTH_MM + 6)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    _say(words, "{{ strip.title }}", size=13, bold=True, into=words.paragraphs[0])
    _say(words, "{%p for line in strip.lines %}")
    _say(words, "{{ line }}")
    _say(words, "{%p endfor %}")
    _say(words, "{{ strip.link }}", size=8)
    picture.paragraphs[0].add_run("{{ strip.qr }}")
    _keep_whole(table.rows[1])
    _dotted(table)


def _say(place: Any, text: str, *, size: float = 0, bold: bool = False, into: Any = None) -> None:
    run = (into or place.add_paragraph()).add_run(text)
    run.bold = bold
    if size:
        run.font.size = Pt(size)


def _keep_whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _dotted(table: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for edge in _EDGES:
        line = OxmlElement(f"w:{edge}")
        for key, value in (("val", "dashed"), ("sz", "6"), ("space", "0"), ("color", "888888")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
    margins = OxmlElement("w:tblCellMar")
    for edge in ("top", "bottom"):
        margin = OxmlElement(f"w:{edge}")
        margin.set(qn("w:w"), "110")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


if __name__ == "__main__":
    main()
