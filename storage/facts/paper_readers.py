"""Who reads a draft, and who prints the paper that became of it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from rules.model.case import Case, Task, TaskState
from rules.model.ladder import Paper, PaperKind, PaperState
from rules.model.people import Deputy
from rules.model.school import Student
from storage.facts.duties import duties_of
from storage.held import acts_on
from storage.tables.cases import cases, tasks
from storage.tables.people import deputies
from storage.tables.school import students
from storage.work import Reading

#: Whoever has one of these tasks decides about a draft; the first that is open counts.
_DECIDED_IN = {
    PaperKind.NOTICE: ("notice_approval",),
    PaperKind.REPORT: ("report_signature", "report_acknowledgement"),
    PaperKind.TOWNSHIP: ("joint_issue",),
    PaperKind.COUNTY: ("joint_issue",),
    PaperKind.HANDOVER: ("joint_issue",),
}


async def readers_of(read: Reading, paper: Paper, on: date) -> tuple[int, ...]:
    """To whom the docx of this paper goes now: a draft to who decides, else to who prints it;
    and to whoever stands in for one of them (rules.md 6, Away)."""
    found = await _readers(read, paper, on)
    acting = select(deputies).where(deputies.c.person_id.in_(found), acts_on(on))
    stand_ins = [one.deputy_id for one in await read.all(acting.order_by(deputies.c.id), Deputy)]
    return tuple(dict.fromkeys((*found, *stand_ins)))


async def _readers(read: Reading, paper: Paper, on: date) -> tuple[int, ...]:
    query = select(tasks).where(
        tasks.c.case_id == paper.case_id, tasks.c.state == TaskState.OPEN.value
    )
    owners = {one.kind: one.owner_id for one in await read.all(query, Task)}
    if paper.state is PaperState.SUBMITTED:
        found = (owners.get(kind) for kind in _DECIDED_IN.get(paper.kind, ()))
        return tuple(one for one in found if one is not None)[:1]
    return await _printers(read, paper, on, owners)


async def _printers(
    read: Reading, paper: Paper, on: date, owners: dict[str, int]
) -> tuple[int, ...]:
    """The teacher prints the notice, head and section the report, the section the rest."""
    child = await read.one(select(students).where(students.c.id == paper.student_id), Student)
    case = await read.one(select(cases).where(cases.c.id == paper.case_id), Case)
    if child is None or case is None:
        return ()
    duties = await duties_of(read, child, on)
    section = duties.section_id or duties.bureau_leader_id
    wanted: tuple[int | None, ...] = (section,)
    if paper.kind is PaperKind.NOTICE:
        named = case.responsible_id or duties.paired_teacher_id or duties.first
        wanted = (owners.get("notice_service") or named,)
    elif paper.kind is PaperKind.REPORT:
        wanted = (duties.head_id or duties.leader_id, section)
    return tuple(dict.fromkeys(one for one in wanted if one is not None))
