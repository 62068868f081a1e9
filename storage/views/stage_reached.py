"""Where a case stands now, why it went on and by whom, and what is next for whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from rules.child.ladder import TASKS_OF
from rules.model.case import Case, CaseState, Ending, Stage, Task, TaskState
from rules.model.school import SchoolClass, Student
from storage.facts.overdue import names_of
from storage.naming import child_name
from storage.tables.cases import cases, tasks
from storage.tables.plumbing import journal
from storage.tables.school import classes, students, units
from storage.views import OutboxRow, Unwanted, view
from storage.work import Reading


@dataclass(frozen=True)
class StageReachedView:
    """One plain line; without `by` the case went on by itself, `silent` was whose turn it was."""

    child: str
    grade: int
    number: int
    case_id: int
    stage: str
    why: str
    by: str | None
    silent: str | None
    next_task: str | None
    owner: str | None
    due_at: datetime | None


@dataclass(frozen=True)
class _Step:
    """What the journal says about the moment."""

    kind: str
    by: int | None
    public: str


@view("stage_reached")
async def stage_reached(read: Reading, row: OutboxRow) -> StageReachedView | Unwanted:
    """Read again: a case that has gone further meanwhile, or is over, has other news."""
    stage = str(row.more.get("stage", ""))
    case = await read.one(select(cases).where(cases.c.id == row.item), Case)
    if case is None or case.state is not CaseState.OPEN or case.stage.value != stage:
        return Unwanted("went_further")
    child, school_class = await _child(read, case)
    by, silent = await _who(read, case)
    task = await _next_task(read, case)
    names = await names_of(read, [by, silent, task.owner_id if task else None])
    return StageReachedView(
        child=child_name(read, child),
        grade=school_class.grade,
        number=school_class.number,
        case_id=case.id,
        stage=stage,
        why=str(row.more.get("why", "")),
        by=names.get(by or 0),
        silent=names.get(silent or 0),
        next_task=task.kind if task else None,
        owner=names.get(task.owner_id) if task else None,
        due_at=task.due_at if task else None,
    )


@dataclass(frozen=True)
class JointEndedView:
    """A line for those who looked for the child: back, or how else the case has ended."""

    child: str
    school: str
    grade: int
    number: int
    case_id: int
    is_back: bool


@view("joint_ended")
async def joint_ended(read: Reading, row: OutboxRow) -> JointEndedView | Unwanted:
    """Nothing when the child is missing again meanwhile."""
    case = await read.one(select(cases).where(cases.c.id == row.item), Case)
    if case is None or case.state is CaseState.OPEN:
        return Unwanted("missing_again")
    child, school_class = await _child(read, case)
    school = await read.scalar(select(units.c.name).where(units.c.id == child.school_id))
    return JointEndedView(
        child_name(read, child),
        school,
        school_class.grade,
        school_class.number,
        case.id,
        is_back=case.ended_as is Ending.RETURNED,
    )


async def _child(read: Reading, case: Case) -> tuple[Student, SchoolClass]:
    child = await read.one(select(students).where(students.c.id == case.student_id), Student)
    class_id = child.class_id if child else 0
    found = await read.one(select(classes).where(classes.c.id == class_id), SchoolClass)
    if child is None or found is None:
        raise LookupError(f"child of case {case.id}")
    return child, found


async def _who(read: Reading, case: Case) -> tuple[int | None, int | None]:
    """Who took the step, and who had been silent before it, as the journal says."""
    columns = (journal.c.kind, journal.c.by, journal.c.public)
    query = select(*columns).where(
        journal.c.subject == f"case:{case.id}",
        journal.c.kind.in_(("stage", "went_on")),
        journal.c.at == case.stage_at,
    )
    lines = await read.all(query.order_by(journal.c.number), _Step)
    by = next((one.by for one in lines if one.kind == "stage"), None)
    passed = (json.loads(one.public).get("silent") for one in lines if one.kind == "went_on")
    return by, next(passed, None)


async def _next_task(read: Reading, case: Case) -> Task | None:
    """What the stage asks for first."""
    kinds = ("contact",) if case.stage is Stage.PERSUADE else TASKS_OF.get(case.stage, ())
    query = select(tasks).where(
        tasks.c.case_id == case.id,
        tasks.c.state == TaskState.OPEN.value,
        tasks.c.kind.in_(kinds),
    )
    found = await read.all(query.order_by(tasks.c.due_at, tasks.c.id).limit(1), Task)
    return found[0] if found else None
