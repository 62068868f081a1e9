"""What was found at the door, who looks whether it holds, and what follows (rules.md 8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rules.book import Book
from rules.child.closings import found_elsewhere
from rules.decision import Decision, Entry
from rules.messages.eligible import DoorstepCheck
from rules.model.case import CaseState, Task
from rules.model.eligible import CHECKED, FOR_A_YEAR, Answer, Doorstep, Ending
from rules.model.reconciling import plain_line
from rules.reconciling.ages import year_ends_on
from rules.reconciling.lines import Line
from rules.refusals import OldButton
from rules.tasks import finish, open_task
from storage.carrying import carry_out
from storage.facts.child import draft_about
from storage.facts.tasks import open_tasks_about
from storage.reconciling.doorsteps import (
    CHECK,
    PLACEMENT,
    SEATED,
    area_persons,
    close_visit,
    end_line,
    listed_by_id,
    office,
    refuse_line,
    renew_line,
    village_by_id,
)
from storage.reconciling.following import persons_of
from storage.reconciling.not_enrolled import look_for
from storage.work import Work

HOLDS, FAILS = "holds", "fails"


@dataclass(frozen=True)
class Said:
    """The answer of whoever went there: with the photo, and where it says so with a school."""

    answer: Answer
    by: int
    file_id: int
    school_id: int | None = None


async def answer(work: Work, book: Book, line: Doorstep, said: Said) -> None:
    """Keep the answer and do what it asks for; OldButton where somebody was faster."""
    if not line.is_waiting:
        raise OldButton
    kept = replace(
        line,
        answer=said.answer,
        answered_at=work.now,
        answered_by=said.by,
        school_id=said.school_id,
        file_id=said.file_id,
    )
    public = {"answer": said.answer.value, "school": said.school_id, "file": said.file_id}
    entry = Entry("doorstep_answered", f"doorstep:{line.id}", said.by, public)
    stored: Doorstep = (await carry_out(work, Decision((kept,), entries=(entry,))))[0]
    if said.answer is Answer.NOT_ENROLLED:
        await look_for(work, book, stored, said.by)
    elif said.answer in CHECKED:
        await ask_whether(work, book, stored)
    else:
        await _follow(work, book, stored, PLACEMENT)
    await close_visit(work, line.village_id, said.by)


async def ask_whether(work: Work, book: Book, line: Doorstep) -> None:
    """Somebody else looks: the school that is named, the register clerk whether the proof of a
    school elsewhere holds, the head whether a family is gone or the township has agreed."""
    await _follow(work, book, line, CHECK)


async def _follow(work: Work, book: Book, line: Doorstep, kind: str) -> None:
    today = book.calendar.local_date(work.now)
    village = await village_by_id(work, line.village_id)
    school, here = await area_persons(work, village, today)
    school_id = line.school_id or (school.id if school else None)
    if line.answer is Answer.ENROLLED:
        there = await persons_of(work, line.school_id, today)
        asked = [there.clerk, there.head, there.section]
    elif line.answer is Answer.AWAY:
        asked = [here.clerk, here.head, here.section]
    else:
        asked = [here.head, here.section]
    is_check = kind == CHECK
    owner = _first([*asked, await office(work, today)], line.answered_by if is_check else None)
    if owner is None:
        return
    task = open_task(
        kind,
        f"doorstep:{line.id}",
        owner,
        id=-1,
        now=work.now,
        policy=book.policy,
        calendar=book.calendar.school(school_id or 0),
        school_id=school_id,
    )
    await carry_out(work, Decision((task,), (DoorstepCheck(to=owner, item=-1),)))


def _first(persons: Iterable[int | None], prepared_by: int | None) -> int | None:
    """Nobody looks at what they have said themselves: it goes one level up (rules.md 6)."""
    return next((one for one in persons if one is not None and one != prepared_by), None)


async def check(
    work: Work, book: Book, line: Doorstep, task: Task, by: int, *, holds: bool
) -> None:
    """[在我校就读] [属实] and their opposites."""
    if line.answer is None or line.ended_at is not None:
        raise OldButton
    public = {"holds": holds, "answer": line.answer.value, "school": line.school_id}
    entry = Entry("doorstep_checked", f"doorstep:{line.id}", by, public)
    done = finish(task, by, work.now, HOLDS if holds else FAILS)
    await carry_out(work, done + Decision(entries=(entry,)))
    child = await listed_by_id(work, line.eligible_id)
    if child.student_id is not None and await _is_looked_for(work, book, child.student_id):
        await _of_case(work, book, line, child.student_id, (by, holds))
    elif holds:
        today = book.calendar.local_date(work.now)
        is_yearly = line.answer in FOR_A_YEAR
        until = year_ends_on(book.policy.intake, today) if is_yearly else None
        await end_line(work, line, Ending.CONFIRMED, by, until)
    else:
        await refuse_line(work, book, line, by)


async def _is_looked_for(work: Work, book: Book, student_id: int) -> bool:
    draft = await draft_about(work, student_id, book)
    case = draft.facts.case
    return case is not None and case.state is CaseState.OPEN


async def _of_case(
    work: Work, book: Book, line: Doorstep, student_id: int, said: tuple[int, bool]
) -> None:
    """A child with a running case is said to sit elsewhere: the case ends with its head's word,
    or goes on."""
    by, holds = said
    if not holds or line.school_id is None:
        await renew_line(work, line, answer=Answer.NOT_ENROLLED, school_id=None)
        return
    draft = await draft_about(work, student_id, book, by=by)
    found_elsewhere(draft, line.school_id)
    await carry_out(work, draft.decision())
    await end_line(work, line, Ending.CONFIRMED, by)


async def assessed(work: Work, line: Doorstep, task: Task, by: int) -> None:
    """The placement is assessed; the child stays on the list until a register has it."""
    await carry_out(work, finish(task, by, work.now, "assessed"))


async def turned_up(work: Work, book: Book, line: Doorstep, found: Line) -> None:
    """A register or roster has the child by now.  One with a case at another school is asked for
    there first: a list alone ends no case (X2)."""
    child = await listed_by_id(work, line.eligible_id)
    if child.student_id is not None and await _is_looked_for(work, book, child.student_id):
        draft = await draft_about(work, child.student_id, book)
        if draft.facts.student.school_id != found.school:
            await _ask_there(work, book, line, found)
            return
    await end_line(work, line, Ending.FOUND)


async def _ask_there(work: Work, book: Book, line: Doorstep, found: Line) -> None:
    if line.answer is Answer.ENROLLED or await open_tasks_about(work, f"doorstep:{line.id}"):
        return
    body = {**line.body, SEATED: plain_line(found)}
    said = {"answer": Answer.ENROLLED, "school_id": found.school, "body": body}
    await ask_whether(work, book, await renew_line(work, line, **said))
