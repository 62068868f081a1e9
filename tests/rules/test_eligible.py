"""The age-eligible list against registers and rosters: who is due, and who is sought at home."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from rules.identity import check_digit
from rules.model.eligible import Answer
from rules.model.school import SchoolKind, Unit, UnitKind
from rules.policy.sections import BulkGuard, Intake
from rules.reconciling.ages import due_since, grade_by_age, school_year, year_ends_on
from rules.reconciling.areas import area_school
from rules.reconciling.eligible import Ages, Standing, look_up, village_number
from rules.reconciling.entering import entry_counts
from rules.reconciling.lines import Line
from rules.reconciling.nearness import Why
from rules.reports.rates import Entered, Formula, rates

NUMBERS = Intake()
ON = date(2026, 9, 21)
VILLAGE = village_number("青石镇", "柳湾村")


def number(serial: int, born: str = "20170504") -> str:
    first = f"990000{born}{serial:03d}"
    return first + check_digit(first)


def listed(name: str = "李一", serial: int = 1, **other: Any) -> Line:
    known: dict[str, Any] = {
        "school": VILLAGE,
        "grade": 4,
        "number": 0,
        "birth_on": date(2017, 5, 4),
        "id_number": number(serial),
        "register_number": f"G{number(serial)}",
        **other,
    }
    return Line(name=name, **known)


def pupil(name: str = "李一", serial: int = 1, **other: Any) -> Line:
    return listed(name, serial, **{"school": 1, "grade": 3, "number": 2, **other})


def bare(line: Line) -> Line:
    return replace(line, id_number=None, register_number=None)


class TestAges:
    @pytest.mark.parametrize(
        ("born", "grade"),
        [
            (date(2020, 8, 31), 1),
            (date(2020, 9, 1), 0),
            (date(2019, 9, 1), 1),
            (date(2011, 9, 1), 9),
            (date(2011, 8, 31), 10),
        ],
    )
    def test_six_by_the_day_of_entry(self, born: date, grade: int) -> None:
        assert grade_by_age(NUMBERS, born, ON) == grade

    def test_the_year_turns_after_the_day_of_entry(self) -> None:
        assert school_year(NUMBERS, date(2026, 8, 31)) == 2025
        assert school_year(NUMBERS, date(2026, 9, 1)) == 2026
        assert year_ends_on(NUMBERS, ON) == date(2027, 8, 31)

    def test_who_is_too_old(self) -> None:
        last = due_since(NUMBERS, ON)
        assert grade_by_age(NUMBERS, last, ON) == 9
        assert grade_by_age(NUMBERS, last - timedelta(days=1), ON) == 10

    def test_another_county_has_other_numbers(self) -> None:
        late = replace(NUMBERS, entry_age=7)
        assert grade_by_age(late, date(2020, 8, 31), ON) == 0


def standing(line: Line, *in_school: Line, **ages: Any) -> Standing:
    return look_up([line], in_school, Ages(**ages)).standings[0]


class TestStandings:
    def test_on_a_register_or_a_roster_somewhere_in_the_county(self) -> None:
        found = look_up([listed()], [pupil(school=7)], Ages())
        assert found.standings == (Standing.IN_SCHOOL,)
        assert found.matches[0].school == 7
        assert standing(listed(), pupil(is_expected=False)) is Standing.IN_SCHOOL

    def test_on_none_is_sought(self) -> None:
        assert standing(listed(), pupil("王二", 2)) is Standing.SOUGHT

    @pytest.mark.parametrize(
        ("grade", "expected"),
        [(0, Standing.TOO_YOUNG), (1, Standing.SOUGHT), (9, Standing.SOUGHT)],
    )
    def test_only_who_is_due(self, grade: int, expected: Standing) -> None:
        assert standing(listed(grade=grade)) is expected
        assert standing(listed(grade=10)) is Standing.TOO_OLD

    def test_a_child_of_unknown_age_is_due(self) -> None:
        assert standing(bare(listed(grade=0, birth_on=None))) is Standing.SOUGHT

    def test_grade_one_waits_for_its_rosters(self) -> None:
        assert standing(listed(grade=1), newcomers_wait=True) is Standing.WAITING
        assert standing(listed(grade=2), newcomers_wait=True) is Standing.SOUGHT

    def test_an_id_typo_is_for_a_person_and_hides_nobody(self) -> None:
        typo = bare(replace(listed(), written=number(1)[:-2] + "99"))
        slip = replace(typo, written=number(1)[:-1] + "Y")
        found = look_up([slip], [pupil()], Ages())
        assert found.standings == (Standing.REVIEW,)
        assert [(one.registered, one.why) for one in found.doubts] == [(pupil(), Why.DIGITS)]
        key = found.doubts[0].key
        assert look_up([slip], [pupil()], Ages(), {key: True}).standings == (Standing.IN_SCHOOL,)
        assert look_up([slip], [pupil()], Ages(), {key: False}).standings == (Standing.SOUGHT,)

    def test_name_and_birthday_alone_are_only_proposed(self) -> None:
        assert standing(bare(listed()), pupil()) is Standing.REVIEW

    def test_the_same_child_on_two_lists_is_no_second_child(self) -> None:
        typo = bare(replace(listed(), written=number(1)[:-1] + "Y"))
        found = look_up([listed(), typo], [], Ages())
        assert found.standings == (Standing.SOUGHT, Standing.REVIEW)
        key = found.doubts[0].key
        assert look_up([listed(), typo], [], Ages(), {key: True}).standings == (
            Standing.SOUGHT,
            Standing.TWICE,
        )
        assert look_up([listed(), typo], [], Ages(), {key: False}).standings == (
            Standing.SOUGHT,
            Standing.SOUGHT,
        )

    def test_who_is_found_leaves_no_doubt_behind(self) -> None:
        roster = bare(replace(pupil(school=2), written=number(1)[:-1] + "Y"))
        found = look_up([listed()], [pupil(), roster], Ages())
        assert (found.standings, found.doubts) == ((Standing.IN_SCHOOL,), ())

    def test_too_many_at_once_is_a_faulty_file(self) -> None:
        guard = BulkGuard(percent_of_school=40, at_least_children=3)
        here = [listed(name, serial) for serial, name in enumerate("赵钱孙", 1)]
        there = [
            replace(listed(f"周{serial}", serial), school=-5, birth_on=date(2016, 1, serial - 9))
            for serial in range(10, 20)
        ]
        seated = [replace(one, school=1) for one in there]
        found = look_up([*here, *there], seated, Ages(), guard=guard)
        assert found.counts == {"held": 3, "in_school": 10}
        few = look_up([*here[:2], *there], seated, Ages(), guard=guard)
        assert few.counts == {"sought": 2, "in_school": 10}


def school(id: int, name: str, kind: SchoolKind, **other: Any) -> Unit:
    return Unit(id, UnitKind.SCHOOL, name, school_kind=kind, **{"township_id": 90, **other})


CENTRAL = school(1, "青石中心小学", SchoolKind.CENTRAL_PRIMARY)
VILLAGE_SCHOOL = school(2, "柳湾小学", SchoolKind.VILLAGE_PRIMARY, parent_id=1)
JUNIOR = school(3, "青石初级中学", SchoolKind.TOWNSHIP_JUNIOR)
FAR = school(4, "南坪中心小学", SchoolKind.CENTRAL_PRIMARY, township_id=91)
ALL = (FAR, JUNIOR, VILLAGE_SCHOOL, CENTRAL)


class TestAreas:
    @pytest.mark.parametrize(
        ("village", "grade", "expected"),
        [
            ("柳湾村", 3, VILLAGE_SCHOOL),
            ("柳湾村委会", 3, VILLAGE_SCHOOL),
            ("石桥村", 3, CENTRAL),
            ("柳湾村", 8, JUNIOR),
            ("柳湾村", None, VILLAGE_SCHOOL),
        ],
    )
    def test_whose_area_a_village_is(
        self, village: str, grade: int | None, expected: Unit
    ) -> None:
        assert area_school(ALL, 90, village, grade) == expected

    def test_a_township_without_a_junior_school_answers_itself(self) -> None:
        assert area_school((CENTRAL, FAR), 90, "柳湾村", 8) == CENTRAL

    def test_no_school_in_the_township(self) -> None:
        assert area_school((FAR,), 90, "柳湾村", 3) is None
        assert area_school(ALL, None, "柳湾村", 3) is None

    def test_a_school_that_is_no_more_answers_for_nothing(self) -> None:
        merged = replace(VILLAGE_SCHOOL, merged_into_id=1)
        assert area_school((CENTRAL, merged), 90, "柳湾村", 3) == CENTRAL


class TestEntryRate:
    def test_who_counts(self) -> None:
        standings = [
            Standing.IN_SCHOOL,
            Standing.SOUGHT,  # 在外地就读, confirmed
            Standing.SOUGHT,  # 已迁出, confirmed
            Standing.SOUGHT,
            Standing.REVIEW,
            Standing.TOO_OLD,
            Standing.TWICE,
        ]
        counts = entry_counts(standings, {1: Answer.AWAY, 2: Answer.MOVED})
        assert (counts["listed"], counts["listed_due"], counts["listed_entered"]) == (7, 4, 2)
        assert (counts["listed_moved"], counts["listed_sought"]) == (1, 1)

    def test_a_child_in_school_is_in_school_whatever_was_said_at_its_door(self) -> None:
        counts = entry_counts([Standing.IN_SCHOOL], {0: Answer.MOVED})
        assert (counts["listed_due"], counts["listed_entered"]) == (1, 1)

    def test_the_rate_has_its_formula_and_no_false_zero(self) -> None:
        first = rates(100, 1, 2, Entered(200, 199))[0]
        assert (first.formula, first.part, first.whole, first.percent) == (
            Formula.ENTRY,
            199,
            200,
            99.5,
        )
        assert rates(100, 1, 2)[0].percent is None
