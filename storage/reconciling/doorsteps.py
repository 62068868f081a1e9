"""入户核查: children on no register and no roster become one task a village (rules.md 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from rules.book import Book
from rules.decision import Decision, Entry
from rules.messages.base import Message
from rules.messages.eligible import DoorstepCard, DoorstepNews
from rules.model.case import Task
from rules.model.eligible import Doorstep, Eligible, Ending, Village
from rules.model.people import Role
from rules.model.reconciling import line_of
from rules.model.school import Unit
from rules.reconciling.ages import grade_by_age
from rules.reconciling.areas import area_school
from rules.reconciling.lines import Line
from rules.tasks import finish, open_task, void
from storage.carrying import carry_out
from storage.facts.duties import duties_of_school
from storage.facts.tasks import open_tasks_about
from storage.held import holders_of, holds_on
from storage.reconciling.following import Persons, persons_of
from storage.tables.eligible import doorsteps, eligible, villages
from storage.tables.people import people, posts
from storage.tables.school import units
from storage.work import Reading, Work

#: Where in the body of a line stands the place in class that a list shows.
SEATED = "seated"
VISIT, CHECK, PLACEMENT = "doorstep", "doorstep_check", "placement_assessment"
#: Who sends somebody where a village belongs to no school.
OFFICES = (Role.EDUCATION_SECTION, Role.SECTION, Role.ADMIN)


async def village_by_id(read: Reading, village_id: int) -> Village:
    """One village; LookupError where there is none."""
    found = await read.one(select(villages).where(villages.c.id == village_id), Village)
    if found is None:
        raise LookupError(f"no village {village_id}")
    return found


async def doorstep_by_id(read: Reading, doorstep_id: int) -> Doorstep | None:
    """One line of the door-to-door list."""
    return await read.one(select(doorsteps).where(doorsteps.c.id == doorstep_id), Doorstep)


async def listed_by_id(read: Reading, eligible_id: int) -> Eligible:
    """The child behind a line, with everything that the list says."""
    found = await read.one(select(eligible).where(eligible.c.id == eligible_id), Eligible)
    if found is None:
        raise LookupError(f"no listed child {eligible_id}")
    return found


async def seat_of(read: Reading, student_id: int) -> Line | None:
    """Where the school that was asked for a child with a case has it sitting."""
    query = (
        select(doorsteps)
        .join(eligible, eligible.c.id == doorsteps.c.eligible_id)
        .where(
            eligible.c.student_id == student_id,
            doorsteps.c.outcome == Ending.CONFIRMED.value,
        )
    )
    found = await read.all(query.order_by(doorsteps.c.id.desc()).limit(1), Doorstep)
    return line_of(found[0].body.get(SEATED)) if found else None


async def waiting_at(read: Reading, village_id: int) -> list[Doorstep]:
    """Whom somebody still has to ask for in a village."""
    query = select(doorsteps).where(
        doorsteps.c.village_id == village_id,
        doorsteps.c.ended_at.is_(None),
        doorsteps.c.answer.is_(None),
    )
    return await read.all(query.order_by(doorsteps.c.id), Doorstep)


async def area_of(read: Reading, village: Village, grade: int | None = None) -> Unit | None:
    """The school that answers for a village, or for a child of that grade in it."""
    query = select(units).where(units.c.township_id == village.township_id)
    found = await read.all(query.order_by(units.c.id), Unit)
    return area_school(found, village.township_id, village.name, grade)


async def office(read: Reading, on: date) -> int | None:
    """Somebody of the bureau, where no school has anybody."""
    for role in OFFICES:
        for person in await holders_of(read, role, on):
            return person
    return None


async def area_persons(read: Reading, village: Village, on: date) -> tuple[Unit | None, Persons]:
    """The school of the area, and who answers for it."""
    school = await area_of(read, village)
    return school, await persons_of(read, school.id if school else None, on)


async def open_lines(work: Work, book: Book, village_id: int, ids: Sequence[int]) -> None:
    """These children are sought from now on; whoever goes there reads it on one card."""
    query = select(eligible).where(eligible.c.id.in_(ids))
    children = await work.all(query.order_by(eligible.c.id), Eligible)
    today = book.calendar.local_date(work.now)
    lines = tuple(
        Doorstep(-1 - at, one.id, village_id, work.now, _body(book, one, today))
        for at, one in enumerate(children)
    )
    public = {"children": len(lines)}
    entry = Entry("doorsteps_opened", f"village:{village_id}", public=public)
    await carry_out(work, Decision(lines, entries=(entry,)))
    await ask(work, book, village_id)


def _body(book: Book, child: Eligible, today: date) -> dict[str, object]:
    born_on = child.birth_on
    return {
        "name": child.name,
        "sex": child.sex,
        "birth_on": born_on.isoformat() if born_on else None,
        "id_number": child.id_number or child.written,
        "guardian": child.guardian,
        "source": child.source,
        "grade": grade_by_age(book.policy.intake, born_on, today) if born_on else None,
    }


async def ask(work: Work, book: Book, village_id: int) -> None:
    """One task for a village as long as anybody waits there; more children join its card."""
    today = book.calendar.local_date(work.now)
    known = await visit_of(work, village_id)
    if known is not None:
        again = DoorstepCard(to=known.owner_id, item=known.id, round=f"{work.now:%Y%m%d%H%M}")
        await carry_out(work, Decision(messages=(again,)))
        return
    village = await village_by_id(work, village_id)
    school, persons = await area_persons(work, village, today)
    owner = await _visitor(work, school, persons, today)
    if owner is None:
        return
    task = open_task(
        VISIT,
        f"village:{village_id}",
        owner,
        id=-1,
        now=work.now,
        policy=book.policy,
        calendar=book.calendar.school(school.id if school else 0),
        school_id=school.id if school else None,
    )
    await carry_out(work, Decision((task,), (DoorstepCard(to=owner, item=-1),)))


async def _visitor(read: Reading, school: Unit | None, persons: Persons, on: date) -> int | None:
    """安排专人走村入户: the leader paired to the whole school, else one of its leaders.

    So the head can give it to another.  Else the head, the register clerk, and the bureau.
    """
    if school is not None:
        paired = (await duties_of_school(read, school.id, on)).leader_id
        leader = paired or await _leader_of(read, school.id, on)
        if leader is not None:
            return leader
    return persons.head or persons.clerk or persons.section or await office(read, on)


async def _leader_of(read: Reading, school_id: int, on: date) -> int | None:
    query = (
        select(posts.c.person_id)
        .join(people, people.c.id == posts.c.person_id)
        .where(
            posts.c.unit_id == school_id,
            posts.c.role == Role.LEADER.value,
            people.c.left_on.is_(None),
            holds_on(posts, on),
        )
    )
    found = await read.scalar(query.order_by(posts.c.id).limit(1))
    return None if found is None else int(found)


async def visit_of(read: Reading, village_id: int) -> Task | None:
    """The open task of a village."""
    found = await open_tasks_about(read, f"village:{village_id}")
    return next((one for one in found if one.kind == VISIT), None)


async def end_line(
    work: Work, line: Doorstep, outcome: Ending, by: int | None = None, until: date | None = None
) -> None:
    """A line is over, and with it whatever was asked about it and the village's task with its
    last line; whoever was asked hears of a child that turned up."""
    ended = replace(line, ended_at=work.now, outcome=outcome, ended_by=by, holds_until=until)
    public = {"outcome": outcome.value, "answer": line.answer.value if line.answer else None}
    decision = Decision((ended,), entries=(Entry("doorstep_ended", _subject(line), by, public),))
    for task in await open_tasks_about(work, _subject(line)):
        decision += void(task, work.now, "lists_agree")
    if outcome is Ending.FOUND:
        decision += Decision(messages=await _news(work, line, "found"))
    await carry_out(work, decision)
    await close_visit(work, line.village_id, by)


async def renew_line(work: Work, line: Doorstep, **changes: Any) -> Doorstep:
    """Something else is known of the same child from now on; what was known stays on record."""
    ended = replace(line, ended_at=work.now, outcome=Ending.RENEWED)
    fresh = replace(line, id=-1, version=1, opened_at=work.now, answered_at=work.now, **changes)
    entry = Entry("doorstep_renewed", _subject(line), public={"answer": fresh.answer})
    stored: Doorstep = (await carry_out(work, Decision((ended, fresh), entries=(entry,))))[1]
    return stored


async def refuse_line(work: Work, book: Book, line: Doorstep, by: int) -> None:
    """What was said at the door does not hold: the child is asked for anew."""
    await end_line(work, line, Ending.REFUSED, by)
    fresh = Doorstep(-1, line.eligible_id, line.village_id, work.now, line.body)
    told = await _news(work, line, "refused")
    await carry_out(work, Decision((fresh,), told))
    await ask(work, book, line.village_id)


async def close_visit(work: Work, village_id: int, by: int | None) -> None:
    """The task goes with the last child that waits there."""
    task = await visit_of(work, village_id)
    if task is None or await waiting_at(work, village_id):
        return
    query = select(doorsteps.c.id).where(
        doorsteps.c.village_id == village_id, doorsteps.c.answered_at >= task.opened_at
    )
    is_visited = await work.scalar(query.limit(1)) is not None
    await carry_out(
        work,
        finish(task, by, work.now, "visited")
        if is_visited
        else void(task, work.now, "lists_agree"),
    )


async def _news(work: Work, line: Doorstep, round: str) -> tuple[Message, ...]:
    """To whoever was asked: who has the task now, and who answered."""
    task = await visit_of(work, line.village_id)
    asked = dict.fromkeys((line.answered_by, task.owner_id if task else None))
    return tuple(
        DoorstepNews(to=one, item=line.id, round=round) for one in asked if one is not None
    )


def _subject(line: Doorstep) -> str:
    return f"doorstep:{line.id}"
