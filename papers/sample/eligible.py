"""适龄儿童底册 of the invented county: whoever is in school, and a few who are in none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from papers.cells import Cell
from papers.sample.children import Child
from papers.sample.county import County
from papers.sample.people import People
from papers.sample.words import words
from rules.identity import Sex

#: One child in so many is in no school; and as many again are too young or too old.
ONE_IN = 500
AT_LEAST = 3
#: How old they are on the first of September: school age, then too young and too old.
AGES = (7, 9, 12, 14)
NOT_DUE = (5, 16)


@dataclass(frozen=True, slots=True)
class AtHome:
    """A child on no register."""

    township: str
    village: str
    name: str
    sex: Sex
    id_number: str
    guardian: str
    phone: str


def invent_at_home(
    county: County, students: int, first_september: date, people: People, random: Random
) -> list[AtHome]:
    """Children whom only this list knows."""
    number = max(AT_LEAST, students // ONE_IN)
    ages = [AGES[at % len(AGES)] for at in range(number)]
    ages += [NOT_DUE[at % len(NOT_DUE)] for at in range(number)]
    return [_invented(county, age, first_september, people, random) for age in ages]


def _invented(
    county: County, age: int, first_september: date, people: People, random: Random
) -> AtHome:
    sex, surname = random.choice((Sex.MALE, Sex.FEMALE)), people.surname()
    latest = first_september.replace(year=first_september.year - age)
    born_on = latest - timedelta(days=random.randrange(1, 365))
    village = random.choice(words()["villages"])
    return AtHome(
        township=random.choice(county.townships),
        village=words()["values"]["village_cell"].format(village=village),
        name=people.name(sex, surname),
        sex=sex,
        id_number=people.id_number(born_on, sex),
        guardian=people.name(Sex.MALE, surname),
        phone=people.guardian_phone(),
    )


def eligible_lines(children: Sequence[Child], at_home: Sequence[AtHome]) -> Iterator[list[Cell]]:
    """Village by village, as a township hands it in."""
    known = [child for child in children if child.id_number]
    yield from sorted(
        [*map(_in_school, known), *map(_at_home, at_home)], key=lambda row: (row[0], row[1])
    )


def _in_school(child: Child) -> list[Cell]:
    family, source = child.family, "disabled" if child.disability else "township"
    guardian = family.carer or family.father
    phone = guardian.phone if child.has_phone else ""
    known = [child.name, _sex(child.sex), child.id_number, guardian.name, phone]
    place = [child.school_class.school.township, family.village]
    return [*place, *known, family.address, words()["values"]["list_sources"][source], ""]


def _at_home(child: AtHome) -> list[Cell]:
    place = [child.township, child.village]
    known = [child.name, _sex(child.sex), child.id_number, child.guardian, child.phone]
    address = words()["values"]["address"].format(
        county=words()["county"], township=child.township, village=child.village[:-1], number=1
    )
    return [*place, *known, address, words()["values"]["list_sources"]["police"], ""]


def _sex(sex: Sex) -> str:
    return str(words()["values"]["male" if sex is Sex.MALE else "female"][1])
