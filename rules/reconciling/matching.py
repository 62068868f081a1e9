"""Who is who on two lists: by register number, else ID; what is only near is for a person.

Every step looks lines up by a key, so that the work grows with the lists and not with their
product.  The same lists give the same answer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rules.reconciling.blocks import candidates
from rules.reconciling.lines import Line
from rules.reconciling.nearness import RANK, Why, is_slip, near

#: So many possible partners of one line are shown; the nearest come first.
SHOWN = 3
#: What a person has said of two lines: the same child or not.
Decided = Mapping[tuple[str, str], bool]


class How(StrEnum):
    """What a match rests on."""

    NUMBER = "number"
    CLASS = "class"  # no number on the roster, the one of this name in school and class
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Match:
    """One child on both lists; the places in them."""

    register: int
    roster: int
    how: How


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lines that a person has to look at."""

    register: int
    roster: int
    why: Why


@dataclass
class Matching:
    """Everything found so far."""

    register: Sequence[Line]
    roster: Sequence[Line]
    matches: list[Match] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    by_register: dict[int, int] = field(default_factory=dict)
    by_roster: dict[int, int] = field(default_factory=dict)

    def match(self, one: int, other: int, how: How) -> None:
        """These two are the same child."""
        self.matches.append(Match(one, other, how))
        self.by_register[one] = other
        self.by_roster[other] = one

    @property
    def registered_only(self) -> list[int]:
        """Places of register lines that nobody matched, near or not."""
        return [one for one in range(len(self.register)) if one not in self.by_register]

    @property
    def seated_only(self) -> list[int]:
        """Places of roster lines likewise."""
        return [one for one in range(len(self.roster)) if one not in self.by_roster]


def match_lists(
    register: Sequence[Line], roster: Sequence[Line], decided: Decided | None = None
) -> Matching:
    """Match two lists (rules.md 8); `decided` are pairs that a person has looked at."""
    found = Matching(register, roster)
    said = decided or {}
    _as_people_say(found, said)
    doubtful = _by_numbers(found, said)
    _by_class(found)
    pairs = _near_ones(found) + _still_doubtful(found, doubtful)
    found.pairs += _few(pair for pair in pairs if not _is_decided(found, said, pair))
    return found


def _as_people_say(found: Matching, decided: Decided) -> None:
    """[是同一人] counts before everything else."""
    same = {pair for pair, is_same in decided.items() if is_same}
    if not same:
        return
    firsts, seconds = {one for one, _ in same}, {other for _, other in same}
    first = {line.identity: at for at, line in enumerate(found.register)}
    second = {line.identity: at for at, line in enumerate(found.roster)}
    for one, other in sorted(same):
        if one in firsts & first.keys() and other in seconds & second.keys():
            here, there = first[one], second[other]
            if here not in found.by_register and there not in found.by_roster:
                found.match(here, there, How.PERSON)


def _is_decided(found: Matching, decided: Decided, pair: Pair) -> bool:
    if not decided:
        return False
    key = found.register[pair.register].identity, found.roster[pair.roster].identity
    return key in decided


def _by_numbers(found: Matching, decided: Decided) -> list[Pair]:
    """Same number and same name: the same child.  What the numbers leave open comes back."""
    by_register, by_id = _index(found.register)
    strong, doubtful = [], []
    for there, line in enumerate(found.roster):
        first = by_register.get(line.register_number or "", ())
        second = by_id.get(line.id_number or "", ())
        is_torn = bool(first) and bool(second) and not set(first) & set(second)
        for here in dict.fromkeys((*first, *second)):
            if is_torn:
                doubtful.append(Pair(here, there, Why.TWO_CHILDREN))
            elif found.register[here].name == line.name:
                strong.append((here, there))
            else:
                doubtful.append(Pair(here, there, Why.OTHER_NAME))
    denied = {pair for pair, is_same in decided.items() if not is_same}
    return doubtful + _pair_up(found, strong, denied)


