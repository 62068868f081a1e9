"""A child goes to another class or school while somebody answers for it (data.md, register).

What is open about the child goes with it: to whoever does there what the owner did here.  Due
times and levels stay; nobody's silence begins anew.  Whom a superior named keeps the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules.child.facts import Duties
from rules.decision import Decision, Entry
from rules.messages.staff import TaskHandedOver
from rules.model.attendance import RollCall, RollCallState
from rules.model.case import Case, Task
from rules.model.school import Student
from rules.staffing import PERSUADING

MOVED = "child_moved"
#: A duty by its name, from the class up; who holds it here hands over to who holds it there.
DUTIES = (
    "class_teacher_id",
    "paired_teacher_id",
    "leader_id",
    "head_id",
    "register_clerk_id",
    "section_id",
    "bureau_leader_id",
)


@dataclass(frozen=True)
class Move:
    """One child before and after, who answered for it and who does now."""

    before: Student
    after: Student
    here: Duties
    there: Duties

    @property
    def is_one(self) -> bool:
        """Whether the child sits somewhere else."""
        here, there = self.before, self.after
        return (here.school_id, here.class_id) != (there.school_id, there.class_id)


def move(one: Move, tasks: Iterable[Task], case: Case | None, now: datetime) -> Decision:
    """Let case and open tasks follow the child; both teachers are told."""
    follow = [(task, _followed(one, task)) for task in tasks]
    changed = [after for before, after in follow if after != before]
    handed = [(before, after) for before, after in follow if after.owner_id != before.owner_id]
    records: list[object] = list(changed)
    if case is not None and case.school_id != one.after.school_id:
        records.append(replace(case, school_id=one.after.school_id))
    return Decision(
        tuple(records),
        tuple(message for before, after in handed for message in _told(before, after, now)),
        (_entry(one, handed),),
    )


def _followed(one: Move, task: Task) -> Task:
    owner = _successor(one, task)
    return replace(
        task,
        owner_id=owner or task.owner_id,
        school_id=one.after.school_id if task.school_id is not None else None,
        class_id=one.after.class_id if task.class_id is not None else None,
    )


def _successor(one: Move, task: Task) -> int | None:
    """Who does there what the owner does here; None where nobody does, or it was no duty."""
    names: Sequence[str] = DUTIES
    if task.kind in PERSUADING:  # the paired teacher's, where that is somebody else
        names = ("paired_teacher_id", *DUTIES)
    for name in names:
        if getattr(one.here, name) == task.owner_id:
            found: int | None = getattr(one.there, name)
            return found or (one.there.head_id if name == "leader_id" else None)
    return None


def _told(before: Task, after: Task, now: datetime) -> tuple[TaskHandedOver, ...]:
    return tuple(
        TaskHandedOver(
            to=person,
            item=after.id,
            round=f"moved:{now:%Y%m%d%H%M%S}",
            group=f"moved:{now:%Y%m%d%H%M%S}",
            student_id=after.student_id,
            case_id=after.case_id,
            more={"old": before.owner_id, "new": after.owner_id},
        )
        for person in (before.owner_id, after.owner_id)
    )


def _entry(one: Move, handed: Sequence[tuple[Task, Task]]) -> Entry:
    public = {
        "from_school": one.before.school_id,
        "to_school": one.after.school_id,
        "from_class": one.before.class_id,
        "to_class": one.after.class_id,
        "tasks": [[after.id, before.owner_id, after.owner_id] for before, after in handed],
    }
    return Entry(MOVED, f"child:{one.after.id}", None, public)


def carry_picks(
    old: RollCall | None, new: RollCall | None, student_id: int
) -> tuple[RollCall, ...]:
    """What the old class has tapped about the child today and not yet handed in goes along."""
    if old is None or old.state is not RollCallState.OPEN:
        return ()
    mine = tuple(pick for pick in old.picks if pick[0] == student_id)
    if not mine:
        return ()
    left = replace(old, picks=tuple(pick for pick in old.picks if pick[0] != student_id))
    if new is None or new.state is not RollCallState.OPEN:
        return (left,)
    kept = tuple(pick for pick in new.picks if pick[0] != student_id)
    return left, replace(new, picks=(*kept, *mine))
