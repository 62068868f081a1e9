"""Data-repair tasks: a value that was wrong is left empty, and the register clerk mends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules.child.asking import ContactChange
from rules.model.case import Task, TaskState
from rules.model.people import Role
from rules.model.school import Student
from storage.importing.batch import Batch
from storage.importing.county import CONTACT, REPAIR, County
from storage.importing.values import ChildRow

OWNERS = (Role.REGISTER_CLERK, Role.HEAD, Role.LEADER)
MENDED = "mended"


@dataclass(frozen=True)
class About:
    """Whose values they are, and which school's register clerk mends them."""

    subject: str
    school_id: int
    student_id: int | None = None
    class_id: int | None = None


def about_child(child: Student) -> About:
    """A child in school."""
    return About(f"child:{child.id}", child.school_id, child.id, child.class_id)


def settle_repair(county: County, batch: Batch, row: ChildRow, child: Student) -> bool:
    """Open the task for a row with flaws, end it for one without; whether that was done."""
    return settle(county, batch, about_child(child), row.flaws, mends=not row.is_roster)


def settle(
    county: County, batch: Batch, about: About, flaws: Sequence[str], *, mends: bool = True
) -> bool:
    """The same for whatever a row is about; `mends`: a row without flaws ends the task."""
    known = county.repairs.get(about.subject)
    if not flaws:
        if known is None or not mends:
            return False
        ended = {"state": TaskState.VOID, "next_at": None, "done_at": county.now}
        batch.put(replace(known, **ended, outcome=MENDED))  # type: ignore[arg-type]
        del county.repairs[about.subject]
        return True
    note = "\n".join(sorted(flaws))
    if known is not None or (about.subject, note) in county.repaired:
        return False
    return open_data_repair(county, batch, about, note)


def open_data_repair(county: County, batch: Batch, about: About, note: str) -> bool:
    """A task for whoever keeps the school's register; False while the school has nobody."""
    owner = owner_of(county, about.school_id)
    if owner is None:
        return False
    due_at = _due_at(county, about.school_id, REPAIR)
    task = Task(
        id=0,
        kind=REPAIR,
        subject=about.subject,
        owner_id=owner,
        opened_at=county.now,
        due_at=due_at,
        student_id=about.student_id,
        school_id=about.school_id,
        class_id=about.class_id,
        next_at=due_at,
        note=note,
    )
    county.repairs[task.subject] = batch.add(task)
    return True


def open_contact_check(
    county: County, batch: Batch, child: Student, change: ContactChange
) -> None:
    """The class teacher checks a number that the register has changed: the same card as when the
    family wrote it.  Before the first run nothing is checked, and never two things at once."""
    subject = f"child:{county.numbers.real(child.id)}"
    owner = _class_teacher(county, child) or owner_of(county, child.school_id)
    if county.is_new or owner is None or subject in county.checking:
        return
    due_at = _due_at(county, child.school_id, CONTACT)
    task = Task(
        id=0,
        kind=CONTACT,
        subject=subject,
        owner_id=owner,
        opened_at=county.now,
        due_at=due_at,
        student_id=child.id,
        school_id=child.school_id,
        class_id=child.class_id,
        next_at=due_at,
        note=change.spell(),
    )
    batch.add(task)
    county.checking.add(subject)


def _class_teacher(county: County, child: Student) -> int | None:
    room = county.numbers.real(child.class_id)
    fits = (
        one.person_id
        for one in county.posts_in[county.numbers.real(child.school_id)]
        if one.role is Role.CLASS_TEACHER and one.class_id == room and county.is_held(one)
    )
    return next(fits, None)


def owner_of(county: County, school_id: int) -> int | None:
    """The register clerk, else the head, else a leader; of the school, then of its central one."""
    parent = county.units[school_id].parent_id if school_id in county.units else None
    places: Sequence[int | None] = (school_id, parent)
    found = (county.holder(place, role) for place in places for role in OWNERS)
    return next((one for one in found if one is not None), None)


def _due_at(county: County, school_id: int, name: str) -> datetime:
    kind = county.policy.tasks[name]
    return kind.due_at(county.now, county.calendar.school(school_id))