def _index(lines: Sequence[Line]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    by_register: dict[str, list[int]] = defaultdict(list)
    by_id: dict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        if line.register_number:
            by_register[line.register_number].append(at)
        if line.id_number:
            by_id[line.id_number].append(at)
    return by_register, by_id


def _pair_up(
    found: Matching, edges: list[tuple[int, int]], denied: set[tuple[str, str]]
) -> list[Pair]:
    """One place for each child: the nearest; a second place or registration is a doubt."""
    left = []
    for here, there in sorted(edges, key=lambda edge: _distance(found, *edge)):
        if denied and _key(found, here, there) in denied:
            continue
        if here not in found.by_register and there not in found.by_roster:
            found.match(here, there, How.NUMBER)
        elif found.by_register.get(here) != there:
            is_second_seat = here in found.by_register
            why = Why.TWO_PLACES if is_second_seat else Why.TWO_REGISTRATIONS
            left.append(Pair(here, there, why))
    return left


def _key(found: Matching, here: int, there: int) -> tuple[str, str]:
    return found.register[here].identity, found.roster[there].identity


def _distance(found: Matching, here: int, there: int) -> tuple[bool, bool, int, int]:
    one, other = found.register[here], found.roster[there]
    return one.school != other.school, one.place != other.place, here, there


def _by_class(found: Matching) -> None:
    """A roster without numbers: the one child of this name in the school, in the same class."""
    bare = [at for at in found.seated_only if not found.roster[at].has_number]
    if not bare:
        return
    here_of = _only_ones(found.register)
    there_of = _only_ones(found.roster)
    for there in bare:
        line = found.roster[there]
        here = here_of.get((line.school, line.name))
        is_only = there_of.get((line.school, line.name)) == there
        if here is None or not is_only or here in found.by_register:
            continue
        if _is_the_same(found.register[here], line):
            found.match(here, there, How.CLASS)


def _only_ones(lines: Sequence[Line]) -> dict[tuple[int, str], int]:
    """Names that only one line of a school has."""
    times = Counter((line.school, line.name) for line in lines)
    return {
        (line.school, line.name): at
        for at, line in enumerate(lines)
        if times[line.school, line.name] == 1
    }


def _is_the_same(registered: Line, seated: Line) -> bool:
    """The same class, and nothing that the roster says speaks against it."""
    if registered.place != seated.place:
        return False
    if seated.sex and registered.sex and seated.sex != registered.sex:
        return False
    if seated.birth_on and registered.birth_on and seated.birth_on != registered.birth_on:
        return False
    if seated.written is None or registered.digits is None:
        return True
    return seated.written == registered.digits or is_slip(seated.written, registered.digits)


def _near_ones(found: Matching) -> list[Pair]:
    """Lines that nobody matched, beside all that are near them on the other list."""
    pairs = []
    left, free = found.seated_only, set(found.registered_only)
    for there, here in candidates(found.roster, left, found.register):
        why = near(found.register[here], found.roster[there], are_free=here in free)
        if why is not None:
            pairs.append(Pair(here, there, why))
    for here, there in candidates(found.register, sorted(free), found.roster):
        if there in found.by_roster:
            why = near(found.register[here], found.roster[there], are_free=False)
            if why is not None:
                pairs.append(Pair(here, there, why))
    return pairs


def _still_doubtful(found: Matching, pairs: Iterable[Pair]) -> list[Pair]:
    """Doubts about numbers, unless both children have been found elsewhere meanwhile."""
    return [
        pair
        for pair in pairs
        if pair.register not in found.by_register or pair.roster not in found.by_roster
    ]


def _few(pairs: Iterable[Pair]) -> list[Pair]:
    """The nearest of each line, each pair once."""
    shown: list[Pair] = []
    known: set[tuple[int, int]] = set()
    times: Counter[int] = Counter()
    for pair in sorted(pairs, key=lambda one: (RANK[one.why], one.roster, one.register)):
        edge = pair.register, pair.roster
        if edge not in known and times[pair.roster] < SHOWN:
            known.add(edge)
            times[pair.roster] += 1
            shown.append(pair)
    return shown
