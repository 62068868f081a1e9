"""An invented county on paper: its register, its rosters, and faults planted in them.

Every line knows whose it is, so that a comparison can be marked like an exam.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from papers.sample.words import words
from rules.identity import check_digit
from rules.reconciling.lines import Line
from rules.reconciling.sorting import Lists

CLASS_SIZE = 42
#: Of so many children one has the fault.
ONE_IN = 250
ENTRY_GRADES = (1, 7)


@dataclass
class Planted:
    """The lists, whose each line is, and what was done to which child."""

    lists: Lists
    whose_register: list[int]
    whose_roster: list[int]
    whose_leaver: list[int]
    faults: dict[str, list[int]] = field(default_factory=dict)

    def children(self, *names: str) -> set[int]:
        """Whom these faults were done to."""
        return {child for name in names for child in self.faults.get(name, ())}


@dataclass
class _Desk:
    """The rosters while faults are planted; several lines of one child are possible."""

    chance: random.Random
    register: list[Line | None]
    roster: list[list[Line]]
    schools: list[list[tuple[int, int, int]]]
    faults: dict[str, list[int]] = field(default_factory=dict)


def planted(children: int, schools: int, seed: int = 1) -> Planted:
    """A county of this size, the same for the same seed."""
    chance = random.Random(seed)
    classes = _classes(children, schools)
    lines = _people(chance, [one for school in classes for one in school], children)
    desk = _Desk(chance, [*lines], [[one] for one in lines], classes)
    free = list(range(children))
    chance.shuffle(free)
    for name, fault in FAULTS.items():
        some, free = free[: max(children // ONE_IN, 3)], free[max(children // ONE_IN, 3) :]
        for child in some:
            if fault(desk, child):
                desk.faults.setdefault(name, []).append(child)
    leavers = _leavers(desk, lines, free)
    return _laid_out(desk, leavers)


def _classes(children: int, schools: int) -> list[list[tuple[int, int, int]]]:
    """Schools of grades 1 to 6 and of 7 to 9, their classes filled one after the other."""
    rooms = max(children // CLASS_SIZE, schools * 6)
    found: list[list[tuple[int, int, int]]] = []
    for school in range(1, schools + 1):
        grades = range(7, 10) if school % 3 == 0 else range(1, 7)
        each = max(rooms // schools // len(grades), 1)
        found.append([(school, grade, n + 1) for grade in grades for n in range(each)])
    return found


def _people(chance: random.Random, rooms: list[tuple[int, int, int]], children: int) -> list[Line]:
    known: set[str] = set()
    return [_person(chance, rooms[n % len(rooms)], known) for n in range(children)]


def _person(chance: random.Random, room: tuple[int, int, int], known: set[str]) -> Line:
    school, grade, number = room
    born_on = date(2020 - grade, 1, 1) - timedelta(days=chance.randrange(120, 480))
    sex = chance.choice("mf")
    while True:
        order = chance.randrange(0, 500) * 2 + (sex == "m")
        first = f"9900{chance.randrange(1, 13):02d}{born_on:%Y%m%d}{order:03d}"
        if first not in known:
            break
    known.add(first)
    digits = first + check_digit(first)
    return Line(
        school, grade, number, _name(chance, sex), born_on, digits, f"G{digits}", None, sex
    )


def _name(chance: random.Random, sex: str) -> str:
    known = words()
    given = known["given_male" if sex == "m" else "given_female"]
    length = chance.choice((1, 2, 2, 2))
    first = str(chance.choice(known["surnames"]))
    return first + "".join(chance.choice(given) for _ in range(length))


# What clerks do to lists.  Each returns whether it could be done to this child.


def _seat(desk: _Desk, child: int) -> Line:
    return desk.roster[child][0]


def _put(desk: _Desk, child: int, **changes: object) -> bool:
    desk.roster[child][0] = replace(_seat(desk, child), **changes)  # type: ignore[arg-type]
    return True


def _slipped(chance: random.Random, digits: str) -> str:
    at = chance.randrange(len(digits) - 1)
    other = chance.choice([one for one in "0123456789" if one != digits[at]])
    return digits[:at] + other + digits[at + 1 :]


def _wrong_digit(desk: _Desk, child: int) -> bool:
    """One digit of the ID is wrong, so that it does not hold; no other number stands there."""
    wrong = _slipped(desk.chance, _seat(desk, child).id_number or "")
    return _put(desk, child, id_number=None, register_number=None, written=wrong)


def _wrong_digit_that_holds(desk: _Desk, child: int) -> bool:
    """A wrong digit, and by bad luck the check digit fits."""
    digits = _seat(desk, child).id_number or ""
    place = desk.chance.randrange(14, 17)
    new = str((int(digits[place]) + desk.chance.randrange(1, 10)) % 10)
    first = (digits[:place] + new + digits[place + 1 :])[:17]
    return _put(desk, child, id_number=first + check_digit(first), register_number=None)


def _swapped_digits(desk: _Desk, child: int) -> bool:
    digits = list(_seat(desk, child).id_number or "")
    places = [n for n in range(16) if digits[n] != digits[n + 1]]
    at = desk.chance.choice(places)
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    return _put(desk, child, id_number=None, register_number=None, written="".join(digits))


def _lost_digit(desk: _Desk, child: int) -> bool:
    digits = _seat(desk, child).id_number or ""
    at = desk.chance.randrange(18)
    short = digits[:at] + digits[at + 1 :]
    return _put(desk, child, id_number=None, register_number=None, written=short)


def _wrong_character(desk: _Desk, child: int) -> bool:
    """The number is right, a character of the name is not."""
    name = _seat(desk, child).name
    return _put(desk, child, name=name[:-1] + ("昕" if name[-1] != "昕" else "欣"))


def _wrong_character_alone(desk: _Desk, child: int) -> bool:
    """The name is wrong and there is no number to tell."""
    _wrong_character(desk, child)
    return _put(desk, child, id_number=None, register_number=None)


def _birth_slip(desk: _Desk, child: int) -> bool:
    """No number, and the day of birth mistyped."""
    born_on = _seat(desk, child).birth_on or date(2015, 1, 1)
    day = born_on.day - 1 if born_on.day % 10 > 1 else born_on.day + 1
    wrong = born_on.replace(day=min(day, 28))
    if wrong == born_on:
        return False
    return _put(desk, child, id_number=None, register_number=None, birth_on=wrong)


def _no_number(desk: _Desk, child: int) -> bool:
    return _put(desk, child, id_number=None, register_number=None)


def _other_class(desk: _Desk, child: int) -> bool:
    line = _seat(desk, child)
    rooms = [one for one in desk.schools[line.school - 1] if one[1] == line.grade]
    others = [one for one in rooms if one != line.place]
    return bool(others) and _put(desk, child, number=desk.chance.choice(others)[2])


def _room_elsewhere(desk: _Desk, line: Line) -> tuple[int, int, int]:
    while True:
        school = desk.chance.choice(desk.schools)
        rooms = [one for one in school if one[1] == line.grade and one[0] != line.school]
        if rooms:
            return desk.chance.choice(rooms)


def _other_school(desk: _Desk, child: int) -> bool:
    school, _, number = _room_elsewhere(desk, _seat(desk, child))
    return _put(desk, child, school=school, number=number)


def _other_school_with_a_slip(desk: _Desk, child: int) -> bool:
    return _other_school(desk, child) and _wrong_digit(desk, child)


def _two_schools(desk: _Desk, child: int) -> bool:
    line = _seat(desk, child)
    school, _, number = _room_elsewhere(desk, line)
    desk.roster[child].append(replace(line, school=school, number=number))
    return True


def _twice_with_a_slip(desk: _Desk, child: int) -> bool:
    """The child stands on the roster of its class twice, once with a wrong digit."""
    line = _seat(desk, child)
    wrong = _slipped(desk.chance, line.id_number or "")
    desk.roster[child].append(replace(line, id_number=None, register_number=None, written=wrong))
    return True


def _missing(desk: _Desk, child: int) -> bool:
    desk.roster[child].clear()
    return True


def _unregistered(desk: _Desk, child: int) -> bool:
    desk.register[child] = None
    return True


def _namesake_came_instead(desk: _Desk, child: int) -> bool:
    """The child is gone; another of the same name, with a number of its own, sits there."""
    line = _seat(desk, child)
    other = _person(desk.chance, line.place, set())
    if other.birth_on == line.birth_on or other.id_number == line.id_number:
        return False
    desk.roster[child] = []
    desk.register.append(None)
    desk.roster.append([replace(other, name=line.name, sex=line.sex)])
    return True


FAULTS: dict[str, Callable[[_Desk, int], bool]] = {
    "wrong_digit": _wrong_digit,
    "wrong_digit_that_holds": _wrong_digit_that_holds,
    "swapped_digits": _swapped_digits,
    "lost_digit": _lost_digit,
    "wrong_character": _wrong_character,
    "wrong_character_alone": _wrong_character_alone,
    "birth_slip": _birth_slip,
    "no_number": _no_number,
    "other_class": _other_class,
    "other_school": _other_school,
    "other_school_with_a_slip": _other_school_with_a_slip,
    "two_schools": _two_schools,
    "twice_with_a_slip": _twice_with_a_slip,
    "missing": _missing,
    "unregistered": _unregistered,
    "namesake_came_instead": _namesake_came_instead,
}


def _leavers(desk: _Desk, lines: list[Line], free: list[int]) -> dict[int, Line]:
    """Some grade-7 children came from a primary school and are on no register yet; of as many
    nobody has heard since."""
    homes = [rooms for rooms in desk.schools if any(one[1] == 6 for one in rooms)]
    found: dict[int, Line] = {}
    some = [one for one in free if lines[one].grade == 7][: max(len(lines) // ONE_IN, 3) * 2]
    for place, child in enumerate(some):
        home = desk.chance.choice([one for one in desk.chance.choice(homes) if one[1] == 6])
        found[child] = replace(lines[child], school=home[0], grade=home[1], number=home[2])
        desk.register[child] = None
        if place % 2:
            desk.roster[child].clear()
        name = "leaver_never_arrived" if place % 2 else "leaver_arrived"
        desk.faults.setdefault(name, []).append(child)
    return found


def _laid_out(desk: _Desk, leavers: dict[int, Line]) -> Planted:
    registered = [(n, one) for n, one in enumerate(desk.register) if one is not None]
    seated = [(n, one) for n, lines in enumerate(desk.roster) for one in lines]
    lists = Lists(
        [one for _, one in registered], [one for _, one in seated], list(leavers.values())
    )
    whose = [n for n, _ in registered], [n for n, _ in seated]
    return Planted(lists, *whose, list(leavers), desk.faults)


@dataclass
class PlantedList:
    """An age-eligible list of the county: everybody, slips in some lines, and a few more."""

    lines: list[Line]
    slipped: set[int]  # places of lines that a person has to look at
    at_home: set[int]  # places of children who are in no school


def planted_list(county: Planted, seed: int = 2) -> PlantedList:
    """Villages of the size of a class; faults only where nothing else was done to the child, and
    to the youngest: the others grow too old for the list."""
    chance = random.Random(seed)
    spoilt = {child for some in county.faults.values() for child in some}
    lines: list[Line] = []
    slipped: set[int] = set()
    every = zip(county.whose_register, county.lists.register, strict=True)
    whole = [(child in spoilt, line) for child, line in every]
    for at, (is_spoilt, line) in enumerate(whole):
        listed = replace(line, school=-1 - at // CLASS_SIZE, grade=4, number=0)
        if not is_spoilt and line.grade <= 2 and chance.randrange(ONE_IN) < len(_SLIPS) * 3:
            listed = _SLIPS[at % len(_SLIPS)](chance, listed)
            slipped.add(at)
        lines.append(listed)
    few = max(len(lines) // ONE_IN, 3)
    known = {line.id_number or "" for line in lines}
    lines += [_person(chance, (-1 - n, 1, 0), known) for n in range(few)]
    return PlantedList(lines, slipped, set(range(len(lines) - few, len(lines))))


def _list_slip(chance: random.Random, line: Line) -> Line:
    wrong = _slipped(chance, line.id_number or "")
    return replace(line, id_number=None, register_number=None, written=wrong)


def _list_bare(_: random.Random, line: Line) -> Line:
    return replace(line, id_number=None, register_number=None)


def _list_name(_: random.Random, line: Line) -> Line:
    return replace(line, name=line.name[:-1] + ("昕" if line.name[-1] != "昕" else "欣"))


_SLIPS = (_list_slip, _list_bare, _list_name)
