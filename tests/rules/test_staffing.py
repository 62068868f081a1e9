from __future__ import annotations

from datetime import date, timedelta

import pytest

from rules.messages.staffing import StaffingChanged
from rules.model.case import Task
from rules.model.people import Pairing, PairingLevel, PairingScope, Post, Role
from rules.refusals import NotNow
from rules.staffing import Handover, Place, What, change_class_teacher, change_pairing
from tests.support.build import MONDAY, at, receivers

OLD, NEW, LEADER = 1, 2, 3
PLACE = Place(school_id=10, class_id=20)
NOW = at(MONDAY, "10:00")
TO = Handover(OLD, NEW, LEADER, NOW, MONDAY)
POST = Post(5, OLD, Role.CLASS_TEACHER, 10, 20)


def a_task(number: int, kind: str, student_id: int = 30) -> Task:
    due = NOW + timedelta(hours=number)
    return Task(number, kind, f"child:{student_id}", OLD, NOW, due_at=due, student_id=student_id)


def moved(decision: object) -> list[tuple[int, int]]:
    records = getattr(decision, "records", ())
    return [(one.id, one.owner_id) for one in records if isinstance(one, Task)]


def test_the_old_line_ends_yesterday_and_the_new_one_begins_today() -> None:
    decision = change_class_teacher(PLACE, [POST], [], (), TO)

    old, new, stays = decision.records
    assert (stays.person_id, stays.role, stays.from_on) == (OLD, Role.TEACHER, MONDAY)
    assert (old.to_on, new.person_id, new.from_on) == (date(2026, 9, 6), NEW, MONDAY)
    assert receivers(decision, StaffingChanged) == [OLD, NEW]


def test_tasks_move_as_they_are() -> None:
    call = a_task(1, "call")
    decision = change_class_teacher(PLACE, [POST], [call], (), TO)

    (after,) = [one for one in decision.records if isinstance(one, Task)]
    assert (after.owner_id, after.due_at, after.level) == (NEW, call.due_at, call.level)


def test_the_persuasion_of_a_child_paired_to_the_old_teacher_stays() -> None:
    found = [a_task(1, "call", 30), a_task(2, "contact", 30), a_task(3, "contact", 31)]

    assert moved(change_class_teacher(PLACE, [POST], found, {30}, TO)) == [(1, NEW), (3, NEW)]


def test_a_class_teacher_who_is_paired_no_more_keeps_the_calls() -> None:
    found = [a_task(1, "call"), a_task(2, "home_visit")]
    line = Pairing(7, PairingScope.CLASS, 20, PairingLevel.TEACHER, OLD)

    decision = change_pairing(What.PAIRED_TEACHER, PLACE, [line], found, TO, is_class_teacher=True)

    assert moved(decision) == [(2, NEW)]


def test_nobody_takes_over_from_themselves() -> None:
    with pytest.raises(NotNow):
        change_class_teacher(PLACE, [POST], [], (), Handover(NEW, NEW, LEADER, NOW, MONDAY))
