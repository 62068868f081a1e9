"""The stored form of a row as JSON, the same whichever engine it is read from."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    String,
    TableClause,
    Text,
    column,
    table,
)
from sqlalchemy.types import TypeEngine

from storage.instants import Instant, to_microseconds


class Form(StrEnum):
    """How the values of a column are spelled; instants are numbers (microseconds)."""

    NUMBER = "number"
    TEXT = "text"
    DAY = "day"
    FLAG = "flag"
    JSON = "json"
    BYTES = "bytes"


_TYPES: tuple[tuple[Any, Form], ...] = (
    ((Instant, Integer), Form.NUMBER),
    (String, Form.TEXT),
    (Date, Form.DAY),
    (Boolean, Form.FLAG),
    (JSON, Form.JSON),
    (LargeBinary, Form.BYTES),
)
_COLUMNS: dict[Form, Callable[[], TypeEngine[Any]]] = {
    Form.NUMBER: BigInteger,
    Form.TEXT: Text,
    Form.DAY: Date,
    Form.FLAG: Boolean,
    Form.JSON: JSON,
    Form.BYTES: LargeBinary,
}
_READ: dict[Form, Callable[[Any], Any]] = {
    Form.DAY: date.fromisoformat,
    Form.BYTES: lambda value: base64.b64decode(value, validate=True),
}
_PLAIN: dict[Form, tuple[type, ...]] = {
    Form.NUMBER: (int,),
    Form.TEXT: (str,),
    Form.DAY: (str,),
    Form.FLAG: (bool,),
    Form.JSON: (list, dict, str, int, float),
    Form.BYTES: (str,),
}


def form_of(one: Column[Any]) -> Form:
    """The form of a column; TypeError for a type that backups do not know."""
    for types, form in _TYPES:
        if isinstance(one.type, types):
            return form
    raise TypeError(f"no form for {one}")


def write_row(forms: Sequence[Form], row: Sequence[Any]) -> str:
    """One line of JSON."""
    values = [_plain(form, value) for form, value in zip(forms, row, strict=True)]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def read_row(forms: Sequence[Form], line: str) -> list[Any]:
    """The way back; ValueError for anything else than such a row."""
    values = json.loads(line)
    if not isinstance(values, list):
        raise ValueError("not a row")
    return [_revived(form, value) for form, value in zip(forms, values, strict=True)]


def table_of(name: str, columns: Sequence[tuple[str, Form]]) -> TableClause:
    """A table to insert stored values into, whatever revision it is of."""
    return table(name, *(column(one, _COLUMNS[form]()) for one, form in columns))


def _plain(form: Form, value: Any) -> Any:
    if value is None:
        return None
    if form is Form.DAY:
        return value.isoformat()
    if form is Form.BYTES:
        return base64.b64encode(value).decode("ascii")
    if form is Form.NUMBER and not isinstance(value, int):
        return to_microseconds(value)
    return value


def _revived(form: Form, value: Any) -> Any:
    if value is None:
        return None
    is_flag = isinstance(value, bool) and form is not Form.JSON
    if not isinstance(value, _PLAIN[form]) or is_flag is not (form is Form.FLAG):
        raise ValueError(f"not a {form}")
    return _READ[form](value) if form in _READ else value
