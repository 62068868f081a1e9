"""How many of those who have to be in school are (入学率, rules.md 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rules.model.eligible import Answer
from rules.reconciling.eligible import NOT_COUNTED, Standing

#: What was confirmed at the door, and makes a child one in school, or none of this county's.
ENTERED = (Answer.ENROLLED, Answer.AWAY)
EXCUSED = (Answer.MOVED, Answer.DEFERRED)
#: The names under which a comparison keeps them.
LISTED, DUE, IN_SCHOOL = "listed", "listed_due", "listed_entered"


def entry_counts(standings: Sequence[Standing], settled: Mapping[int, Answer]) -> dict[str, int]:
    """Everybody listed, those due in school, and those who are in one; then the rest by how it
    stands with them.  `settled`: confirmed answers by place in the list.

    A family that has moved away and a child whose entry the township has put off are not due.
    """
    counts = {LISTED: len(standings), DUE: 0, IN_SCHOOL: 0}
    for at, standing in enumerate(standings):
        said = settled.get(at) if standing is not Standing.IN_SCHOOL else None
        is_due = standing not in NOT_COUNTED and said not in EXCUSED
        is_in = is_due and (standing is Standing.IN_SCHOOL or said in ENTERED)
        counts[DUE] += is_due
        counts[IN_SCHOOL] += is_in
        if not is_in:
            name = f"{LISTED}_{said.value if said else standing.value}"
            counts[name] = counts.get(name, 0) + 1
    return counts
