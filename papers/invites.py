"""Invite sheets: pages per class, one strip per guardian, to be cut and carried home."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

QR_WIDTH_MM = 27
TEMPLATE = Path(__file__).parent / "docx" / "invites.docx"


@dataclass(frozen=True, slots=True)
class Strip:
    """One guardian's strip; `link`: the Start link with its one-time code."""

    child: str
    guardian: str
    link: str


@dataclass(frozen=True, slots=True)
class InviteSheet:
    """The strips of one class, in the order they are printed."""

    school: str
    class_label: str
    strips: tuple[Strip, ...]


def write_invites(
    path: Path,
    sheets: Iterable[InviteSheet],
    *,
    language: str,
    valid_days: int = 14,
    template: Path = TEMPLATE,
) -> None:
    """Write a docx with the invite sheets of one or several classes, a new page for each.

    `language`: zh or en. `template`: a county's own docx with the same placeholders
    (papers/templates_src/invites.py lists them).
    """
    from docxtpl import DocxTemplate

    document = DocxTemplate(str(template))
    texts = _texts(language, valid_days)
    pages = [_page(document, sheet, texts) for sheet in sheets]
    for page in pages[:-1]:
        page["is_last"] = False
    document.render({"pages": pages}, autoescape=True)
    document.save(str(path))


def _texts(language: str, valid_days: int) -> dict[str, str]:
    path = Path(__file__).with_name("invites.toml")
    texts: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))[language]
    return {key: text.replace("{days}", str(valid_days)) for key, text in texts.items()}


def _page(document: Any, sheet: InviteSheet, texts: dict[str, str]) -> dict[str, Any]:
    """What the template says of one class. Names are put in as they are, braces and all."""
    return {
        "heading": f"{sheet.school} {sheet.class_label}",
        "hint": texts["hint"],
        "is_last": True,
        "strips": [_strip(document, strip, texts) for strip in sheet.strips],
    }


def _strip(document: Any, strip: Strip, texts: dict[str, str]) -> dict[str, Any]:
    return {
        "title": f"{texts['child']}{strip.child}    {texts['guardian']}{strip.guardian}",
        "lines": [texts["line1"], texts["line2"], texts["line3"]],
        "link": strip.link,
        "qr": _qr(document, strip.link),
    }


def _qr(document: Any, link: str) -> Any:
    """The QR code of a link as a picture inside the document."""
    import segno
    from docx.shared import Mm
    from docxtpl import InlineImage

    picture = io.BytesIO()
    segno.make(link, error="m", micro=False).save(picture, kind="png", scale=8, border=2)
    picture.seek(0)
    return InlineImage(document, picture, width=Mm(QR_WIDTH_MM))
