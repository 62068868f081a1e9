"""Children in danger, for their two readers, and contact flags, for teacher and leader (D18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from rules.danger import Danger
from rules.flags import Request
from rules.model.case import Task
from rules.model.people import Guardianship
from rules.model.school import SchoolClass, Student, Unit
from storage.attachments import Kept, attachment_by_id
from storage.facts.child import guardians_of
from storage.facts.danger import danger_by_id
from storage.facts.searches import name_of
from storage.naming import child_name
from storage.tables.cases import tasks
from storage.tables.people import guardianships
from storage.tables.school import classes, students, units
from storage.views import Document, OutboxRow, Unwanted, view
from storage.views.cards import Viewer, card
from storage.work import Reading


@dataclass(frozen=True)
class DangerView:
    """The record as its two readers see it."""

    danger_id: int
    name: str
    school: str
    grade: int
    number: int
    opened_at: datetime
    opened_by: str
    note: str
    state: str
    receipt: str | None
    has_file: bool
    reported_by: str
    reported_at: datetime | None


@dataclass(frozen=True)
class FlagLine:
    """One guardian and what may be sent to this chat."""

    link_id: int
    who: str
    relation: str
    flag: str
    pending: str | None


@dataclass(frozen=True)
class FlagsView:
    """A child's guardians."""

    student_id: int
    name: str
    lines: tuple[FlagLine, ...]


@dataclass(frozen=True)
class FlagAskedView:
    """One flag that waits to be confirmed, or was decided."""

    task_id: int
    name: str
    grade: int
    number: int
    who: str
    relation: str
    before: str
    wanted: str
    by: str
    is_open: bool
    outcome: str | None
    done_by: str
    done_at: datetime | None


@view("child_in_danger")
async def child_in_danger(read: Reading, row: OutboxRow) -> DangerView | Unwanted:
    """The record; nobody but its two readers gets it, whatever the row says."""
    danger = await danger_by_id(read, row.item)
    if danger is None or row.to not in danger.readers:
        return Unwanted("not_a_reader")
    return await danger_view(read, danger)


@dataclass(frozen=True)
class ReceiptView:
    """Who has the receipt, and since when (the watermark)."""

    reader: str
    at: datetime


@view("danger_receipt")
async def danger_receipt(read: Reading, row: OutboxRow) -> Document | Unwanted:
    """The receipt's picture, for the record's two readers alone."""
    danger = await danger_by_id(read, row.item)
    if danger is None or row.to not in danger.readers or row.created_at is None:
        return Unwanted("not_a_reader")
    file = await attachment_by_id(read, danger.receipt_file_id or 0)
    if file is None or file.removed_at is not None:
        return Unwanted("no_file")
    words = ReceiptView(await name_of(read, row.to), row.created_at)
    return Document(file.name or "receipt.jpg", Kept(file.sha256, read.vault), words)


async def danger_view(read: Reading, danger: Danger) -> DangerView:
    """The record; whoever calls has checked the reader."""
    student, school_class = await _child(read, danger.student_id)
    school = await read.one(select(units).where(units.c.id == student.school_id), Unit)
    return DangerView(
        danger_id=danger.id,
        name=child_name(read, student),
        school=school.name if school else "",
        grade=school_class.grade,
        number=school_class.number,
        opened_at=danger.opened_at,
        opened_by=await name_of(read, danger.opened_by),
        note=danger.note,
        state=danger.state.value,
        receipt=danger.receipt,
        has_file=danger.receipt_file_id is not None,
        reported_by=await name_of(read, danger.reported_by),
        reported_at=danger.reported_at,
    )


async def flags_view(read: Reading, student: Student) -> FlagsView:
    """The guardians of a child; whoever calls has checked that the child may be seen."""
    lines = tuple(
        FlagLine(
            link_id=one.link.id,
            who=one.person.name,
            relation=one.link.relation.value,
            flag=one.link.flag.value,
            pending=one.link.flag_pending.value if one.link.flag_pending else None,
        )
        for one in await guardians_of(read, student.id)
    )
    return FlagsView(student.id, child_name(read, student), lines)


@view("flag_asked")
async def flag_asked(read: Reading, row: OutboxRow) -> FlagAskedView | Unwanted:
    """To the leader; not when the teacher has taken it back."""
    found = await _flag_of_task(read, row.item)
    is_gone = isinstance(found, FlagAskedView) and not found.is_open
    return Unwanted("decided") if is_gone else found


@view("flag_decided")
async def flag_decided(read: Reading, row: OutboxRow) -> FlagAskedView | Unwanted:
    """To the teacher."""
    return await _flag_of_task(read, row.item)


async def _flag_of_task(read: Reading, task_id: int) -> FlagAskedView | Unwanted:
    task = await read.one(select(tasks).where(tasks.c.id == task_id), Task)
    return await flag_view(read, task) if task else Unwanted("no_such_task")


async def flag_view(read: Reading, task: Task) -> FlagAskedView:
    """What a teacher asked for; whoever calls has checked the task."""
    link = await link_of_task(read, task)
    student, school_class = await _child(read, link.student_id)
    request = Request.of(task)
    return FlagAskedView(
        task_id=task.id,
        name=child_name(read, student),
        grade=school_class.grade,
        number=school_class.number,
        who=await name_of(read, link.person_id),
        relation=link.relation.value,
        before=request.before.value,
        wanted=request.wanted.value,
        by=await name_of(read, request.by),
        is_open=task.done_at is None,
        outcome=task.outcome,
        done_by=await name_of(read, task.done_by),
        done_at=task.done_at,
    )


@card("flag_asked", "correction_approval/flag")
async def flag_card(read: Reading, task: Task, viewer: Viewer, now: datetime) -> FlagAskedView:
    """The same, opened from a list."""
    return await flag_view(read, task)


async def link_of_task(read: Reading, task: Task) -> Guardianship:
    """The guardian whom the request is about."""
    link_id = int(task.subject.rpartition(":")[2])
    query = select(guardianships).where(guardianships.c.id == link_id)
    link = await read.one(query, Guardianship)
    if link is None:
        raise LookupError(f"guardianship {link_id}")
    return link


async def _child(read: Reading, student_id: int) -> tuple[Student, SchoolClass]:
    student = await read.one(select(students).where(students.c.id == student_id), Student)
    if student is None:
        raise LookupError(f"student {student_id}")
    query = select(classes).where(classes.c.id == student.class_id)
    school_class = await read.one(query, SchoolClass)
    if school_class is None:
        raise LookupError(f"class {student.class_id}")
    return student, school_class
