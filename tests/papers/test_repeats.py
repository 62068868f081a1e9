"""Numbers that stand twice in a file, whichever of a row's two numbers it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from papers.repeats import ID_FLAWS, REGISTER_FLAWS, Repeats
from papers.tables.roster import RosterEntry
from rules.classnames import ClassName

NUMBERS = st.sampled_from(["1", "2", "G1"])
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["甲", "乙"]),
        st.none() | NUMBERS,
        st.none() | st.sampled_from(["G1", "G2", "GG1", "1", "L7"]),
    ),
    max_size=8,
)
Row = tuple[str, str | None, str | None]
Said = list[tuple[str, Any, str]]


def _plainly(rows: list[Row]) -> list[tuple[Said, str | None, str | None]]:
    """The same with every number kept in a table of its kind."""
    known: tuple[dict[str, tuple[str, int]], ...] = ({}, {})
    found = []
    for at, (name, *numbers) in enumerate(rows, start=1):
        said: Said = []
        kept: list[str | None] = []
        for key, number, table, flaws in zip(
            ("id_number", "register_number"),
            numbers,
            known,
            (ID_FLAWS, REGISTER_FLAWS),
            strict=True,
        ):
            other, row = table.setdefault(number, (name, at)) if number else (name, at)
            if row != at:
                said.append((key, flaws[other != name], str(row)))
            kept.append(number if other == name else None)
        found.append((said, kept[0], kept[1]))
    return found


@given(ROWS)
def test_a_register_number_that_holds_the_identity_number_is_known_like_any_other(
    rows: list[Row],
) -> None:
    repeats, found = Repeats(), []
    for at, (name, id_number, register) in enumerate(rows, start=1):
        said: Said = []

        def report(key: str, what: Any, *, row: str, said: Said = said) -> None:
            said.append((key, what, row))

        line: Any = SimpleNamespace(sheet="", number=at, report=report)
        entry = RosterEntry(
            "示例小学", ClassName(3, 1), name, id_number, register, None, None, None, None
        )
        kept = repeats.of_roster(line, entry)
        found.append((said, kept.id_number, kept.register_number))

    assert found == _plainly(rows)
