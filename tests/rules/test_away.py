from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.away import end_deputy, may_arrange, may_stand_in, name_deputy
from rules.messages.away import DeputyNamed
from rules.model.people import Deputy, Post, Role
from rules.refusals import BadInput, NotAllowed, NotNow
from tests.support.build import MONDAY, at, receivers

AWAY, DEPUTY, THIRD = 1, 2, 3
NOW = at(MONDAY, "10:00")
LINE = Deputy(-1, AWAY, DEPUTY, MONDAY, date(2026, 9, 9), named_by=AWAY)


def test_the_deputy_is_told_and_it_is_in_the_journal() -> None:
    decision = name_deputy(LINE, (), MONDAY, NOW)

    assert decision.records == (LINE,)
    assert receivers(decision, DeputyNamed) == [DEPUTY]
    assert [one.kind for one in decision.entries] == ["deputy_named"]


def test_a_new_deputy_ends_an_overlapping_line() -> None:
    before = replace(LINE, id=7, deputy_id=THIRD)

    decision = name_deputy(LINE, (before,), MONDAY, NOW)

    assert decision.records == (replace(before, ended_at=NOW), LINE)


@pytest.mark.parametrize(
    ("from_on", "to_on"),
    [(date(2026, 9, 4), MONDAY), (date(2026, 9, 9), date(2026, 9, 8))],
)
def test_days_that_are_over_or_upside_down_are_refused(from_on: date, to_on: date) -> None:
    with pytest.raises(BadInput):
        name_deputy(replace(LINE, from_on=from_on, to_on=to_on), (), MONDAY, NOW)


def test_nobody_stands_in_for_themselves() -> None:
    with pytest.raises(NotAllowed):
        name_deputy(replace(LINE, deputy_id=AWAY), (), MONDAY, NOW)


def test_somebody_who_is_away_is_no_deputy() -> None:
    theirs = Deputy(7, DEPUTY, THIRD, MONDAY, MONDAY, DEPUTY)

    with pytest.raises(NotNow):
        name_deputy(LINE, (theirs,), MONDAY, NOW)


def test_only_the_same_role_in_the_same_unit_may_stand_in() -> None:
    leader = [Post(1, AWAY, Role.LEADER, 10)]

    assert may_stand_in(leader, [Post(2, DEPUTY, Role.LEADER, 10)])
    assert not may_stand_in(leader, [Post(3, DEPUTY, Role.LEADER, 11)])
    assert not may_stand_in(leader, [Post(4, DEPUTY, Role.CLASS_TEACHER, 10, 20)])


def test_coming_back_early_ends_it_once() -> None:
    decision = end_deputy(replace(LINE, id=7), AWAY, NOW)

    assert receivers(decision, DeputyNamed) == [DEPUTY]
    with pytest.raises(NotNow):
        end_deputy(decision.records[0], AWAY, NOW)


def test_whoever_the_superior_sends_home_hears_it_too() -> None:
    decision = end_deputy(replace(LINE, id=7), THIRD, NOW)

    assert receivers(decision, DeputyNamed) == [AWAY, DEPUTY]


def test_a_superior_who_names_a_deputy_tells_both() -> None:
    decision = name_deputy(replace(LINE, named_by=THIRD), (), MONDAY, NOW)

    assert receivers(decision, DeputyNamed) == [AWAY, DEPUTY]


@pytest.mark.parametrize(
    ("mine", "theirs", "unit", "allowed"),
    [
        (Role.LEADER, Role.CLASS_TEACHER, 10, True),
        (Role.HEAD, Role.LEADER, 10, True),
        (Role.SECTION, Role.HEAD, 10, True),
        (Role.BUREAU_LEADER, Role.SECTION, 99, True),
        (Role.LEADER, Role.CLASS_TEACHER, 11, False),
        (Role.LEADER, Role.HEAD, 10, False),
        (Role.TEACHER, Role.TEACHER, 10, False),
        (Role.SECTION, Role.CLASS_TEACHER, 10, False),
    ],
)
def test_only_the_next_level_arranges(
    mine: Role, theirs: Role, unit: int, *, allowed: bool
) -> None:
    above, below = Post(1, THIRD, mine, 10), Post(2, AWAY, theirs, unit)

    assert may_arrange([above], [below], {10}) is allowed
