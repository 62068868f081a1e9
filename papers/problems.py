"""What is wrong with a row: codes and arguments here, sentences in papers/problems.*.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from papers.refusals import PaperRefused
from rules.identity import Flaw


class CellFlaw(Flaw):
    """What is wrong with one cell, beyond what rules/ says of numbers and classes."""

    MISSING = "missing"
    UNKNOWN_VALUE = "unknown_value"
    DIGITS_LOST = "digits_lost"
    DATE = "date_unknown"
    MONTH = "month_unknown"
    SEVERAL_PEOPLE = "several_people"


class RowFlaw(Flaw):
    """What two cells, or two rows, say against each other."""

    REGION = "id_region"
    PHONES = "phone_several"
    BIRTH_DISAGREES = "birth_disagrees"
    SEX_DISAGREES = "sex_disagrees"
    ID_REPEATED = "id_repeated"
    ID_TWO_NAMES = "id_two_names"
    REGISTER_REPEATED = "register_repeated"
    REGISTER_TWO_NAMES = "register_two_names"
    PAIRED_TWICE = "paired_twice"
    PAIRING_GAP = "pairing_gap"
    DATES_REVERSED = "dates_reversed"
    CONTACT_BEFORE = "contact_before"


WARNINGS: frozenset[Flaw] = frozenset({RowFlaw.REGION, RowFlaw.PHONES})
"""Worth a look; the value is kept."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one row.

    `column`: the header as in the file (empty: the table has no such column, `detail` names it);
    `position`: the column's place, 0 is A, -1 none; `what`: the code; `detail`: arguments by name,
    never a person's number, phone or address.
    """

    column: str
    what: Flaw
    detail: tuple[tuple[str, str], ...] = ()
    position: int = -1

    @property
    def is_warning(self) -> bool:
        """Whether the value was kept all the same."""
        return self.what in WARNINGS


@cache
def sentences(language: str) -> dict[str, str]:
    """Code → sentence with {placeholders}, in `zh` or `en`."""
    path = Path(__file__).with_name(f"problems.{language}.toml")
    return {key: str(text) for key, text in tomllib.loads(path.read_text("utf-8")).items()}


def sentence(problem: Problem | PaperRefused, language: str) -> str:
    """A problem or a refusal as one sentence in `zh` or `en`."""
    if isinstance(problem, PaperRefused):
        return sentences(language)[problem.code].format_map(problem.detail)
    arguments = {key: sentences(language).get(f"_{text}", text) for key, text in problem.detail}
    return sentences(language)[problem.what].format_map(arguments)
