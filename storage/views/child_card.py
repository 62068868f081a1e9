"""One child as the class teacher sees it: what is known today, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from rules.model.attendance import Leave, LeaveState, Reply, RollCall, Session
from rules.model.case import Case, CaseState, Contact
from rules.model.people import Guardianship, GuardianState
from rules.model.school import SchoolClass, Student
from storage.facts.child import running_case
from storage.facts.rosters import on_leave, roll_call_on
from storage.naming import child_name
from storage.tables.attendance import replies
from storage.tables.cases import contacts
from storage.tables.people import guardianships
from storage.tables.school import classes
from storage.views.cards import Steps
from storage.work import Reading

LATEST = 3


@dataclass(frozen=True)
class Said:
    """One thing that the family said; `words` of free text are shown to staff only."""

    kind: str
    at: datetime
    words: str | None
    has_file: bool


@dataclass(frozen=True)
class Tried:
    """One contact with the family."""

    at: datetime
    means: str
    reached: bool
    result: str | None


@dataclass(frozen=True)
class ChildCardView:
    """What the card says."""

    student_id: int
    name: str
    grade: int
    number: int
    on: date
    status: str
    is_confirmed: bool
    case_id: int | None
    stage: str | None
    counted: int
    untaken: int
    first_absent_on: date | None
    bound: int
    guardians: int
    said: tuple[Said, ...]
    tried: tuple[Tried, ...]
    leave_id: int | None
    leave_is_open: bool
    back_on: date | None
    roll_call_id: int | None
    may_arrive: bool
    is_more: bool
    steps: Steps | None = None
    may_close: bool = False


async def child_card(
    read: Reading,
    student: Student,
    on: date,
    *,
    is_more: bool = False,
    steps: Steps | None = None,
) -> ChildCardView:
    """The card of one child on one day; whoever calls has checked that it may be seen."""
    school_class = await read.one(
        select(classes).where(classes.c.id == student.class_id), SchoolClass
    )
    if school_class is None:
        raise LookupError(f"class {student.class_id}")
    case = await running_case(read, student.id)
    leave = (await on_leave(read, [student.id], on)).get(student.id)
    roll_call = await roll_call_on(read, student.class_id, on, Session.MORNING)
    links = await read.all(
        select(guardianships).where(guardianships.c.student_id == student.id), Guardianship
    )
    return ChildCardView(
        student_id=student.id,
        name=child_name(read, student),
        grade=school_class.grade,
        number=school_class.number,
        on=on,
        status=student.status.value,
        is_confirmed=student.confirmation.value == "confirmed",
        said=await _said(read, student.id),
        tried=await _tried(read, student.id),
        bound=sum(link.state is GuardianState.BOUND for link in links),
        guardians=len(links),
        is_more=is_more,
        steps=steps,
        **_of_case(case),  # type: ignore[arg-type]
        **_of_leave(leave),  # type: ignore[arg-type]
        **_of_roll_call(roll_call, case),  # type: ignore[arg-type]
    )


def _of_case(case: Case | None) -> dict[str, object]:
    return {
        "case_id": case.id if case else None,
        "stage": case.stage.value if case else None,
        "counted": case.counted if case else 0,
        "untaken": case.untaken if case else 0,
        "first_absent_on": case.first_absent_on if case else None,
    }


def _of_leave(leave: Leave | None) -> dict[str, object]:
    return {
        "leave_id": leave.id if leave else None,
        "leave_is_open": leave is not None and leave.state is LeaveState.OPEN,
        "back_on": leave.back_on if leave else None,
    }


def _of_roll_call(roll_call: RollCall | None, case: Case | None) -> dict[str, object]:
    is_open = case is not None and case.state is CaseState.OPEN
    return {
        "roll_call_id": roll_call.id if roll_call else None,
        "may_arrive": roll_call is not None and is_open,
    }


async def _said(read: Reading, student_id: int) -> tuple[Said, ...]:
    query = select(replies).where(replies.c.student_id == student_id)
    latest = await read.all(query.order_by(replies.c.at.desc()).limit(LATEST), Reply)
    return tuple(
        Said(one.kind.value, one.at, one.body, one.attachment_id is not None) for one in latest
    )


async def _tried(read: Reading, student_id: int) -> tuple[Tried, ...]:
    query = select(contacts).where(contacts.c.student_id == student_id)
    latest = await read.all(query.order_by(contacts.c.at.desc()).limit(LATEST), Contact)
    return tuple(Tried(one.at, one.means, one.reached, one.result) for one in latest)
