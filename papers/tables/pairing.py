"""The pairing table (包保责任表): who answers for whom, level by level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from papers.line import Line, parts_of
from papers.problems import CellFlaw
from papers.tables.persons import id_and_register
from rules.classnames import ClassName

LEVELS = ("teacher", "leader", "section_contact", "bureau_leader", "township_contact")
"""The person columns, from the child upwards; names of fields and of columns."""

_PHONES = ("teacher_phone", "leader_phone", "section_phone", "bureau_phone", "township_phone")


@dataclass(frozen=True, slots=True)
class Named:
    """A person as the table names them; without a phone: the one of that name in that unit."""

    name: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class PairingEntry:
    """One row: a child, a whole class (no child) or a whole school (no class either).

    Empty levels of a child are inherited from its class, those of a class from its school.
    `section`, `township`: names as written. `categories`: codes of papers/codes.toml.
    """

    school: str
    class_name: ClassName | None
    name: str | None
    id_number: str | None
    register_number: str | None
    teacher: Named | None
    leader: Named | None
    section: str | None
    section_contact: Named | None
    bureau_leader: Named | None
    township: str | None
    township_contact: Named | None
    categories: tuple[str, ...]

    @property
    def is_child(self) -> bool:
        """Whether the row is about one child."""
        return bool(self.name or self.id_number or self.register_number)

    def at(self, level: str) -> Named | None:
        """The person at one of LEVELS."""
        found: Named | None = getattr(self, level)
        return found


def read_pairing_line(line: Line) -> PairingEntry | None:
    """Read one row; None when it is unusable: no school, or a grade without its class."""
    school = line.needed("school", line.text("school"))
    class_name = line.class_name()
    says_class = line.text("grade") or line.text("class")
    if says_class and class_name is None:
        line.needed("class", None)
    identity, register_number = id_and_register(line)
    named = [_named(line, *keys) for keys in zip(LEVELS, _PHONES, strict=True)]
    categories = line.codes("category", "category")
    if school is None or (says_class and class_name is None):
        return None
    teacher, leader, section_contact, bureau_leader, township_contact = named
    return PairingEntry(
        school=school,
        class_name=class_name,
        name=line.name("name"),
        id_number=identity.text if identity else None,
        register_number=register_number,
        teacher=teacher,
        leader=leader,
        section=line.text("section"),
        section_contact=section_contact,
        bureau_leader=bureau_leader,
        township=line.text("township"),
        township_contact=township_contact,
        categories=categories,
    )


def find_gaps(entries: Iterable[tuple[int, PairingEntry]]) -> Iterator[tuple[int, str]]:
    """Rows (by number) and levels at which nobody answers, after inheritance within the table.

    Rows of whole schools are no gap where each of their classes has a row of its own: only the
    lowest rows are asked, children and classes, and schools without any class row.
    """
    rows = list(entries)
    wholes = {(e.school, e.class_name): e for _, e in rows if not e.is_child}
    with_classes = {e.school for _, e in rows if e.class_name is not None}
    for number, entry in rows:
        if not entry.is_child and entry.class_name is None and entry.school in with_classes:
            continue
        above = (wholes.get((entry.school, entry.class_name)), wholes.get((entry.school, None)))
        chain = [e for e in (entry, *above) if e is not None]
        yield from ((number, level) for level in LEVELS if not any(e.at(level) for e in chain))


def _named(line: Line, key: str, phone_key: str) -> Named | None:
    """The person of a column and their phone; several names in one cell are nobody's name."""
    phone = line.phone(phone_key)
    if len(parts_of(line.raw(key))) > 1:
        line.report(key, CellFlaw.SEVERAL_PEOPLE)
        return None
    name = line.name(key)
    if name is None and phone is not None:
        line.report(key, CellFlaw.MISSING, key=key)
    return None if name is None else Named(name, phone)
