"""Bulk guard: a roster that loses half a school is a faulty file before it is a disaster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from rules.policy.sections import BulkGuard
from rules.reconciling.sorting import Comparison, Kind, Lists

LOST = (Kind.MISSING, Kind.LEAVER_MISSING)


def held_schools(lists: Lists, found: Comparison, guard: BulkGuard) -> dict[int, int]:
    """Schools of which so many children are nowhere that a person looks at the rosters first; how
    many each has lost."""
    expected = Counter(line.school for line in lists.register if line.is_expected)
    expected += Counter(line.school for line in lists.leavers)
    lost = Counter(one.line.school for one in found.findings if one.kind in LOST)
    return {
        school: number
        for school, number in sorted(lost.items())
        if number >= guard.at_least_children
        and number * 100 >= guard.percent_of_school * expected[school]
    }


def without_held(found: Comparison, held: Collection[int]) -> Comparison:
    """The same, and nobody of these schools is called missing yet."""
    kept = tuple(
        one for one in found.findings if one.kind not in LOST or one.line.school not in held
    )
    return replace(found, findings=kept)
