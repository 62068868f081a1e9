"""The invented county: townships, schools, classes, and everybody who works there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from papers.sample.people import People
from papers.sample.words import words
from rules.identity import Sex

CLASS_SIZE = 45
_WEIGHTS = {
    "central_primary": 5.0,
    "village_primary": 1.2,
    "bureau_primary": 12.0,
    "bureau_junior": 8.0,
    "township_junior": 4.0,
    "private": 6.0,
    "special": 0.4,
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a name and a phone."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Post:
    """One line of the staff table; `roles`: keys of [roles] in words.toml."""

    person: Person
    unit: str
    roles: tuple[str, ...]
    grade: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class School:
    """A school and who leads it."""

    code: str
    name: str
    kind: str
    parent: str
    township: str
    head: Person

    @property
    def grades(self) -> range:
        """The grades taught here."""
        if self.kind in ("private", "special"):
            return range(1, 10)
        return range(7, 10) if self.kind.endswith("junior") else range(1, 7)


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class, its size, its teacher and the leader above."""

    school: School
    grade: int
    number: int
    size: int
    teacher: Person
    leader: Person


@dataclass(slots=True)
class County:
    """All but the children. `chain`: township → section, its contact, leader, township's."""

    townships: list[str]
    schools: list[School] = field(default_factory=list)
    classes: list[SchoolClass] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    chain: dict[str, tuple[str, Person, Person, Person]] = field(default_factory=dict)


def invent_county(students: int, people: People, random: Random) -> County:
    """A county for so many children: 40 schools from about 4,000 children, fewer below."""
    share = min(1.0, students / 4000)
    county = County(words()["townships"][: max(1, round(6 * share))])
    for kind, name, parent, township in _school_names(county.townships, share):
        code = f"{'31' if kind.endswith('junior') else '21'}99{len(county.schools) + 1:06d}"
        head = _somebody(people, random)
        county.schools.append(School(code, name, kind, parent, township, head))
    _staff_bureau(county, people, random)
    for school, grade, size in _filled(county.schools, students):
        _add_classes(county, school, grade, size, people=people, random=random)
    for school in county.schools:
        _staff_school(county, school, people, random)
    return county


def _school_names(townships: list[str], share: float) -> Iterator[tuple[str, str, str, str]]:
    """Kind, name, central school and township of every school."""
    forms, villages = words()["schools"], iter(words()["villages"])
    town = townships[0]
    for kind in ("bureau_primary", "bureau_junior"):
        for name in forms[kind][: max(1, round(len(forms[kind]) * share))]:
            yield kind, name, "", town
    if share > 0.5:
        yield "private", forms["private"], "", town
        yield "special", forms["special"], "", town
    for place, township in enumerate(townships):
        central = forms["central"].format(township=township)
        yield "central_primary", central, "", township
        for _ in range(max(1, round((4 if place < 3 else 3) * share))):
            yield (
                "village_primary",
                forms["village"].format(village=next(villages)),
                central,
                township,
            )
        yield "township_junior", forms["township_junior"].format(township=township), "", township


def _filled(schools: list[School], students: int) -> Iterator[tuple[School, int, int]]:
    """How many children each grade of each school has; the sum is exact."""
    places = [(school, grade) for school in schools for grade in school.grades]
    total = sum(_WEIGHTS[school.kind] for school, _ in places)
    given, upto = 0, 0.0
    for school, grade in places:
        upto += _WEIGHTS[school.kind] * students / total
        size = min(students, round(upto)) - given
        given += size
        if size:
            yield school, grade, size


def _add_classes(
    county: County, school: School, grade: int, size: int, *, people: People, random: Random
) -> None:
    """Parts a grade into classes of equal size, each with a class teacher."""
    count = -(-size // CLASS_SIZE)
    leader = school.head if grade % 2 or school.kind == "village_primary" else None
    leader = leader or _leader(county, school, people, random)
    for number in range(1, count + 1):
        teacher = _somebody(people, random)
        share = size * number // count - size * (number - 1) // count
        county.classes.append(SchoolClass(school, grade, number, share, teacher, leader))
        county.posts.append(Post(teacher, school.name, ("class_teacher",), grade, number))


def _leader(county: County, school: School, people: People, random: Random) -> Person:
    """The school's second leader, found or appointed."""
    for post in county.posts:
        if post.unit == school.name and post.roles == ("school_leader",):
            return post.person
    leader = _somebody(people, random)
    county.posts.append(Post(leader, school.name, ("school_leader",)))
    return leader


def _staff_school(county: County, school: School, people: People, random: Random) -> None:
    """The head, the clerks and a teacher without a class; a village head is their own clerk."""
    clerks = ("report_clerk", "register_clerk")
    if school.kind == "village_primary":
        county.posts.append(Post(school.head, school.name, ("head", *clerks)))
    else:
        county.posts.append(Post(school.head, school.name, ("head",)))
        county.posts.append(Post(_somebody(people, random), school.name, clerks))
    county.posts.append(Post(_somebody(people, random), school.name, ("teacher",)))


def _staff_bureau(county: County, people: People, random: Random) -> None:
    """Sections and leaders, each answering for townships; township contacts; inspectors."""
    bureau, sections = words()["bureau"], words()["sections"]
    leaders = [_somebody(people, random) for _ in range(3)]
    county.posts.extend(Post(leader, bureau, ("bureau_leader",)) for leader in leaders)
    for place, township in enumerate(county.townships):
        contact, official = _somebody(people, random), _somebody(people, random)
        roles = ("section_contact", "inspector") if place == 1 else ("section_contact",)
        roles = ("section_contact", "education_section") if place == 0 else roles
        county.posts.append(Post(contact, sections[place], roles))
        county.posts.append(Post(official, township, ("township_contact",)))
        county.chain[township] = (sections[place], contact, leaders[place % 3], official)
    for role in ("inspector", "administrator"):
        county.posts.append(Post(_somebody(people, random), bureau, (role,)))


def _somebody(people: People, random: Random) -> Person:
    return Person(people.name(random.choice((Sex.MALE, Sex.FEMALE))), people.staff_phone())
