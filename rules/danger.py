"""A child in danger: a record for the head and one named person of the section alone (rules.md 5).

The law (未成年人保护法, article 11) obliges the school and the bureau to report to the police at
once; the receipt is kept.  Head and section are told separately, so that neither can keep it from
the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from rules.calendar import SchoolCalendar
from rules.child.facts import Duties
from rules.decision import Decision, Entry
from rules.messages.staff import ChildInDanger
from rules.model.case import Task
from rules.model.school import Student
from rules.policy import Policy
from rules.refusals import NotNow, NotYours
from rules.tasks import finish, open_task

KIND = "danger"


class DangerState(StrEnum):
    """open: the police have not been told yet, as far as the record knows."""

    OPEN = "open"
    REPORTED = "reported"


@dataclass(frozen=True)
class Danger:
    """What somebody on the staff saw, and the receipt of the report to the police."""

    id: int
    student_id: int
    opened_by: int
    opened_at: datetime
    head_id: int | None
    section_id: int | None
    note: str
    receipt: str | None = None
    receipt_file_id: int | None = None
    reported_by: int | None = None
    reported_at: datetime | None = None
    state: DangerState = DangerState.OPEN
    version: int = 1

    @property
    def readers(self) -> tuple[int, ...]:
        """The two who may open it; one where they are the same person."""
        both = (self.head_id, self.section_id)
        return tuple(dict.fromkeys(person for person in both if person is not None))

    def require_reader(self, persons: tuple[int, ...]) -> int:
        """Return who of these may open it; NotYours for everybody else, deputies included."""
        found = next((one for one in self.readers if one in persons), None)
        if found is None:
            raise NotYours
        return found


def require_readers(duties: Duties) -> None:
    """Refuse, before anything is written, where nobody would read it."""
    if duties.head_id is None and duties.section_id is None:
        raise NotNow("danger.nobody")


def record(student: Student, duties: Duties, note: str, *, by: int, now: datetime) -> Danger:
    """Write down what was seen, for the head and the section person of today."""
    require_readers(duties)
    return Danger(
        id=0,
        student_id=student.id,
        opened_by=by,
        opened_at=now,
        head_id=duties.head_id,
        section_id=duties.section_id,
        note=note,
    )


def tell(danger: Danger, policy: Policy, calendar: SchoolCalendar, now: datetime) -> Decision:
    """Ring both, each with a task of their own: report to the police and keep the receipt.

    Neither task, message nor journal line names the child or who reported it, for they are read
    by more people than the record.
    """
    tasks = tuple(
        open_task(
            KIND,
            f"{KIND}:{danger.id}:{number}",
            person,
            id=-number,
            now=now,
            policy=policy,
            calendar=calendar,
        )
        for number, person in enumerate(danger.readers, 1)
    )
    personal = {"child": danger.student_id, "by": danger.opened_by}
    entry = Entry("danger_recorded", f"{KIND}:{danger.id}", None, {}, personal)
    return Decision(tasks, _cards(danger), (entry,))


def _cards(danger: Danger, *, but: int | None = None) -> tuple[ChildInDanger, ...]:
    stage = f"{danger.id}:{danger.state.value}"
    return tuple(
        ChildInDanger(to=person, item=danger.id, round=stage)
        for person in danger.readers
        if person != but
    )


def keep_receipt(
    danger: Danger, receipt: str | None, file_id: int | None, *, by: int, now: datetime
) -> Danger:
    """Keep the number or the picture of the police's receipt; a later one takes its place."""
    return replace(
        danger,
        receipt=receipt or danger.receipt,
        receipt_file_id=file_id or danger.receipt_file_id,
        reported_by=danger.reported_by or by,
        reported_at=danger.reported_at or now,
        state=DangerState.REPORTED,
    )


def close_tasks(danger: Danger, tasks: tuple[Task, ...], by: int, now: datetime) -> Decision:
    """The duty is done, whoever of the two did it: the other one hears so, once."""
    entry = Entry("danger_reported", f"{KIND}:{danger.id}", None, {}, {"by": by})
    is_first = danger.reported_at == now
    decision = Decision(messages=_cards(danger, but=by) if is_first else (), entries=(entry,))
    for task in tasks:
        decision += finish(task, by, now, "reported")
    return decision
