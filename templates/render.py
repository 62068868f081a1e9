"""From a message kind and a view to a screen.

A kind has a text, `LANGUAGE/KIND.j2`, and may have keys, `keys/KIND.j2`, shared by all languages.
The fields of the view are the variables of both.  In `keys`, every line is a row of
`{{ key('label', press('reply', question_id, 'sick')) }}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound

from templates import dates
from templates.presses_all import PRESSES
from templates.screen import Key, Screen
from templates.words import HERE, label, phrase

_CELL, _PART = "\x1e", "\x1f"


class NoTemplate(LookupError):
    """There are no words for this kind of message in this language."""


@cache
def _environment(language: str, zone: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=lambda name: name is not None and not name.startswith("keys/"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    environment.globals.update(
        label=partial(label, language),
        phrase=partial(phrase, language),
        key=partial(_spell_key, language),
        press=_spell_press,
        class_name=partial(class_name, language),
        span=partial(dates.months, language),
        language=language,
    )
    local = ZoneInfo(zone)
    environment.filters.update(
        day=partial(dates.day, language),
        weekday=partial(dates.weekday, language),
        clock=partial(dates.clock, local),
        moment=partial(dates.moment, language, local),
        ago=partial(dates.duration, language),
    )
    return environment


def class_name(language: str, grade: int, number: int) -> str:
    """三(2)班 / Class 3(2)."""
    return phrase(language, "class.name", grade=phrase(language, f"grade.g{grade}"), number=number)


def _spell_press(verb: str, *arguments: int | str) -> str:
    return PRESSES[verb](*arguments).spell()


def _spell_key(language: str, name: str, data: str, /, *, of: str = "", **values: object) -> str:
    """A cell of the keys template; `of` is the child's name after the label."""
    words = label(language, name, **values)
    shown = f"{words}·{of}" if of else words
    return f"{_CELL}{shown}{_PART}{data}"


def variables(view: object) -> Mapping[str, Any]:
    """The fields of a view (a dataclass, or a mapping), by name."""
    if is_dataclass(view) and not isinstance(view, type):
        return {field.name: getattr(view, field.name) for field in fields(view)}
    if isinstance(view, Mapping):
        return view
    raise TypeError(f"not a view: {type(view).__name__}")


def render(kind: str, view: object, language: str, zone: str = "Asia/Shanghai") -> Screen:
    """The screen of `kind` for the values of `view`; NoTemplate when it has no words."""
    environment = _environment(language, zone)
    try:
        text = environment.get_template(f"{language}/{kind}.j2")
    except TemplateNotFound as missing:
        raise NoTemplate(f"{language}/{kind}") from missing
    values = variables(view)
    return Screen(_tidy(text.render(values)), _keys(environment, kind, values))


def _tidy(text: str) -> str:
    """No blank line at either end, never two in a row, no spaces at line ends."""
    lines = [line.rstrip() for line in text.strip().split("\n")]
    kept = [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
    return "\n".join(kept)


def _keys(
    environment: Environment, kind: str, values: Mapping[str, Any]
) -> tuple[tuple[Key, ...], ...]:
    try:
        template = environment.get_template(f"keys/{kind}.j2")
    except TemplateNotFound:
        return ()
    rows = (_row(line) for line in template.render(values).split("\n"))
    return tuple(row for row in rows if row)


def _row(line: str) -> tuple[Key, ...]:
    cells = (cell.partition(_PART) for cell in line.split(_CELL)[1:])
    return tuple(Key(shown.strip(), data.strip()) for shown, _, data in cells)
