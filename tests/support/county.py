"""A small invented county: one township, one school, one class, and everybody above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from bot.calendar_seed import labelled_days
from rules.calendar import Term
from rules.model.people import (
    Guardianship,
    GuardianState,
    Pairing,
    PairingLevel,
    PairingScope,
    Person,
    Post,
    Relation,
    Role,
)
from rules.model.reports import DueState, ReportDue
from rules.model.school import SchoolClass, SchoolKind, Student, Unit, UnitKind
from rules.reports.rhythms import PACKAGE
from storage.facts.started import note_first_run
from storage.tables.people import guardianships, pairings, people, posts
from storage.tables.reports import report_dues
from storage.tables.school import classes, days, students, terms, units
from storage.work import Work

TERM = Term(date(2026, 9, 1), date(2027, 1, 22), "2026-2027 学年第一学期")
STAFF = {
    "teacher": "王芳",
    "leader": "李强",
    "head": "张敏",
    "clerk": "周静",
    "section": "陈勇",
    "bureau": "赵刚",
    "admin": "孙丽",
}
#: Everybody on the list, by name; the first has two guardians at one school desk.
CHILDREN = ("李一", "王二", "赵三", "钱四", "孙五")
FIRST_CHAT = 700_000


@dataclass
class County:
    """The ids of everybody, by the words the tests use."""

    people: dict[str, int] = field(default_factory=dict)
    children: dict[str, int] = field(default_factory=dict)
    links: dict[str, int] = field(default_factory=dict)
    school_id: int = 0
    class_id: int = 0
    township_id: int = 0
    section_id: int = 0
    bureau_id: int = 0

    def chat_of(self, who: str) -> int:
        """The chat that a person of this county uses."""
        return FIRST_CHAT + self.people[who]


@dataclass(frozen=True)
class _OfficialDay:
    id: int
    on: date
    scope: str
    school_id: int | None
    is_open: bool
    label: str
    source: str
    entered_by: int | None = None
    version: int = 1


async def found_county(work: Work, *, is_bound: bool = True) -> County:
    """Write the county; everybody is bound to a chat of their own unless told otherwise."""
    county = County()
    await _calendar(work)
    await _units(work, county)
    for who, name in STAFF.items():
        await add_person(work, county, who, name, is_bound=is_bound)
    await _posts(work, county)
    await _pairings(work, county)
    for name in CHILDREN:
        await add_child(work, county, name)
    await note_first_run(work, work.now)
    return county


async def package_filed(work: Work, school_id: int) -> None:
    """A school's package of the year is in, where the story begins while it is asked for."""
    asked_from = datetime(2026, 8, 25, tzinfo=UTC)
    due = datetime(2026, 9, 10, 4, tzinfo=UTC)
    if asked_from <= work.now:
        row = ReportDue(
            0,
            PACKAGE,
            school_id,
            "2026",
            asked_from.date(),
            due.date(),
            asked_from,
            asked_from,
            due,
            state=DueState.FILED,
            number=1,
        )
        await work.insert(report_dues, row)


async def _calendar(work: Work) -> None:
    await work.insert_many(terms, [_Row.term(TERM)])
    official = labelled_days((2026, 2027))
    await work.insert_many(
        days,
        [
            _OfficialDay(0, on, "official", None, day.is_working, day.label, "seed")
            for on, day in official.items()
        ],
    )


@dataclass(frozen=True)
class _Row:
    """A term as its table has it."""

    id: int
    name: str
    starts_on: date
    ends_on: date
    school_id: int | None
    version: int = 1

    @classmethod
    def term(cls, term: Term) -> _Row:
        return cls(0, term.name, term.starts_on, term.ends_on, term.school_id)


async def _units(work: Work, county: County) -> None:
    county.township_id = await work.insert(units, Unit(0, UnitKind.TOWNSHIP, "青石乡"))
    county.bureau_id = await work.insert(units, Unit(0, UnitKind.BUREAU, "县教体局"))
    county.section_id = await work.insert(units, Unit(0, UnitKind.SECTION, "教育股"))
    school = Unit(
        0,
        UnitKind.SCHOOL,
        "青石中心小学",
        code="2199000001",
        school_kind=SchoolKind.CENTRAL_PRIMARY,
        township_id=county.township_id,
    )
    county.school_id = await work.insert(units, school)
    county.class_id = await work.insert(classes, SchoolClass(0, county.school_id, 3, 2))


async def add_person(
    work: Work, county: County, who: str, name: str, *, is_bound: bool = True
) -> int:
    """Somebody with a chat of their own."""
    person_id = await work.insert(people, Person(0, name, phone="13900000000"))
    county.people[who] = person_id
    if is_bound:
        person = await work.one(people.select().where(people.c.id == person_id), Person)
        assert person is not None
        await work.save(people, replace(person, chat_id=FIRST_CHAT + person_id))
    return person_id


async def _posts(work: Work, county: County) -> None:
    held = {
        "teacher": (Role.CLASS_TEACHER, county.school_id, county.class_id),
        "leader": (Role.LEADER, county.school_id, None),
        "head": (Role.HEAD, county.school_id, None),
        "clerk": (Role.REGISTER_CLERK, county.school_id, None),
        "section": (Role.SECTION, county.section_id, None),
        "bureau": (Role.BUREAU_LEADER, county.bureau_id, None),
        "admin": (Role.ADMIN, county.bureau_id, None),
    }
    for who, (role, unit_id, class_id) in held.items():
        await work.insert(posts, Post(0, county.people[who], role, unit_id, class_id))


async def _pairings(work: Work, county: County) -> None:
    lines = {
        "teacher": (PairingScope.CLASS, county.class_id, PairingLevel.TEACHER),
        "leader": (PairingScope.CLASS, county.class_id, PairingLevel.LEADER),
        "section": (PairingScope.TOWNSHIP, county.township_id, PairingLevel.SECTION),
        "bureau": (PairingScope.TOWNSHIP, county.township_id, PairingLevel.BUREAU_LEADER),
    }
    for who, (scope, scope_id, level) in lines.items():
        await work.insert(pairings, Pairing(0, scope, scope_id, level, county.people[who]))


async def add_child(
    work: Work, county: County, name: str, changes: Mapping[str, object] | None = None
) -> int:
    """A child of the class, without guardians."""
    student = Student(0, county.school_id, county.class_id, name, birth_on=date(2017, 5, 4))
    student = replace(student, **(changes or {}))  # type: ignore[arg-type]
    county.children[name] = await work.insert(students, student)
    return county.children[name]


async def add_guardian(
    work: Work, county: County, child: str, who: str, *, is_carer: bool = False
) -> int:
    """A bound guardian of a child; `who` may be somebody already known."""
    if who not in county.people:
        await add_person(work, county, who, who)
    link = Guardianship(
        0,
        county.children[child],
        county.people[who],
        relation=Relation.FATHER,
        is_carer=is_carer,
        state=GuardianState.BOUND,
        confirmed_at=work.now,
    )
    county.links[f"{who}:{child}"] = await work.insert(guardianships, link)
    return county.links[f"{who}:{child}"]
