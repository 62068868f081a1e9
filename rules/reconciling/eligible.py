"""适龄儿童底册 against all registers and rosters of the county (rules.md 8): whoever has to be in
school and is on none of them.

The same matching as between register and rosters; what is only near is for a person here too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from zlib import crc32

from rules.policy.sections import BulkGuard
from rules.reconciling.blocks import candidates
from rules.reconciling.lines import Line
from rules.reconciling.matching import Decided, match_lists
from rules.reconciling.nearness import near
from rules.reconciling.sorting import Doubt


class Standing(StrEnum):
    """How things are with a child of the list."""

    IN_SCHOOL = "in_school"  # on a register or roster; what those say follows from them
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    REVIEW = "review"  # near somebody: a person looks at the two
    TWICE = "twice"  # a person has said that an earlier line is the same child
    WAITING = "waiting"  # due in grade 1, whose rosters are still coming
    HELD = "held"  # so many at once that a list is incomplete rather than the children away
    SOUGHT = "sought"  # the rest: somebody goes and asks


#: Not due in school, or not a child of its own: neither above nor below the line of the rate.
NOT_COUNTED = (Standing.TOO_YOUNG, Standing.TOO_OLD, Standing.TWICE)


@dataclass(frozen=True)
class Ages:
    """What [intake] and the calendar say."""

    last_grade: int = 9
    newcomers_wait: bool = False


@dataclass(frozen=True)
class Intake:
    """Every line of the list, in its order."""

    standings: tuple[Standing, ...]
    matches: Mapping[int, Line] = field(repr=False, default_factory=dict)
    doubts: tuple[Doubt, ...] = field(repr=False, default=())

    @property
    def counts(self) -> dict[str, int]:
        """How many stand how."""
        return {one.value: number for one, number in Counter(self.standings).items()}


def village_number(township: str, village: str) -> int:
    """What a line of this list has in the place of a school: the same in every run, and no
    school's."""
    return -1 - crc32(f"{township}|{village}".encode())


def look_up(
    listed: Sequence[Line],
    in_school: Sequence[Line],
    ages: Ages,
    decided: Decided | None = None,
    guard: BulkGuard | None = None,
) -> Intake:
    """Where each child of the list stands; `in_school` is everybody on a register or roster."""
    found = match_lists(in_school, listed, decided)
    standings = dict.fromkeys(found.by_roster, Standing.IN_SCHOOL)
    left = {at: _by_age(listed[at], ages) for at in found.seated_only}
    standings |= {at: one for at, one in left.items() if one is not None}
    open_ones = [at for at, one in left.items() if one is None]
    near_ones = {pair.roster for pair in found.pairs} & {*open_ones}
    twins, twice = _twins(listed, [at for at in open_ones if at not in near_ones], decided or {})
    standings |= dict.fromkeys(near_ones | {later for _, later in twins}, Standing.REVIEW)
    standings |= dict.fromkeys(twice, Standing.TWICE)
    rest = [at for at in open_ones if at not in standings]
    standings |= {at: _rest(listed[at], ages) for at in rest}
    standings |= dict.fromkeys(_too_many(listed, standings, guard), Standing.HELD)
    doubts = [
        Doubt(in_school[pair.register], listed[pair.roster], pair.why)
        for pair in found.pairs
        if pair.roster in near_ones
    ]
    return Intake(
        tuple(standings[at] for at in range(len(listed))),
        {there: in_school[here] for there, here in found.by_roster.items()},
        (*doubts, *_as_doubts(listed, twins)),
    )


def _by_age(line: Line, ages: Ages) -> Standing | None:
    """Too young or too old; a child of unknown age is due."""
    if line.birth_on is None or 1 <= line.grade <= ages.last_grade:
        return None
    return Standing.TOO_YOUNG if line.grade < 1 else Standing.TOO_OLD


def _rest(line: Line, ages: Ages) -> Standing:
    is_new = line.birth_on is not None and line.grade == 1
    return Standing.WAITING if is_new and ages.newcomers_wait else Standing.SOUGHT


Twins = list[tuple[int, int]]


def _twins(listed: Sequence[Line], left: list[int], decided: Decided) -> tuple[Twins, set[int]]:
    """Two lines of the list that may be one child, the earlier first; and those that are."""
    lines = [listed[at] for at in left]
    twins: Twins = []
    twice: set[int] = set()
    for one, other in candidates(lines, range(len(lines)), lines):
        if one >= other or near(lines[one], lines[other], are_free=True) is None:
            continue
        said = decided.get((lines[one].identity, lines[other].identity))
        if said is None:
            twins.append((left[one], left[other]))
        elif said:
            twice.add(left[other])
    return [pair for pair in twins if not twice & {*pair}], twice


def _as_doubts(listed: Sequence[Line], twins: Twins) -> list[Doubt]:
    pairs = [(listed[one], listed[other]) for one, other in twins]
    return [
        Doubt(one, other, why)
        for one, other in pairs
        if (why := near(one, other, are_free=True)) is not None
    ]


def _too_many(
    listed: Sequence[Line], standings: Mapping[int, Standing], guard: BulkGuard | None
) -> Collection[int]:
    """Sought in a village, or in the whole county, where that looks like a faulty file."""
    if guard is None:
        return ()
    sought = [at for at, one in standings.items() if one is Standing.SOUGHT]
    due = [at for at, one in standings.items() if one not in NOT_COUNTED]
    if _is_too_many(len(sought), len(due), guard):
        return sought
    here = Counter(listed[at].school for at in sought)
    every = Counter(listed[at].school for at in due)
    return [
        at
        for at in sought
        if _is_too_many(here[listed[at].school], every[listed[at].school], guard)
    ]


def _is_too_many(sought: int, due: int, guard: BulkGuard) -> bool:
    return sought >= guard.at_least_children and sought * 100 >= guard.percent_of_school * due
