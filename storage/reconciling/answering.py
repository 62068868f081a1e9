"""[在我校就读] [不在我校] [已报到] [没来报到], and what a person says about two lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from rules.book import Book
from rules.child.closings import found_elsewhere
from rules.child.draft import Draft
from rules.child.facts import Duties
from rules.child.status import restore, set_by_people
from rules.decision import Decision, Entry
from rules.messages.base import Message
from rules.messages.reconciling import FindingCard, FindingNews
from rules.model.case import CaseState, Task, TaskState
from rules.model.reconciling import DoubtPair, FindingState, FoundLine
from rules.model.school import EnrolmentStatus, PastPlace, SchoolClass, Student
from rules.moving import Move, move
from rules.reconciling.lines import Line
from rules.reconciling.sorting import Kind
from rules.refusals import OldButton
from rules.tasks import finish
from storage.carrying import carry_out
from storage.facts.child import draft_about, running_case
from storage.facts.duties import duties_of
from storage.facts.tasks import open_tasks_about
from storage.importing.records import Review
from storage.reconciling.doorsteps import seat_of
from storage.reconciling.following import (
    close_reviews,
    look_for,
    open_transfer,
    persons_of,
)
from storage.tables.cases import tasks
from storage.tables.reconciling import findings
from storage.tables.school import classes, past_places, reviews, students
from storage.work import Work

HERE, NOT_HERE = "here", "not_here"
SAME, OTHER = "same", "other"


async def answer(
    work: Work, book: Book, found: FoundLine, task: Task, here: bool, by: int
) -> None:
    """The school where the child is said to sit has looked (rules.md 8)."""
    if found.state is not FindingState.OPEN:
        raise OldButton
    state = FindingState.CONFIRMED if here else FindingState.DENIED
    said = replace(found, state=state, answered_at=work.now, answered_by=by)
    public = {"finding": found.kind.value, "here": here, "school": found.roster_school_id}
    subject = f"child:{found.student_id}" if found.student_id else f"finding:{found.id}"
    decision = finish(task, by, work.now, HERE if here else NOT_HERE)
    decision += Decision((said,), entries=(Entry("finding_answered", subject, by, public),))
    decision += await _told(work, book, said)
    if here and found.kind is Kind.ELSEWHERE:
        transfer = open_transfer(work, book, said, by)
        decision += Decision((transfer,), (FindingCard(to=by, item=transfer.id),))
    await carry_out(work, decision)
    if here:
        await _accept(work, book, said, by)
    else:
        await look_for(work, book, said)


async def _told(work: Work, book: Book, said: FoundLine) -> Decision:
    """The school that answers for the child, and the section where the answer is no."""
    here = await persons_of(work, said.register_school_id, book.calendar.local_date(work.now))
    told = [*here.school]
    if said.state is FindingState.DENIED and here.section is not None:
        told.append(here.section)
    messages: tuple[Message, ...] = tuple(
        FindingNews(to=one, item=said.id, round=said.state.value) for one in dict.fromkeys(told)
    )
    return Decision(messages=messages)


async def _accept(work: Work, book: Book, said: FoundLine, by: int) -> None:
    """No case: the child sits here from now on.  A running case ends with the head's word."""
    if said.student_id is None or said.roster_school_id is None:
        return
    draft = await draft_about(work, said.student_id, book, by=by)
    case = draft.facts.case
    if case is None or case.state is not CaseState.OPEN:
        if said.seated is not None:
            await _sit_down(work, book, said.student_id, (said.seated, by))
        return
    found_elsewhere(draft, said.roster_school_id)
    await carry_out(work, draft.decision())


async def after_closing(work: Work, book: Book, student_id: int, by: int) -> None:
    """A case has ended as transferred: a child whom its new school has confirmed sits there."""
    query = select(findings).where(
        findings.c.student_id == student_id,
        findings.c.state == FindingState.CONFIRMED.value,
    )
    said = await work.one(query, FoundLine)
    seated = said.seated if said is not None else await seat_of(work, student_id)
    if seated is None:
        return
    draft = await draft_about(work, student_id, book)
    if draft.facts.case is None:
        await _sit_down(work, book, student_id, (seated, by))


