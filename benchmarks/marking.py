"""A comparison of a planted county, marked: what was found, what was merged wrongly."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.planted import Planted
from rules.reconciling.lines import Line
from rules.reconciling.matching import match_lists
from rules.reconciling.sorting import Comparison, Kind

#: Which list a child must stand on after this was done to it.
LISTED = {
    "missing": Kind.MISSING,
    "unregistered": Kind.UNREGISTERED,
    "other_school": Kind.ELSEWHERE,
    "other_class": Kind.WRONG_CLASS,
    "leaver_arrived": Kind.LEAVER_ARRIVED,
    "leaver_never_arrived": Kind.LEAVER_MISSING,
}


@dataclass(frozen=True)
class Marks:
    """How well it was done."""

    planted: int
    missed: dict[str, int]  # by fault: pairs that stand neither together nor on the review list
    false_merges: int
    second_children: int  # children listed as missing or unregistered who are neither
    doubts: int
    idle_doubts: int  # pairs on the review list that are two children

    @property
    def recall(self) -> float:
        """The share of planted faults that were found."""
        return 1 - sum(self.missed.values()) / max(self.planted, 1)


def marked(county: Planted, found: Comparison) -> Marks:
    """Compare what was found with what was planted."""
    owners = _owners(county)
    merged = match_lists(county.lists.register, county.lists.roster).matches
    wrong = [
        one
        for one in merged
        if county.whose_register[one.register] != county.whose_roster[one.roster]
    ]
    together = {county.whose_roster[one.roster] for one in merged}
    doubtful = [(owners[id(one.registered)], owners[id(one.seated)]) for one in found.doubts]
    reviewed = {one for one, other in doubtful if one == other}
    listed: dict[Kind, set[int]] = {kind: set() for kind in Kind}
    crossed = 0
    for one in found.findings:
        sides = {owners[id(line)] for line in (one.registered, one.seated) if line is not None}
        listed[one.kind] |= sides
        crossed += len(sides) > 1
    gone = listed[Kind.MISSING] | {one for one, _ in doubtful}
    reviewed |= gone & county.children("namesake_came_instead")
    missed = {
        name: len(
            [one for one in children if not _is_found(name, one, together, reviewed, listed)]
        )
        for name, children in county.faults.items()
    }
    absent = county.children("missing", "namesake_came_instead", "unregistered", "leaver_arrived")
    new = set(_everybody(county)) - set(county.whose_register)
    phantoms = (listed[Kind.MISSING] - absent) | (listed[Kind.UNREGISTERED] - absent - new)
    return Marks(
        planted=sum(map(len, county.faults.values())),
        missed={name: number for name, number in missed.items() if number},
        false_merges=len(wrong) + crossed,
        second_children=len(phantoms),
        doubts=len(doubtful),
        idle_doubts=len([one for one, other in doubtful if one != other]),
    )


def _everybody(county: Planted) -> range:
    return range(max((*county.whose_register, *county.whose_roster)) + 1)


def _is_found(
    name: str, child: int, together: set[int], reviewed: set[int], listed: dict[Kind, set[int]]
) -> bool:
    """On its list; matched; or before a person.  A second seat must be before a person."""
    if name in LISTED:
        return child in listed[LISTED[name]]
    if name in ("two_schools", "twice_with_a_slip"):
        return child in reviewed
    return child in together or child in reviewed


def _owners(county: Planted) -> dict[int, int]:
    """Whose a line is, by the line itself."""
    found: dict[int, int] = {}
    sides: tuple[tuple[object, list[int]], ...] = (
        (county.lists.register, county.whose_register),
        (county.lists.roster, county.whose_roster),
        (county.lists.leavers, county.whose_leaver),
    )
    for lines, whose in sides:
        for line, child in zip(lines, whose, strict=True):  # type: ignore[call-overload]
            assert isinstance(line, Line)
            found[id(line)] = child
    return found
