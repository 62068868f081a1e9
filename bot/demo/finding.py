"""Anybody of the county by a word: name, post, school, class or child."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.cli.opening import County
from bot.demo.asking import LANGUAGES, Line, language_of
from bot.demo.texts import said
from rules.classnames import ClassName
from storage import demo_views as views

MOST_FOUND = 20


@dataclass
class _Entry:
    """A person, or a child; `about` is what stands behind the name, per language."""

    name: str
    is_bound: bool
    person: int | None = None
    child: int | None = None
    about: dict[str, str] = field(default_factory=dict)

    def fits(self, words: Iterable[str], language: str) -> bool:
        whole = f"{self.name} {self.about[language]}".lower()
        return all(word in whole for word in words)

    def line(self, language: str) -> Line:
        about = self.about[language]
        return {
            "person": self.person,
            "child": self.child,
            "name": self.name,
            "about": about,
            "label": f"{self.name} {about}",
            "bound": self.is_bound,
        }


class Directory:
    """Everybody, read anew once the clock has moved or somebody was linked."""

    def __init__(self, county: County) -> None:
        """Nothing is read before the first question."""
        self._county = county
        self._read_at: datetime | None = None
        self._people: list[_Entry] = []
        self._children: list[_Entry] = []

    async def search(self, asked: Line) -> list[Line]:
        """People and children of whom all these words are true."""
        await self._refresh()
        return _found([*self._people, *self._children], asked)

    async def guests(self, asked: Line) -> list[Line]:
        """The same of people alone; whoever is not linked yet stands first."""
        self._read_at = None
        await self._refresh()
        return _found(sorted(self._people, key=lambda one: one.is_bound), asked)

    async def about(self, person: int) -> dict[str, str]:
        """What stands behind a name, per language."""
        await self._refresh()
        return next((one.about for one in self._people if one.person == person), {})

    async def _refresh(self) -> None:
        now = self._county.clock.now()
        if self._read_at == now:
            return
        async with self._county.database.read() as read:
            staff = await views.staff_and_posts(read)
            families = await views.families(read)
        self._people = [*_staff(staff), *_guardians(families)]
        self._children = _children(families)
        self._read_at = now


def _found(entries: Iterable[_Entry], asked: Line) -> list[Line]:
    language, words = language_of(asked), str(asked.get("words", "")).lower().split()
    fitting = [one for one in entries if one.fits(words, language)]
    return [one.line(language) for one in fitting[:MOST_FOUND]]


def _staff(rows: Iterable[Sequence[object]]) -> list[_Entry]:
    entries: dict[object, _Entry] = {}
    for person, name, is_bound, role, unit, grade, number in rows:
        room = _room(grade, number)
        place = f"{room} {unit}" if room else unit
        posts = {one: f"{said(one, 'role', str(role))} {place}" for one in LANGUAGES}
        _add(entries, person, name, is_bound, posts)
    return list(entries.values())


def _guardians(rows: Iterable[Sequence[object]]) -> list[_Entry]:
    entries: dict[object, _Entry] = {}
    for person, name, is_bound, relation, _, child, school, grade, number in rows:
        room = f"{school}{_room(grade, number)}"
        whose = {
            one: said(one, "relation", str(relation)).format(child=child) + f" {room}"
            for one in LANGUAGES
        }
        _add(entries, person, name, is_bound, whose)
    return list(entries.values())


def _add(
    entries: dict[object, _Entry],
    person: object,
    name: object,
    is_bound: object,
    about: dict[str, str],
) -> None:
    """Somebody with several posts or children is one line."""
    entry = entries.get(person)
    if entry is None:
        entries[person] = _Entry(str(name), bool(is_bound), int(str(person)), about=about)
    else:
        entry.about = {one: f"{entry.about[one]} · {about[one]}" for one in LANGUAGES}


def _children(rows: Iterable[Sequence[object]]) -> list[_Entry]:
    entries: dict[object, _Entry] = {}
    for _, _, _, _, child, name, school, grade, number in rows:
        about = {
            one: f"{said(one, 'role', 'pupil')} {school}{_room(grade, number)}"
            for one in LANGUAGES
        }
        entries[child] = _Entry(str(name), False, child=int(str(child)), about=about)
    return list(entries.values())


def _room(grade: object, number: object) -> str:
    return ClassName(int(str(grade)), int(str(number))).label if grade else ""
