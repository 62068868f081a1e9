"""What the invented county had on paper before: running cases, and groups of children."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from papers.cells import Cell
from papers.sample.children import Child
from papers.sample.tables import terms_of
from papers.sample.words import words

#: Nobody is suspected before the term is so old: weekends and holidays lie in between.
OLD_ENOUGH = timedelta(days=30)
#: How long the children have been away: the first not yet long, the others for weeks.
AWAY = (timedelta(days=4), timedelta(days=26), timedelta(days=28))


def case_lines(children: Sequence[Child], today: date) -> Iterator[list[Cell]]:
    """cases.xlsx: a few children who have been away; none while the term is young."""
    start = terms_of(today)[0][1]
    if today - start < OLD_ENOUGH:
        return
    known = [child for child in children if child.id_number][:: max(1, len(children) // 5)]
    for child, away, (status, stage) in zip(
        known, AWAY, words()["values"]["running"], strict=False
    ):
        since = _school_day(today - away)
        teacher = child.school_class.teacher
        named = f"{teacher.name} {teacher.phone}"
        yield [child.id_number, child.name, status, since, stage, named, since + timedelta(days=1)]


def category_lines(children: Sequence[Child], today: date) -> Iterator[list[Cell]]:
    """categories.xlsx: monitored households, the disabled and the left behind."""
    values = words()["values"]
    since = date(today.year - 1, 3, 1)
    for place, child in enumerate(one for one in children if one.id_number):
        named = values["monitored"][place % len(values["monitored"])]
        for word, group, is_in in (
            (named, "monitored", child.family.is_monitored),
            (values["disabled"], "disabled", bool(child.disability)),
            (values["left_behind"], "left_behind", child.family.carer is not None),
        ):
            if is_in:
                yield [child.id_number, child.name, word, since, values["sources"][group]]


def _school_day(on: date) -> date:
    """That day, or the Friday before."""
    return on - timedelta(days=max(0, on.weekday() - 4))
