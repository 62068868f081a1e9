"""The invented children and their families, as the register writes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from papers.sample.county import County, Person, SchoolClass
from papers.sample.people import People
from papers.sample.words import words
from rules.identity import Sex


@dataclass(frozen=True, slots=True)
class Family:
    """A household; with `carer` the parents work elsewhere and a grandparent looks after all."""

    surname: str
    father: Person
    mother: Person
    carer: Person | None
    village: str
    address: str
    is_monitored: bool


@dataclass(frozen=True, slots=True)
class Child:
    """One child; `disability` is empty for most, `id_number` for the few without a document."""

    name: str
    sex: Sex
    born_on: date
    id_number: str
    register_number: str
    seat: int
    school_class: SchoolClass
    family: Family
    boards: bool
    disability: str
    has_phone: bool

    @property
    def entered_in(self) -> int:
        """How many years ago the child entered primary or junior school."""
        grade = self.school_class.grade
        return grade - (7 if grade > 6 else 1)


def invent_children(
    county: County, first_september: date, people: People, random: Random
) -> Iterator[Child]:
    """All children, class by class; about one in six has a brother or sister here."""
    families: dict[str, list[Family]] = {}
    for school_class in county.classes:
        known = families.setdefault(school_class.school.township, [])
        for seat in range(1, school_class.size + 1):
            if known and random.random() < 0.16:
                family = known.pop(random.randrange(len(known)))
            else:
                family = _family(school_class.school.township, people, random)
                known.append(family)
            yield _child(school_class, seat, family, first_september, people=people, random=random)


def _child(
    school_class: SchoolClass,
    seat: int,
    family: Family,
    first_september: date,
    *,
    people: People,
    random: Random,
) -> Child:
    sex = random.choice((Sex.MALE, Sex.FEMALE))
    youngest = first_september.replace(year=first_september.year - 5 - school_class.grade)
    born_on = youngest - timedelta(days=random.randrange(1, 365))
    id_number = people.id_number(born_on, sex)
    undocumented = random.random() < 0.002
    return Child(
        name=people.name(sex, family.surname),
        sex=sex,
        born_on=born_on,
        id_number="" if undocumented else id_number,
        register_number=f"L99{id_number[2:17]}{seat % 10}" if undocumented else f"G{id_number}",
        seat=seat,
        school_class=school_class,
        family=family,
        boards=school_class.grade > 6 and random.random() < 0.6,
        disability=_disability(school_class, random),
        has_phone=random.random() > 0.01,
    )


def _disability(school_class: SchoolClass, random: Random) -> str:
    often = school_class.school.kind == "special"
    is_disabled = often or random.random() < 0.005
    return str(random.choice(words()["values"]["disabilities"])) if is_disabled else ""


def _family(township: str, people: People, random: Random) -> Family:
    """Parents with their own phones; one family in five works elsewhere: a grandparent cares."""
    surname = people.surname()
    village = random.choice(words()["villages"])
    address = words()["values"]["address"].format(
        county=words()["county"],
        township=township,
        village=village,
        number=random.randrange(1, 300),
    )
    carer = Person(people.name(Sex.FEMALE), people.guardian_phone())
    return Family(
        surname=surname,
        father=Person(people.name(Sex.MALE, surname), people.guardian_phone()),
        mother=Person(people.name(Sex.FEMALE), people.guardian_phone()),
        carer=carer if random.random() < 0.2 else None,
        village=words()["values"]["village_cell"].format(village=village),
        address=address,
        is_monitored=random.random() < 0.06,
    )
