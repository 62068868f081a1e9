"""Register against rosters over the whole county: matched, near, missing, elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.marking import marked
from benchmarks.planted import FAULTS, planted
from rules.identity import check_digit
from rules.policy.sections import BulkGuard
from rules.reconciling.changes import changes
from rules.reconciling.guard import held_schools, without_held
from rules.reconciling.lines import Line
from rules.reconciling.matching import How, match_lists
from rules.reconciling.nearness import Why, is_similar, is_slip
from rules.reconciling.sorting import Comparison, Kind, Lists, Season, compare


def number(serial: int, born: str = "20150101") -> str:
    first = f"990000{born}{serial:03d}"
    return first + check_digit(first)


def line(name: str = "李一", serial: int = 1, **other: Any) -> Line:
    known: dict[str, Any] = {
        "school": 1,
        "grade": 3,
        "number": 1,
        "birth_on": date(2015, 1, 1),
        "id_number": number(serial),
        "register_number": f"G{number(serial)}",
        **other,
    }
    return Line(name=name, **known)


def bare(name: str = "李一", **other: Any) -> Line:
    return line(name, id_number=None, register_number=None, **other)


def kinds(found: Comparison) -> list[Kind]:
    return [one.kind for one in found.findings]


class TestMatches:
    def test_the_same_number_and_name_is_the_same_child(self) -> None:
        found = compare(Lists([line()], [line(register_number=None)]))
        assert (found.matched, found.findings, found.doubts) == (1, (), ())

    def test_a_child_of_a_roster_without_numbers_is_known_by_its_class(self) -> None:
        found = match_lists([line()], [bare(birth_on=None)])
        assert [one.how for one in found.matches] == [How.CLASS]

    @pytest.mark.parametrize(
        "other",
        [
            {"number": 2},
            {"birth_on": date(2015, 2, 11)},
            {"written": "990000201107070011"},
        ],
    )
    def test_but_not_in_another_class_or_against_what_it_says(self, other: dict[str, Any]) -> None:
        found = compare(Lists([line()], [bare(**other), line("王二", 5, number=2)]))
        assert found.matched == 0
        assert [one.why for one in found.doubts] in ([Why.NAME_BIRTH], [Why.NAME])

    def test_of_two_of_one_name_nobody_is_taken_for_the_other(self) -> None:
        found = compare(Lists([line(), line(serial=2)], [bare(), bare()]))
        assert found.matched == 0
        assert found.findings == ()
        assert len(found.doubts) == 4

    def test_twins_stay_two(self) -> None:
        one, other = line("李小一", 1), line("李小二", 2)
        found = compare(Lists([one, other], [other]))
        assert found.matched == 1
        assert [(f.kind, f.line.name) for f in found.findings] == [(Kind.MISSING, "李小一")]


class TestDoubts:
    """A person looks; until then the child is on no other list."""

    @pytest.mark.parametrize(
        ("seated", "why"),
        [
            (line("李壹"), Why.OTHER_NAME),
            (bare("李壹", written=number(1)[:-2] + "99"), Why.SIMILAR_NAME),
            (line(serial=77), Why.NAME_BIRTH),
            (line(serial=77, school=2), Why.NAME_BIRTH),
            (bare(birth_on=date(2015, 1, 2)), Why.NAME),
            (bare("李文一", written=number(1)[:-3] + number(1)[-2:]), Why.DIGITS),
        ],
    )
    def test_what_is_near_is_neither_merged_nor_a_second_child(
        self, seated: Line, why: Why
    ) -> None:
        found = compare(Lists([line()], [seated]))
        assert found.matched == 0
        assert found.findings == ()
        assert [one.why for one in found.doubts] == [why]

    def test_two_numbers_that_point_to_two_children(self) -> None:
        torn = line(serial=1, register_number=f"G{number(2)}")
        found = compare(Lists([line("李一", 1), line("王二", 2)], [torn]))
        assert {one.why for one in found.doubts} == {Why.TWO_CHILDREN}

    def test_a_child_on_two_rosters_has_one_place(self) -> None:
        found = compare(Lists([line()], [line(school=2), line()]))
        assert found.matched == 1
        assert [(one.why, one.seated.school) for one in found.doubts] == [(Why.TWO_PLACES, 2)]

    def test_a_child_registered_twice(self) -> None:
        found = compare(Lists([line(), line(school=2)], [line()]))
        assert [(one.why, one.registered.school) for one in found.doubts] == [
            (Why.TWO_REGISTRATIONS, 2)
        ]

    @pytest.mark.parametrize("is_same", [True, False])
    def test_what_a_person_said_holds_in_the_next_run(self, *, is_same: bool) -> None:
        lists = Lists([line()], [line(serial=77)])
        (doubt,) = compare(lists).doubts
        again = compare(lists, {doubt.key: is_same})
        assert again.doubts == ()
        assert again.matched == is_same
        assert kinds(again) == ([] if is_same else [Kind.MISSING, Kind.UNREGISTERED])

    def test_strangers_are_strangers(self) -> None:
        other = line("王二", 900, birth_on=date(2014, 5, 6), id_number=number(900, "20140506"))
        found = compare(Lists([line()], [replace(other, register_number=None)]))
        assert kinds(found) == [Kind.MISSING, Kind.UNREGISTERED]


class TestLists:
    def test_missing_here_and_found_there(self) -> None:
        found = compare(Lists([line()], [line(school=2, number=4)]))
        (one,) = found.findings
        assert one.kind is Kind.ELSEWHERE
        assert (one.registered and one.registered.school, one.seated and one.seated.school) == (
            1,
            2,
        )

    def test_nobody_is_missing_from_a_grade_whose_rosters_are_not_all_there(self) -> None:
        register = [line(), line("王二", 2, number=2), line("赵三", 3, number=2)]
        found = compare(Lists(register, [line("王二", 2, number=2)]))
        assert found.without_roster == ((1, 3, 1),)
        assert found.findings == ()
        done = compare(Lists(register, [line("王二", 2, number=2), line()]))
        assert [one.line.name for one in done.findings] == ["赵三"]

    def test_a_class_whose_children_sit_next_door_needs_no_roster(self) -> None:
        register = [line(), line("王二", 2), line("赵三", 3)]
        roster = [line(number=2), line("王二", 2, number=2)]
        found = compare(Lists(register, roster))
        assert found.without_roster == ()
        assert kinds(found) == [Kind.WRONG_CLASS, Kind.WRONG_CLASS, Kind.MISSING]

    def test_who_has_left_the_register_is_not_missed(self) -> None:
        found = compare(Lists([line(is_expected=False), line("王二", 2)], [line("王二", 2)]))
        assert found.findings == ()

    @pytest.mark.parametrize(("grade", "waits"), [(1, True), (7, True), (3, False)])
    def test_new_pupils_wait_for_their_registration_for_a_while(
        self, grade: int, *, waits: bool
    ) -> None:
        lists = Lists([], [line(grade=grade)])
        assert kinds(compare(lists)) == [Kind.UNREGISTERED]
        early = compare(lists, season=Season(newcomers_wait=True))
        assert kinds(early) == [Kind.NEWCOMER if waits else Kind.UNREGISTERED]

    def test_leavers_are_looked_for_at_every_junior_school(self) -> None:
        gone, came = line(grade=6), line("王二", 2, grade=6)
        roster = [line("王二", 2, grade=7, school=9), line("赵三", 3, grade=7, school=9)]
        lists = Lists([], roster, [gone, came])
        assert kinds(compare(lists)) == [Kind.UNREGISTERED, Kind.LEAVER_ARRIVED]
        late = compare(lists, season=Season(leavers_late=True))
        assert [(one.kind, one.line.name) for one in late.findings[1:]] == [
            (Kind.LEAVER_ARRIVED, "王二"),
            (Kind.LEAVER_MISSING, "李一"),
        ]

    def test_a_leaver_whom_the_new_register_knows_is_the_registers(self) -> None:
        lists = Lists([line(grade=7, school=9)], [line(grade=7, school=9)], [line(grade=6)])
        assert compare(lists, season=Season(leavers_late=True)).findings == ()

    def test_a_second_run_says_what_changed(self) -> None:
        first = compare(Lists([line(), line("王二", 2)], [line("赵三", 3, birth_on=None)]))
        keys = [one.key for one in first.findings]
        assert len(set(keys)) == 3
        second = compare(Lists([line(), line("王二", 2)], [line("王二", 2)]))
        found = changes(keys, [(one.key, one) for one in second.findings])
        assert not found.new
        assert [one.line.name for one in found.standing.values()] == ["李一"]
        assert len(found.gone) == 2


class TestPlantedFaults:
    """The benchmark's county, small."""

    def test_every_fault_is_found_and_nobody_is_merged(self) -> None:
        made = planted(6000, 18)
        marks = marked(made, compare(made.lists, season=Season(leavers_late=True)))
        assert set(made.faults) >= set(FAULTS)
        assert marks.planted > 350
        assert marks.missed == {}
        assert marks.false_merges == 0
        assert marks.second_children == 0

    def test_the_marking_notices_what_is_missed_and_merged(self) -> None:
        made = planted(3000, 12)
        marks = marked(made, compare(Lists(made.lists.register, ()), season=Season()))
        assert marks.missed
        swapped = list(made.whose_roster)
        swapped[0], swapped[1] = swapped[1], swapped[0]
        made.whose_roster[:] = swapped
        assert marked(made, compare(made.lists)).false_merges > 0


