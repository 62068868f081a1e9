"""The papers that belong to a task, and who may hand one in again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from rules.model.case import Case, Task
from rules.model.ladder import Closing, Paper, PaperKind, PaperState, Referral, Service
from rules.model.school import Student
from storage.facts.duties import duties_of
from storage.tables.ladder import closings, papers, referrals, services
from storage.work import Reading

#: Whose papers a task is about, the one that its card speaks of first.
PAPERS_OF = {
    "notice_prepare": (PaperKind.NOTICE,),
    "notice_approval": (PaperKind.NOTICE,),
    "notice_service": (PaperKind.NOTICE,),
    "report_signature": (PaperKind.REPORT,),
    "report_acknowledgement": (PaperKind.REPORT,),
    "joint_issue": (PaperKind.COUNTY, PaperKind.TOWNSHIP, PaperKind.HANDOVER),
    "township_delivery": (PaperKind.TOWNSHIP, PaperKind.HANDOVER),
    "county_delivery": (PaperKind.COUNTY,),
}


async def papers_of_task(read: Reading, task: Task, case: Case | None) -> list[Paper]:
    """The papers of this round that the task is about, in their order, but none that is void."""
    order = PAPERS_OF.get(task.kind, ())
    if case is None or not order:
        return []
    query = select(papers).where(
        papers.c.case_id == case.id,
        papers.c.round == case.round,
        papers.c.kind.in_([kind.value for kind in order]),
        papers.c.state != PaperState.VOID.value,
    )
    referral_id = referral_id_of(task)
    if referral_id is not None:
        query = query.where(papers.c.referral_id == referral_id)
    found = await read.all(query.order_by(papers.c.id), Paper)
    return sorted(found, key=lambda one: (order.index(one.kind), one.id))


def referral_id_of(task: Task) -> int | None:
    """The township's line that the task is about."""
    sort, _, number = task.subject.partition(":")
    return int(number) if sort == "referral" else None


async def referrals_by_id(read: Reading, ids: Sequence[int | None]) -> dict[int, Referral]:
    """These lines, by id."""
    wanted = [one for one in ids if one is not None]
    found = await read.all(select(referrals).where(referrals.c.id.in_(wanted)), Referral)
    return {one.id: one for one in found}


async def closing_of_task(read: Reading, task: Task) -> Closing | None:
    """The request to end a case that the task is about."""
    sort, _, number = task.subject.partition(":")
    if sort != "closing":
        return None
    return await read.one(select(closings).where(closings.c.id == int(number)), Closing)


async def service_of(read: Reading, case: Case) -> Service | None:
    """How the notice of this round was served."""
    query = (
        select(services)
        .join(papers, papers.c.id == services.c.paper_id)
        .where(services.c.case_id == case.id, papers.c.round == case.round)
    )
    return await read.one(query.order_by(services.c.id.desc()).limit(1), Service)


async def hands_in(
    read: Reading, task: Task, case: Case | None, child: Student | None, on: date
) -> tuple[int, ...]:
    """Who may put a returned paper before its approver again: whoever prepared it or persuades;
    for the papers of the bureau, the section."""
    if case is None or child is None:
        return ()
    found = await papers_of_task(read, task, case)
    returned = [one for one in found if one.state is PaperState.RETURNED]
    if not returned:
        return ()
    duties = await duties_of(read, child, on)
    if task.kind == "joint_issue":
        persons = [duties.section_id or duties.bureau_leader_id]
    else:
        named = case.responsible_id or duties.paired_teacher_id or duties.first
        persons = [named, *(one.prepared_by for one in returned)]
    return tuple(dict.fromkeys(one for one in persons if one is not None and one != task.owner_id))


async def generated_files(read: Reading, student_id: int) -> set[int]:
    """The files that the program wrote about a child: drafts and finals, not what was stamped."""
    query = select(papers.c.draft_file_id, papers.c.file_id).where(
        papers.c.student_id == student_id,
        or_(papers.c.draft_file_id.is_not(None), papers.c.file_id.is_not(None)),
    )
    return {one for row in (await read.execute(query)).rows for one in row if one is not None}


async def files_of_task(read: Reading, task: Task, case: Case | None) -> list[int]:
    """The newest file of each paper that the task is about; of a closing its proof."""
    closing = await closing_of_task(read, task)
    if closing is not None:
        return [closing.proof_file_id] if closing.proof_file_id else []
    newest = (
        one.stamped_file_id or one.file_id or one.draft_file_id
        for one in await papers_of_task(read, task, case)
    )
    return [one for one in newest if one is not None]
