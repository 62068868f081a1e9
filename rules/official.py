"""Official papers as values: their numbers, and what they say as JSON and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from rules.model.ladder import PaperKind
from rules.model.official import PaperContent

#: How offices shorten names in the numbers of their papers (发文机关代字).
SHORTENED = (
    ("教育体育局", "教体"),
    ("教体局", "教体"),
    ("教育局", "教"),
    ("中心小学校", "中小"),
    ("中心小学", "中小"),
    ("初级中学", "初中"),
    ("特殊教育学校", "特校"),
    ("九年一贯制学校", "学校"),
)
#: Each kind has a series of its own, so its letter is part of the number.
LETTER = {
    PaperKind.NOTICE: "劝",
    PaperKind.REPORT: "报",
    PaperKind.TOWNSHIP: "通",
    PaperKind.COUNTY: "呈",
    PaperKind.HANDOVER: "交",
    PaperKind.SUPERVISION: "督",
}


def number_of(unit: str, kind: PaperKind, year: int, number: int) -> str:
    """青石中小劝〔2026〕3号: the unit's short name, the kind's letter, year and number."""
    return f"{short_name(unit)}{LETTER[kind]}〔{year}〕{number}号"


def short_name(unit: str) -> str:
    """青石中心小学 as 青石中小; a name without a long form stays as it is."""
    for long, short in SHORTENED:
        if unit.endswith(long):
            return unit.removesuffix(long) + short
    return unit


def to_json(content: PaperContent) -> str:
    """What a paper says, to be kept and hashed: the same content gives the same text."""
    return json.dumps(asdict(content), default=_plain, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> PaperContent:
    """The way back of `to_json`; ValueError for a text that is none."""
    content = _revived(PaperContent, json.loads(text))
    assert isinstance(content, PaperContent)
    return content


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not part of a paper")


def _revived(hint: Any, value: Any) -> Any:
    """A value of type `hint` from its plain form."""
    if value is None:
        return None
    if get_origin(hint) is UnionType:
        return _revived(next(one for one in get_args(hint) if one is not NoneType), value)
    if get_origin(hint) is tuple:
        return tuple(_revived(get_args(hint)[0], one) for one in value)
    if is_dataclass(hint):
        return _record(hint, value)
    make: Callable[[Any], Any] = date.fromisoformat if hint is date else hint
    return make(value) if hint is date or issubclass(hint, Enum) else value


def _record(kind: Any, values: dict[str, Any]) -> Any:
    """A part; what an earlier edition of the program did not know has its default."""
    hints = get_type_hints(kind)
    known = [one.name for one in fields(kind) if one.name in values]
    return kind(**{name: _revived(hints[name], values[name]) for name in known})
