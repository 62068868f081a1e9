"""Who is told of a child in danger, and how contact flags are set (rules.md 5, privacy D18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rules import flags
from rules.child.facts import Duties
from rules.danger import Danger, DangerState, close_tasks, keep_receipt, record, tell
from rules.messages.protection import FlagAsked, FlagDecided
from rules.messages.staff import ChildInDanger
from rules.model.case import Task, TaskState
from rules.model.people import ContactFlag, Guardianship
from rules.policy import Policy
from rules.refusals import NotAllowed, NotNow, NotYours, OwnPaper
from tests.support.build import (
    DUTIES,
    FATHER,
    HEAD,
    LEADER,
    MONDAY,
    OUTSIDER,
    SECTION,
    TEACHER,
    a_child,
    a_guardian,
    at,
    receivers,
    school_days,
)

NOW = at(MONDAY, "10:00")
NORMAL, EMERGENCIES, NO_CONTACT = ContactFlag


def a_danger(duties: Duties = DUTIES) -> Danger:
    made = record(a_child().student, duties, "手臂上有新伤", by=TEACHER, now=NOW)
    return replace(made, id=5)


@pytest.mark.parametrize(
    ("duties", "readers"),
    [
        pytest.param(DUTIES, [HEAD, SECTION], id="both, separately"),
        pytest.param(Duties(section_id=SECTION, leader_id=LEADER), [SECTION], id="no head"),
        pytest.param(Duties(head_id=HEAD, leader_id=LEADER), [HEAD], id="no section"),
        pytest.param(replace(DUTIES, section_id=HEAD), [HEAD], id="one person in both posts"),
        pytest.param(replace(DUTIES, deputies={HEAD: OUTSIDER}), [HEAD, SECTION], id="no deputy"),
    ],
)
def test_head_and_section_are_told_and_nobody_else(duties: Duties, readers: list[int]) -> None:
    decision = tell(a_danger(duties), Policy(), school_days(), NOW)
    tasks = [one for one in decision.records if isinstance(one, Task)]

    assert receivers(decision, ChildInDanger) == readers
    assert len(decision.messages) == len(readers)
    assert [task.owner_id for task in tasks] == readers
    assert {task.due_at for task in tasks} == {NOW + timedelta(hours=2)}


def test_nothing_outside_the_record_names_the_child_or_who_reported_it() -> None:
    decision = tell(a_danger(), Policy(), school_days(), NOW)
    (entry,) = decision.entries

    assert (entry.by, entry.public, entry.subject) == (None, {}, "danger:5")
    assert {one.student_id for one in decision.messages} == {None}
    assert {(one.student_id, one.school_id) for one in decision.records} == {(None, None)}


def test_a_second_danger_of_the_same_child_is_told_anew() -> None:
    first = tell(a_danger(), Policy(), school_days(), NOW)
    second = tell(replace(a_danger(), id=6), Policy(), school_days(), NOW)

    assert {one.key for one in first.messages} & {one.key for one in second.messages} == set()


def test_where_nobody_would_read_it_nothing_is_recorded() -> None:
    with pytest.raises(NotNow):
        a_danger(Duties(leader_id=LEADER))


@pytest.mark.parametrize("person", [HEAD, SECTION])
def test_its_readers_may_open_it(person: int) -> None:
    assert a_danger().require_reader((person, OUTSIDER)) == person


@pytest.mark.parametrize("person", [TEACHER, LEADER, FATHER, OUTSIDER])
def test_nobody_else_may_open_it(person: int) -> None:
    with pytest.raises(NotYours):
        a_danger().require_reader((person,))


def test_the_receipt_ends_both_tasks_and_the_other_one_hears_once() -> None:
    danger = a_danger()
    tasks = tuple(
        replace(one, id=number)
        for number, one in enumerate(tell(danger, Policy(), school_days(), NOW).records, 1)
    )
    later = NOW + timedelta(minutes=30)
    kept = keep_receipt(danger, "12号", None, by=SECTION, now=NOW)
    decision = close_tasks(kept, tasks, SECTION, NOW)
    again = keep_receipt(kept, None, 8, by=HEAD, now=later)

    assert (kept.state, kept.receipt, kept.reported_by) == (DangerState.REPORTED, "12号", SECTION)
    assert {one.key for one in decision.messages}.isdisjoint(
        one.key for one in tell(danger, Policy(), school_days(), NOW).messages
    )
    assert {one.state for one in decision.records} == {TaskState.DONE}
    assert receivers(decision, ChildInDanger) == [HEAD]
    assert (again.receipt, again.receipt_file_id, again.reported_by) == ("12号", 8, SECTION)
    assert receivers(close_tasks(again, (), HEAD, later), ChildInDanger) == []


def a_link(flag: ContactFlag = NORMAL, pending: ContactFlag | None = None) -> Guardianship:
    return replace(a_guardian().link, flag=flag, flag_pending=pending)


def a_setting(duties: Duties = DUTIES) -> flags.Setting:
    return flags.Setting(a_child().student, duties, Policy(), school_days(), NOW)


def asked(
    wanted: ContactFlag, link: Guardianship | None = None, earlier: Task | None = None
) -> tuple[Guardianship, Task]:
    """The guardian and the task after the teacher asked."""
    decision = flags.ask(link or a_link(), wanted, earlier, a_setting(), TEACHER)
    (kept,) = [one for one in decision.records if isinstance(one, Guardianship)]
    task = [one for one in decision.records if isinstance(one, Task)][-1]
    return kept, replace(task, id=70)


@pytest.mark.parametrize(
    ("before", "wanted", "holds"),
    [
        pytest.param(NORMAL, NO_CONTACT, NO_CONTACT, id="no contact holds at once"),
        pytest.param(EMERGENCIES, NO_CONTACT, NO_CONTACT, id="also from emergencies"),
        pytest.param(NORMAL, EMERGENCIES, NORMAL, id="emergencies wait"),
        pytest.param(NO_CONTACT, NORMAL, NO_CONTACT, id="letting texts out waits"),
    ],
)
def test_what_holds_until_the_leader_confirms(
    before: ContactFlag, wanted: ContactFlag, holds: ContactFlag
) -> None:
    link, task = asked(wanted, a_link(before))

    assert (link.flag, link.flag_pending) == (holds, wanted)
    assert (task.owner_id, task.due_at) == (LEADER, at(MONDAY + timedelta(days=1), "10:00"))


@pytest.mark.parametrize(("agreed", "flag"), [(True, NO_CONTACT), (False, EMERGENCIES)])
def test_the_leader_confirms_or_puts_back_and_the_teacher_hears(
    agreed: bool, flag: ContactFlag
) -> None:
    link, task = asked(NO_CONTACT, a_link(EMERGENCIES))
    decision = flags.decide(link, task, agreed=agreed, by=LEADER, now=NOW)
    (kept,) = [one for one in decision.records if isinstance(one, Guardianship)]

    assert (kept.flag, kept.flag_pending) == (flag, None)
    assert receivers(decision, FlagDecided) == [TEACHER]


def test_a_second_wish_remembers_what_held_before_the_first() -> None:
    link, task = asked(NO_CONTACT)
    second, newer = asked(EMERGENCIES, link, task)

    assert (second.flag, second.flag_pending) == (NORMAL, EMERGENCIES)
    assert flags.Request.of(newer).before is NORMAL


def test_wishing_for_what_held_takes_the_request_back() -> None:
    link, task = asked(NO_CONTACT)
    decision = flags.ask(link, NORMAL, task, a_setting(), TEACHER)
    (kept,) = [one for one in decision.records if isinstance(one, Guardianship)]

    assert (kept.flag, kept.flag_pending) == (NORMAL, None)
    assert [one.state for one in decision.records if isinstance(one, Task)] == [TaskState.VOID]
    assert receivers(decision, FlagAsked) == []


@pytest.mark.parametrize(
    ("duties", "owner"),
    [
        pytest.param(DUTIES, LEADER, id="the leader"),
        pytest.param(replace(DUTIES, leader_id=None), HEAD, id="no leader: the head"),
        pytest.param(replace(DUTIES, leader_id=TEACHER), HEAD, id="nobody confirms their own"),
    ],
)
def test_who_is_asked_to_confirm(duties: Duties, owner: int) -> None:
    decision = flags.ask(a_link(), NO_CONTACT, None, a_setting(duties), TEACHER)

    assert receivers(decision, FlagAsked) == [owner]


def test_where_nobody_could_confirm_nothing_is_set() -> None:
    with pytest.raises(NotNow):
        flags.ask(a_link(), NO_CONTACT, None, a_setting(Duties()), TEACHER)


@pytest.mark.parametrize("person", [LEADER, HEAD, SECTION])
def test_the_leader_and_those_above_may_decide(person: int) -> None:
    flags.may_decide(asked(NO_CONTACT)[1], DUTIES, (person,))


@pytest.mark.parametrize(
    ("person", "refusal"), [(TEACHER, OwnPaper), (OUTSIDER, NotAllowed), (FATHER, NotAllowed)]
)
def test_nobody_else_may_decide(person: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        flags.may_decide(asked(NO_CONTACT)[1], DUTIES, (person,))
