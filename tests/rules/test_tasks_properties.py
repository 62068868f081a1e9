"""What holds for every chain, every outage and every pause (rules.md 6)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.chain import Chain, Rung
from rules.messages.base import Message
from rules.messages.staff import RollCallMissing, TaskCard, TaskClimbed
from rules.model.case import Case, Task
from rules.model.people import Level
from rules.refusals import Refusal
from rules.tasks import Press, TaskContext, advance, note, open_task, pause, steps
from rules.tasks.schedule import What
from tests.rules.test_tasks import CASE, HERE, POLICY, SCHOOL, a_case, at, task_in

OWNER = 1
KINDS = sorted(
    kind for kind in POLICY.tasks if kind not in ("safety", "leave_claim", "bulk_guard")
)
CLIMBS = (TaskClimbed, RollCallMissing)
#: A busy machine is no fault of the rules.
PATIENT = settings(max_examples=150, deadline=None)

PEOPLE = range(1, 7)
#: Whether a person can be reached, and who stands in, is the same wherever the person stands.
staff = st.fixed_dictionaries(
    {
        person: st.builds(
            Rung,
            st.just(Level.OWNER),
            st.just(person),
            st.booleans(),
            st.none() | st.sampled_from([one for one in PEOPLE if one != person]),
            st.just(SCHOOL),
        )
        for person in PEOPLE
    }
)
places = st.lists(
    st.tuples(st.sampled_from([one for one in Level if one]), st.none() | st.sampled_from(PEOPLE)),
    max_size=6,
)


def a_chain_of(known: dict[int, Rung], held: list[tuple[Level, int | None]]) -> Chain:
    rungs = [
        replace(known[person], level=level) if person else Rung(level, unit_id=SCHOOL)
        for level, person in sorted(held, key=lambda one: one[0])
    ]
    return Chain((known[OWNER], *rungs), admin_ids=(7,), section_ids=(8,))


chains = st.builds(a_chain_of, staff, places)
opened = st.integers(0, 60 * 24 * 14).map(lambda n: at(7, "00:00") + timedelta(minutes=n))
gaps_between = st.lists(st.integers(1, 60 * 24 * 6), min_size=1, max_size=12)


def a_task_of(kind: str, opened_at: datetime) -> Task:
    return open_task(
        kind,
        "roll_call:9" if "roll_call" in kind else "child:70",
        OWNER,
        id=5,
        now=opened_at,
        policy=POLICY,
        calendar=HERE,
        school_id=SCHOOL,
        case_id=CASE,
        student_id=70,
    )


tasks = st.builds(a_task_of, st.sampled_from(KINDS), opened)
contexts = st.builds(
    lambda chain, early, has_case: TaskContext(
        POLICY, HERE, chain, a_case() if has_case else None, early
    ),
    chains,
    st.booleans(),
    st.booleans(),
)


class Run:
    """A task through time: what was said, and when."""

    def __init__(self, task: Task, context: TaskContext) -> None:
        self.task, self.context = task, context
        self.said: list[tuple[datetime, Message]] = []

    def look(self, now: datetime) -> None:
        """One turn of the tick at `now`."""
        decision = advance(self.task, self.context, now)
        self.said += [(now, message) for message in decision.messages]
        for record in decision.records:
            if isinstance(record, Case):
                self.context = replace(self.context, case=record)
            elif record.id == self.task.id:
                self.task = record
            else:
                open_now = self.context.open_gaps | {record.subject}
                self.context = replace(self.context, open_gaps=open_now)

    def live(self, until: datetime) -> None:
        """Never down: every step at its time."""
        while self.task.next_at is not None and self.task.next_at <= until:
            self.look(self.task.next_at)

    def told(self) -> set[int]:
        return {message.to for _, message in self.said}


def instants(task: Task, minutes: list[int]) -> list[datetime]:
    now, found = task.opened_at, []
    for one in minutes:
        now += timedelta(minutes=one)
        found.append(now)
    return found


def earliest(task: Task, context: TaskContext, level: int) -> datetime:
    """When a level may hear of the task at the soonest: its own time, or that of the lowest level
    below it in a row of levels where nobody can be told."""
    planned = steps(task, POLICY, HERE, is_early=context.is_early)
    climbs = {one.level: one.at for one in planned if one.what is What.CLIMB}
    lowest = level
    while lowest > Level.LEADER and _is_empty(context.chain, lowest - 1, task.owner_id):
        lowest -= 1
    below = [at for one, at in climbs.items() if one >= lowest]
    if lowest == Level.LEADER and not context.chain.owner(OWNER).is_manned:
        below += [one.at for one in planned]
    return min(below, default=max(climbs.values()))


def _is_empty(chain: Chain, level: int, owner: int) -> bool:
    rungs = [one for one in chain.above(owner) if one.level == level]
    return not any(set(one.to_tell) - {owner} for one in rungs)


@given(tasks, contexts, gaps_between)
@PATIENT
def test_nothing_climbs_early(task: Task, context: TaskContext, minutes: list[int]) -> None:
    run = Run(task, context)
    for now in instants(task, minutes):
        run.look(now)

    for when, message in run.said:
        if isinstance(message, CLIMBS):
            level = int(message.round[1:])
            assert when >= earliest(task, context, level)


@given(tasks, contexts, gaps_between)
@PATIENT
def test_nobody_is_told_twice_of_the_same(
    task: Task, context: TaskContext, minutes: list[int]
) -> None:
    run = Run(task, context)
    for now in instants(task, minutes):
        run.look(now)

    keys = Counter(one.key for _, one in run.said if not isinstance(one, TaskCard))
    assert [key for key, times in keys.items() if times > 1] == []


@given(tasks, contexts, gaps_between)
@PATIENT
def test_an_open_task_always_has_a_next_step_and_it_lies_ahead(
    task: Task, context: TaskContext, minutes: list[int]
) -> None:
    run = Run(task, context)
    assert task.next_at is not None
    assert task.next_at > task.opened_at

    for now in instants(task, minutes):
        run.look(now)
        assert run.task.next_at is not None
        assert run.task.next_at > now


@given(tasks, contexts, st.integers(1, 60 * 24 * 20))
@PATIENT
def test_one_leap_and_small_steps_tell_the_same_people(
    task: Task, context: TaskContext, minutes: int
) -> None:
    until = task.opened_at + timedelta(minutes=minutes)
    leap, walk = Run(task, context), Run(task, context)

    leap.look(until)
    walk.live(until)

    assert leap.told() == walk.told()
    assert (leap.task.level, leap.context.case) == (walk.task.level, _same(walk, leap))
    assert leap.task.next_at == walk.task.next_at


def _same(walk: Run, leap: Run) -> Case | None:
    """The case of the walk; only the instant at which its level rose may differ."""
    case, other = walk.context.case, leap.context.case
    return replace(case, level_at=other.level_at) if case and other else case


@given(tasks, contexts, gaps_between)
@PATIENT
def test_advancing_twice_at_the_same_instant_is_advancing_once(
    task: Task, context: TaskContext, minutes: list[int]
) -> None:
    run = Run(task, context)
    for now in instants(task, minutes):
        run.look(now)
        before, said = run.task, len(run.said)
        run.look(now)
        assert (run.task, len(run.said)) == (before, said)


@given(tasks, chains, st.integers(0, 60 * 24 * 8), st.integers(1, 9), st.booleans())
@PATIENT
def test_a_pause_and_a_note_never_reach_beyond_their_bounds(
    task: Task, chain: Chain, minutes: int, days: int, has_note: bool
) -> None:
    context = TaskContext(POLICY, HERE, chain)
    press = Press(2, task.opened_at + timedelta(minutes=minutes), context)
    until = HERE.local_date(press.now) + timedelta(days=days)
    try:
        changed = task_in(pause(task, press, until, "等家访"))
        changed = task_in(note(changed, press)) if has_note else changed
    except Refusal:
        return

    most = POLICY.engine.pause_at_most_working_days + has_note
    before = {one.level: one.at for one in steps(task, POLICY, HERE) if one.level}
    after = {one.level: one.at for one in steps(changed, POLICY, HERE) if one.level}
    for level, planned in before.items():
        assert planned < after[level] <= HERE.add_working_days(planned, most)
    reminders = [one for one in steps(task, POLICY, HERE) if not one.level]
    assert [one for one in steps(changed, POLICY, HERE) if not one.level] == reminders
