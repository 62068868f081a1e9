"""Changes of who answers for a class or a child, from today on (rules.md 6, The chain).

The line that held ends yesterday and a new one begins today, so that history keeps who was
responsible when.  What the old holder had open about these children moves on with its due time
and level; both are told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from rules.decision import Decision, Entry
from rules.messages.staffing import StaffingChanged
from rules.model.case import Task
from rules.model.people import Pairing, PairingLevel, PairingScope, Post, Role
from rules.refusals import NotNow

#: What the paired teacher does, where that is somebody else than the class teacher.
PERSUADING = frozenset(
    ("contact", "home_visit", "notice_prepare", "notice_service", "joint_company")
)
Line = TypeVar("Line", Post, Pairing)


class What(StrEnum):
    """What changes hands."""

    CLASS_TEACHER = "class_teacher"
    PAIRED_TEACHER = "paired_teacher"
    PAIRED_LEADER = "paired_leader"


LEVELS = {What.PAIRED_TEACHER: PairingLevel.TEACHER, What.PAIRED_LEADER: PairingLevel.LEADER}


@dataclass(frozen=True)
class Place:
    """The class, or one child of it, that changes hands."""

    school_id: int
    class_id: int
    student_id: int | None = None

    @property
    def scope(self) -> tuple[PairingScope, int]:
        """How a line of the pairing table names it."""
        if self.student_id is not None:
            return PairingScope.STUDENT, self.student_id
        return PairingScope.CLASS, self.class_id


@dataclass(frozen=True)
class Handover:
    """From whom to whom, by whose word; `old_id` is None where nobody held it."""

    old_id: int | None
    new_id: int
    by: int
    now: datetime
    today: date


def change_class_teacher(
    place: Place,
    held: Sequence[Post],
    tasks: Iterable[Task],
    still_paired: Collection[int],
    to: Handover,
    *,
    has_other_post: bool = False,
) -> Decision:
    """[换班主任]: the old class teacher stays a teacher of the school.

    `still_paired` are the children whom the old teacher goes on answering for as their paired
    teacher; their persuasion stays.
    """
    _refuse_same(to)
    fresh = Post(-1, to.new_id, Role.CLASS_TEACHER, place.school_id, place.class_id, to.today)
    moved = [
        task for task in tasks if not (task.kind in PERSUADING and task.student_id in still_paired)
    ]
    stays = [] if to.old_id is None or has_other_post else [_teacher(place, to.old_id, to.today)]
    lines = (*ended(held, to.today), fresh, *stays)
    return _handed_over(What.CLASS_TEACHER, place, lines, moved, to)


def change_pairing(
    what: What,
    place: Place,
    held: Sequence[Pairing],
    tasks: Iterable[Task],
    to: Handover,
    *,
    is_class_teacher: bool,
) -> Decision:
    """[调整包保]: an old paired teacher who is the class teacher too keeps what a class teacher
    does, and hands on the persuasion."""
    _refuse_same(to)
    scope, scope_id = place.scope
    fresh = Pairing(-1, scope, scope_id, LEVELS[what], to.new_id, to.today)
    persuades_only = what is What.PAIRED_TEACHER and is_class_teacher
    moved = [task for task in tasks if not persuades_only or task.kind in PERSUADING]
    return _handed_over(what, place, (*ended(held, to.today), fresh), moved, to)


def _teacher(place: Place, person_id: int, today: date) -> Post:
    return Post(-2, person_id, Role.TEACHER, place.school_id, from_on=today)


def ended(held: Iterable[Line], today: date) -> tuple[Line, ...]:
    """The lines as they end: yesterday was their last day."""
    return tuple(replace(one, to_on=today - timedelta(days=1)) for one in held)


def _refuse_same(to: Handover) -> None:
    if to.old_id == to.new_id:
        raise NotNow("staffing.same_person")


def _handed_over(
    what: What,
    place: Place,
    lines: Sequence[Post | Pairing],
    tasks: Sequence[Task],
    to: Handover,
) -> Decision:
    moved = tuple(replace(task, owner_id=to.new_id) for task in tasks)
    facts = {"what": what.value, "old": to.old_id, "new": to.new_id}
    entry = Entry(
        "staffing_changed",
        f"class:{place.class_id}",
        to.by,
        {**facts, "student": place.student_id, "tasks": [task.id for task in moved]},
    )
    return Decision((*lines, *moved), _told(what, place, len(moved), to), (entry,))


def _told(what: What, place: Place, count: int, to: Handover) -> tuple[StaffingChanged, ...]:
    return tuple(
        StaffingChanged(
            to=person,
            item=place.class_id,
            round=f"{what}:{place.student_id or 0}:{to.now.isoformat()}",
            more={
                "what": what.value,
                "student": place.student_id or 0,
                "new": to.new_id,
                "old": to.old_id or 0,
                "tasks": count,
            },
        )
        for person in (to.old_id, to.new_id)
        if person is not None and person != to.by
    )