digits = st.text("0123456789", min_size=2, max_size=18)


class TestSlips:
    @given(digits, st.data())
    def test_one_digit_is_a_slip_both_ways(self, text: str, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(text) - 1))
        wrong = text[:at] + data.draw(st.sampled_from("0123456789")) + text[at + 1 :]
        assert is_slip(text, wrong) == is_slip(wrong, text) == (text != wrong)
        assert is_slip(text, text[:at] + text[at + 1 :])

    @given(digits, st.data())
    def test_two_that_changed_places_are_one(self, text: str, data: st.DataObject) -> None:
        first = data.draw(st.integers(0, len(text) - 1))
        second = data.draw(st.integers(0, len(text) - 1))
        swapped = list(text)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        assert is_slip(text, "".join(swapped)) == (text != "".join(swapped))

    def test_two_wrong_digits_are_not(self) -> None:
        assert not is_slip("1234", "1299")

    def test_names(self) -> None:
        assert is_similar("王小明", "王晓明")
        assert is_similar("王小明", "王明小")
        assert is_similar("王小明", "王明")
        assert not is_similar("王小明", "王大海")


class TestWhateverTheLists:
    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_every_line_is_somewhere_once(self, data: st.DataObject) -> None:
        """Matched, before a person, on a list, or of a grade without rosters: never nowhere,
        and a match never joins two names."""
        one = st.builds(
            line,
            st.sampled_from(["李一", "李二", "王小明", "王晓明"]),
            st.integers(1, 6),
            school=st.integers(1, 2),
            number=st.integers(1, 2),
            birth_on=st.sampled_from([None, date(2015, 1, 1), date(2015, 1, 11)]),
            register_number=st.none(),
        ) | st.builds(bare, st.sampled_from(["李一", "王小明"]), school=st.integers(1, 2))
        lists = st.lists(one, max_size=8)
        register, roster = data.draw(lists), data.draw(lists)
        found = compare(Lists(register, roster))
        matching = match_lists(register, roster)
        assert all(register[m.register].name == roster[m.roster].name for m in matching.matches)
        assert len(matching.by_register) == len(matching.by_roster) == found.matched
        told = [f.registered for f in found.findings] + [d.registered for d in found.doubts]
        open_grades = {place[:2] for place in found.without_roster}
        for at, each in enumerate(register):
            is_told = any(each is known for known in told)
            assert at in matching.by_register or is_told or each.place[:2] in open_grades
        seen = [f.seated for f in found.findings] + [d.seated for d in found.doubts]
        for at, each in enumerate(roster):
            assert at in matching.by_roster or any(each is known for known in seen)
        assert compare(Lists(register, roster)) == found


class TestBulkGuard:
    """A roster that loses half a school is looked at first."""

    def test_a_school_that_lost_too_many_is_held(self) -> None:
        guard = BulkGuard(percent_of_school=40, at_least_children=2)
        names = ["李一", "王二", "赵三", "钱四", "孙五"]
        register = [line(name, place) for place, name in enumerate(names)]
        lists = Lists(register, register[:3])
        found = compare(lists)
        assert held_schools(lists, found, guard) == {1: 2}
        assert without_held(found, {1}).findings == ()
        assert without_held(found, ()).findings == found.findings

    @pytest.mark.parametrize("guard", [BulkGuard(41, 2), BulkGuard(40, 3)])
    def test_below_either_number_it_is_not(self, guard: BulkGuard) -> None:
        names = ["李一", "王二", "赵三", "钱四", "孙五"]
        register = [line(name, place) for place, name in enumerate(names)]
        lists = Lists(register, register[:3])
        assert held_schools(lists, compare(lists), guard) == {}
