"""Whose area a village is: which school goes from house to house there (plan 三(一), rules.md 8).

The school of the village, else the central school of its township, else any primary school of
the township, the smallest number first.  Who is old enough for it belongs to the junior school.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rules.model.school import SchoolKind, Unit, UnitKind

_ENDING = re.compile(r"(村民委员会|居民委员会|村委会|居委会|社区|村)$")
_JUNIOR = (SchoolKind.TOWNSHIP_JUNIOR, SchoolKind.COUNTY_JUNIOR)
_ORDER = (
    SchoolKind.CENTRAL_PRIMARY,
    SchoolKind.COUNTY_PRIMARY,
    SchoolKind.VILLAGE_PRIMARY,
    *_JUNIOR,
)
FIRST_JUNIOR = 7


def area_school(
    schools: Iterable[Unit], township_id: int | None, village: str, grade: int | None = None
) -> Unit | None:
    """The school that answers for a village, or (with a grade) for a child of it.

    None where the township has no public school of the usual kinds, or is not known.
    """
    here = sorted(
        (
            one
            for one in schools
            if one.kind is UnitKind.SCHOOL
            and one.merged_into_id is None
            and township_id is not None
            and one.township_id == township_id
            and one.school_kind in _ORDER
        ),
        key=lambda one: (_ORDER.index(one.school_kind or _ORDER[0]), one.id),
    )
    juniors = [one for one in here if one.school_kind in _JUNIOR]
    if grade is not None and grade >= FIRST_JUNIOR and juniors:
        return juniors[0]
    own = [one for one in here if _is_of(one, village)]
    return next(iter((*own, *here)), None)


def _is_of(school: Unit, village: str) -> bool:
    """A village school that bears the village's name."""
    stem = _ENDING.sub("", village)
    return school.school_kind is SchoolKind.VILLAGE_PRIMARY and stem != "" and stem in school.name