async def _sit_down(work: Work, book: Book, student_id: int, seat: tuple[Line, int]) -> None:
    """Person and record agree: school, class, status; the suspected ledger loses the child."""
    seated, by = seat
    query = select(students).where(students.c.id == student_id)
    before = await work.one(query, Student)
    if before is None:
        return
    room = await _class_of(work, seated)
    today = book.calendar.local_date(work.now)
    here = await duties_of(work, before, today)
    draft = await draft_about(work, before.id, book, by=by)
    _be_enrolled(draft)
    await carry_out(work, draft.decision())
    current = await work.one(query, Student) or before
    after = replace(current, school_id=room.school_id, class_id=room.id, on_roster=True)
    stored: Student = (await carry_out(work, Decision((after,))))[0]
    if (before.school_id, before.class_id) == (room.school_id, room.id):
        return
    place = PastPlace(0, before.id, before.school_id, before.class_id, work.now)
    await work.insert_many(past_places, [place])
    await _follow(work, before, stored, here, today)


def _be_enrolled(draft: Draft) -> None:
    """Whoever sits in a class is enrolled: a suspicion goes back, a transfer has arrived."""
    restore(draft, "found")
    if draft.facts.student.status is EnrolmentStatus.TRANSFERRED:
        set_by_people(draft, EnrolmentStatus.ENROLLED)


async def _follow(work: Work, before: Student, after: Student, here: Duties, today: date) -> None:
    there = await duties_of(work, after, today)
    query = select(tasks).where(
        tasks.c.student_id == after.id, tasks.c.state == TaskState.OPEN.value
    )
    found = await work.all(query.order_by(tasks.c.id), Task)
    case = await running_case(work, after.id)
    await carry_out(work, move(Move(before, after, here, there), found, case, work.now))


async def _class_of(work: Work, seated: Line) -> SchoolClass:
    query = select(classes).where(
        classes.c.school_id == seated.school,
        classes.c.grade == seated.grade,
        classes.c.number == seated.number,
    )
    found = await work.one(query, SchoolClass)
    if found is not None:
        return found
    fresh = SchoolClass(0, seated.school, seated.grade, seated.number)
    stored: SchoolClass = await work.save(classes, fresh)
    return stored


async def decide_pair(work: Work, pair: DoubtPair, *, same: bool, by: int | None) -> None:
    """[是同一人] [不是同一人]: the next run counts on it, and so does the next import."""
    if pair.decided_at is not None or pair.ended_at is not None:
        raise OldButton
    said = replace(pair, decided_at=work.now, decided_by=by, decision=SAME if same else OTHER)
    public = {"pair": pair.id, "same": same, "why": pair.why.value}
    await carry_out(
        work, Decision((said,), entries=(Entry("pair_decided", f"pair:{pair.id}", by, public),))
    )
    await _tell_import(work, pair, same=same, by=by)
    await carry_out(work, await close_reviews(work, pair.school_id, by))


async def _tell_import(work: Work, pair: DoubtPair, *, same: bool, by: int | None) -> None:
    """The row that an import put aside because of this doubt is decided with it."""
    query = select(reviews).where(
        reviews.c.school_id == pair.roster_school_id, reviews.c.decided_at.is_(None)
    )
    seated = pair.seated
    for one in await work.all(query, Review):
        body = one.body or {}
        is_this = (body.get("name"), body.get("id_number"), body.get("register_number")) == (
            seated.name,
            seated.id_number,
            seated.register_number,
        )
        if is_this and tuple(body.get("class", ())) == (seated.grade, seated.number):
            decision = SAME if same else "new"
            said = replace(one, decided_at=work.now, decided_by=by, decision=decision)
            await work.save(reviews, said)


async def task_of(work: Work, found: FoundLine) -> Task | None:
    """The open question about a finding."""
    waiting = await open_tasks_about(work, f"finding:{found.id}")
    return next((one for one in waiting if one.kind in ("attends_here", "arrival_confirm")), None)
