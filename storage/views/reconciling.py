"""What register and rosters say differently, as schools read it in chat; no number, no address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from rules.model.case import Task, TaskState
from rules.model.reconciling import DoubtPair, FoundLine, Reconciliation
from rules.model.school import Student
from rules.reconciling.entering import DUE, IN_SCHOOL
from rules.reconciling.lines import Line
from rules.reconciling.sorting import Kind
from storage.facts.listed import village_of_line
from storage.facts.overdue import known_of
from storage.naming import child_name
from storage.reconciling.following import finding_by_id
from storage.tables.reconciling import doubts, reconciliations
from storage.tables.school import units
from storage.views import OutboxRow, Unwanted, view
from storage.views.cards import Viewer, as_sent, card
from storage.views.tasks import TaskLine, line_of
from storage.work import Reading


@dataclass(frozen=True)
class LineShown:
    """One side: who, and where."""

    name: str
    school: str
    grade: int
    number: int
    sex: str | None
    birth_on: date | None
    is_listed: bool = False  # of the age-eligible list: a village in the place of a school


@dataclass(frozen=True)
class FindingCardView:
    """One child, registered here and sitting there."""

    task: TaskLine
    child: str
    state: str
    outcome: str | None
    by: str | None
    at: datetime | None
    is_mine: bool
    may: tuple[str, ...]
    registered: LineShown | None
    seated: LineShown | None


@dataclass(frozen=True)
class FindingNewsView:
    """What the other school hears."""

    child: str
    news: str
    registered: LineShown | None
    seated: LineShown | None


@dataclass(frozen=True)
class PairShown:
    """Two lines side by side."""

    id: int
    why: str
    registered: LineShown
    seated: LineShown


@dataclass(frozen=True)
class ReviewListView:
    """The first pair that waits, and how many do."""

    task: TaskLine
    pair: PairShown | None
    waiting: int
    is_mine: bool
    may: tuple[str, ...]


def _named(read: Reading, line: Line, number: int) -> str:
    """A line is named like a child."""
    return child_name(read, Student(number, line.school, 0, line.name))


async def _shown(read: Reading, line: Line | None, number: int) -> LineShown | None:
    if line is None:
        return None
    if line.school < 0:
        place, name = await village_of_line(read, line.school), _named(read, line, number)
        return LineShown(name, place, 0, 0, line.sex, line.birth_on, is_listed=True)
    school = await read.scalar(select(units.c.name).where(units.c.id == line.school))
    name = _named(read, line, number)
    return LineShown(name, str(school or ""), line.grade, line.number, line.sex, line.birth_on)


@view("finding_card")
async def own_finding_card(read: Reading, row: OutboxRow) -> FindingCardView | Unwanted:
    """The card as it comes; nothing once it is answered."""
    return await as_sent(read, row, finding_card_of)


@card("finding_card", "attends_here", "arrival_confirm", "enrol", "register_transfer")
async def finding_card_of(
    read: Reading, task: Task, viewer: Viewer, now: datetime
) -> FindingCardView:
    """The card of a task as it stands at this instant."""
    known = await known_of(read, [task])
    found = await _finding_of(read, task)
    is_open = task.state is TaskState.OPEN
    return FindingCardView(
        task=line_of(read, task, known, now),
        child=_named(read, found.line, found.student_id or found.id),
        state=task.state.value,
        outcome=None if is_open else task.outcome,
        by=known.names.get(task.done_by or 0),
        at=task.done_at,
        is_mine=is_open and task.owner_id in viewer.persons,
        may=viewer.may if is_open else (),
        registered=await _shown(read, found.registered, found.id),
        seated=await _shown(read, found.seated, found.id),
    )


async def _finding_of(read: Reading, task: Task) -> FoundLine:
    found = await finding_by_id(read, int(task.subject.rpartition(":")[2]))
    if found is None:
        raise LookupError(f"task {task.id} without its finding")
    return found


@view("finding_news")
async def finding_news(read: Reading, row: OutboxRow) -> FindingNewsView | Unwanted:
    """What was found or answered; nothing when the lists agree by now."""
    found = await finding_by_id(read, row.item)
    if found is None or found.ended_at is not None:
        return Unwanted("settled")
    return FindingNewsView(
        _named(read, found.line, found.student_id or found.id),
        "found" if found.answered_at is None else found.state.value,
        await _shown(read, found.registered, found.id),
        await _shown(read, found.seated, found.id),
    )


@view("review_list")
async def own_review_list(read: Reading, row: OutboxRow) -> ReviewListView | Unwanted:
    """The first pair, as it comes to the register clerk."""
    return await as_sent(read, row, review_list_of)


@card("review_list", "list_review")
async def review_list_of(
    read: Reading, task: Task, viewer: Viewer, now: datetime
) -> ReviewListView:
    """The first pair that waits."""
    return await review_page(read, task, viewer, now, after=0)


async def review_page(
    read: Reading, task: Task, viewer: Viewer, now: datetime, after: int
) -> ReviewListView:
    """The next pair after one, from the beginning again when it was the last."""
    known = await known_of(read, [task])
    waits = (
        doubts.c.school_id == task.school_id,
        doubts.c.ended_at.is_(None),
        doubts.c.decided_at.is_(None),
    )
    query = select(doubts).where(*waits).order_by(doubts.c.id <= after, doubts.c.id).limit(1)
    pair = await read.one(query, DoubtPair)
    number = await read.scalar(select(func.count()).select_from(doubts).where(*waits))
    is_open = task.state is TaskState.OPEN
    return ReviewListView(
        line_of(read, task, known, now),
        await _pair(read, pair) if pair else None,
        int(number or 0),
        is_open and task.owner_id in viewer.persons,
        viewer.may if is_open else (),
    )


async def _pair(read: Reading, pair: DoubtPair) -> PairShown:
    registered = await _shown(read, pair.registered, pair.id)
    seated = await _shown(read, pair.seated, pair.id)
    if registered is None or seated is None:
        raise LookupError(f"pair {pair.id} without lines")
    return PairShown(pair.id, pair.why.value, registered, seated)


@dataclass(frozen=True)
class CountyComparedView:
    """The county in numbers, and what is new against the run before."""

    at: datetime
    counts: tuple[tuple[str, int, int], ...]
    matched: int
    doubts: int
    settled: int
    listed: ListCounted | None


@dataclass(frozen=True)
class ListCounted:
    """The age-eligible list: due in school, in school, newly sought, no longer sought."""

    due: int
    entered: int
    new: int
    gone: int


@view("county_compared")
async def county_compared(read: Reading, row: OutboxRow) -> CountyComparedView | Unwanted:
    """Only the newest run is news."""
    query = select(reconciliations).where(reconciliations.c.id >= row.item)
    found = await read.all(query.order_by(reconciliations.c.id), Reconciliation)
    if len(found) != 1:
        return Unwanted("superseded")
    counts = found[0].counts
    return CountyComparedView(
        found[0].at,
        tuple(
            (kind.value, counts[kind.value], counts.get(f"new_{kind.value}", 0))
            for kind in Kind
            if kind.value in counts
        ),
        counts.get("matched", 0),
        counts.get("doubts", 0),
        counts.get("settled", 0),
        _of_list(counts),
    )


def _of_list(counts: Mapping[str, int]) -> ListCounted | None:
    if DUE not in counts:
        return None
    return ListCounted(
        counts[DUE], counts[IN_SCHOOL], counts.get("listed_new", 0), counts.get("listed_gone", 0)
    )
