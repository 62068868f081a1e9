"""A case on paper (一生一案): one self-contained page, to be printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rules.model.dossier import Dossier, MomentLine
from templates.render import class_name
from templates.words import label, phrase, table

HERE = Path(__file__).parent
#: Where the word for a fact of a journal line is looked for.
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "kind": ("task", "paper", "leave_kind"),
    "to": ("stage", "mark_kind", "casefile_talk"),
    "why": ("stage_why", "search_why"),
    "as": ("search_end", "casefile_ending"),
    "old": ("status_name",),
    "new": ("status_name",),
    "status": ("status_name",),
    "reason": ("casefile_closing",),
    "outcome": ("casefile_outcome", "outcome", "service_way"),
    "answer": ("reply",),
    "means": ("means",),
    "result": ("result",),
    "mark": ("mark",),
    "way": ("service_way", "casefile_way"),
    "claim": ("leave_kind",),
    "came": ("casefile_came",),
    "reached": ("casefile_reached",),
    "granted": ("casefile_granted",),
    "attends": ("casefile_attends",),
    "residence": ("casefile_residence",),
}
DAYS = ("on", "from", "back", "until", "first_absent_on", "watch_until")
NAMES = ("silent", "owner", "to_person", "township", "by", "words_removed")
CHANGE = ("old", "new")
FIRST = ("kind", "to", "mark", "way", "means", "reached", "result", "answer", "outcome")
SPOKEN = ("comment", "words", "text", "note", "line", "responsible", "reason")


def write_case_file(dossier: Dossier, language: str, zone: str) -> str:
    """The page: one html with its style inside, and nothing fetched from anywhere."""
    page = _environment(language, zone).get_template("page.html.j2")
    return page.render(file=dossier)


@cache
def _environment(language: str, zone: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    local = ZoneInfo(zone)
    environment.globals.update(
        language=language,
        word=partial(word, language),
        place=partial(_place, language),
        told=partial(_told, language),
        reason=partial(_reason, language),
    )
    environment.filters.update(
        day=partial(_day, language),
        moment=partial(_moment, language, local),
        clock=partial(_clock, local),
        short=lambda text: f"{text[:12]}…" if text else "",
    )
    return environment


def word(language: str, name: str, /, *others: str, **values: object) -> str:
    """The words for `section.code`, looked for in one section after the other."""
    code = name.partition(".")[2]
    for one in (name, *(f"{section}.{code}" for section in others)):
        section, _, key = one.partition(".")
        if isinstance(table(language, "phrases").get(section, {}).get(key), str):
            return phrase(language, one, **values)
    return phrase(language, "casefile.unknown")


def _place(language: str, name: str) -> str:
    """A unit as it is; a class from `school|grade|number`."""
    if "|" not in name:
        return name
    school, grade, number = name.split("|")
    return f"{school}{class_name(language, int(grade), int(number))}"


def _reason(language: str, code: str) -> str:
    """Why the child stays away, by the words on the teacher's keys."""
    is_kept_back = code == "protected"
    return (
        phrase(language, "casefile.protected")
        if is_kept_back
        else label(language, f"reason_{code}")
    )


def _told(language: str, moment: MomentLine) -> str:
    """The facts of one line in words; what has none is left out."""
    facts = dict(moment.facts)
    parts = []
    if "number" in facts and "year" in facts:
        parts.append(
            phrase(language, "casefile.number", year=facts["year"], number=facts["number"])
        )
    if "old" in facts and "new" in facts:
        parts.append(" → ".join(word(language, f"status_name.{facts[one]}") for one in CHANGE))
    for name, value in sorted(moment.facts, key=lambda one: _rank(one[0])):
        if name not in CHANGE and not _is_said_already(moment, name, value):
            parts += _fact(language, name, value)
    return phrase(language, "casefile.comma").join(parts)


def _rank(name: str) -> int:
    """What it is about comes first, then when, then whose words."""
    return FIRST.index(name) if name in FIRST else len(FIRST) + (name in SPOKEN)


def _is_said_already(moment: MomentLine, name: str, value: str) -> bool:
    """The day and the person of the line itself."""
    is_same_day = name == "on" and value == moment.on.isoformat()
    return is_same_day or (name == "by" and value == moment.by)


def _fact(language: str, name: str, value: str) -> list[str]:
    if name in DAYS:
        on = _day(language, date.fromisoformat(value))
        return [phrase(language, f"casefile_fact.{name}", value=on)]
    if name in NAMES:
        return [phrase(language, f"casefile_fact.{name}", value=value)]
    if name == "level":
        return [word(language, f"level.l{value}")] if value != "0" else []
    found = _worded(language, name, value)
    if found:
        return [found]
    return [phrase(language, "casefile.quoted", words=value)] if name in SPOKEN else []


def _worded(language: str, name: str, value: str) -> str | None:
    words = table(language, "phrases")
    code = value.lower()
    for section in SECTIONS.get(name, ()):
        found = words.get(section, {}).get(code)
        if isinstance(found, str):
            return found
    return None


def _day(language: str, on: date) -> str:
    """2026年9月7日: a paper names the year."""
    return phrase(language, "casefile.day", year=on.year, month=on.month, day=on.day)


def _moment(language: str, zone: ZoneInfo, at: datetime) -> str:
    local = at.astimezone(zone)
    return f"{_day(language, local.date())} {local:%H:%M}"


def _clock(zone: ZoneInfo, at: datetime) -> Markup:
    """2026-09-07 08:20, on one line: tables have many of them."""
    return Markup("<time>{}</time>").format(f"{at.astimezone(zone):%Y-%m-%d %H:%M}")
