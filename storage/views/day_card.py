"""The class teacher's living card: the day's roll call, what families said, what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.model.attendance import Mark, MarkKind, RollCall, RollCallState, Session
from rules.model.school import SchoolClass, Student
from rules.rollcalls import on_the_grid, picked
from storage.by_key import CLASS
from storage.facts import class_days
from storage.facts.rosters import roll_call_by_id, roster_of
from storage.facts.unsent import Unsent, unsent_alerts
from storage.naming import child_name
from storage.views import OutboxRow, Unwanted, view
from storage.views.school_line import TAKEN
from storage.work import Reading

PER_PAGE = 24
PER_ROW = 3
#: A message has at most a hundred keys; a card that would come near has one for each child.
CROWDED_FROM = 90
#: How many claims such a card asks about at a time.
CLAIMS_AT_A_TIME = 5
#: An alert takes a moment; what has not left by then is worth a line.
A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True)
class NameKey:
    """One name in the grid: what it shows now, and what the next tap sets."""

    student_id: int
    name: str
    value: str  # present | absent | sick | family
    next: str


@dataclass(frozen=True)
class ChildLine:
    """One child on the card.

    `state` says what is known: seen, late, absent, claim, excused, pending (followed, not tapped).
    `answer` is the family's latest, `is_bound` whether any chat of the family is bound.
    """

    student_id: int
    name: str
    state: str
    is_followed: bool = False
    answer: str | None = None
    answered_at: datetime | None = None
    back_on: date | None = None
    leave_id: int | None = None
    leave_is_open: bool = False
    is_bound: bool = False
    is_asked: bool = False
    is_searched: bool = False
    has_words: bool = False  # free text, voice or a photo waits to be read
    tap: str | None = None
    question_id: int | None = None


@dataclass(frozen=True)
class DayCardView:
    """Everything that stands on the card."""

    roll_call_id: int
    grade: int
    number: int
    on: date
    is_evening: bool
    is_today: bool
    state: str
    expected: int
    present: int
    due_at: datetime
    is_overdue: bool
    release_at: datetime | None
    submitted_at: datetime | None
    followed: tuple[ChildLine, ...]
    missing: tuple[ChildLine, ...]
    claims: tuple[ChildLine, ...]
    rows: tuple[tuple[NameKey, ...], ...]
    page: int | None
    pages: int
    picked: int
    as_of: datetime | None
    unsent: Unsent
    is_crowded: bool


@dataclass(frozen=True)
class _Class:
    """What the tables say about one class and day."""

    roll_call: RollCall
    school_class: SchoolClass
    children: Sequence[Student]
    followed: set[int]
    marks: dict[int, Mark]
    lines: dict[int, ChildLine]
    absent_before: set[int]


@view("day_card")
async def day_card(read: Reading, row: OutboxRow) -> DayCardView | Unwanted:
    """The card as it is at this moment."""
    shown = await day_card_of(read, row.item, row.created_at)
    return shown or Unwanted("no_such_roll_call")


async def day_card_of(
    read: Reading, roll_call_id: int, now: datetime | None
) -> DayCardView | None:
    """The card of a roll call; None when there is no such roll call."""
    roll_call = await roll_call_by_id(read, roll_call_id)
    if roll_call is None:
        return None
    known = await _load(read, roll_call)
    return _view(known, now, await _unsent(read, known, now))


async def _unsent(read: Reading, known: _Class, now: datetime | None) -> Unsent:
    """Alerts to the families of these children that wait although their time has come."""
    released, at = known.roll_call.state is RollCallState.RELEASED, known.roll_call.release_at
    if not released or now is None or at is None or now < at + A_MOMENT:
        return Unsent()
    open_questions = [
        line.question_id
        for line in known.lines.values()
        if line.question_id is not None and line.answer is None
    ]
    return await unsent_alerts(read, open_questions, now)


async def _load(read: Reading, roll_call: RollCall) -> _Class:
    school_class = await read.get(CLASS, roll_call.class_id)
    if school_class is None:
        raise LookupError(f"class {roll_call.class_id}")
    children = await roster_of(read, roll_call.class_id, roll_call.session)
    found = await class_days.marks_of(read, roll_call)
    by_child = {mark.student_id: mark for mark in found}
    followed = await class_days.followed_before(read, roll_call)
    if not is_recorded(roll_call):
        followed |= {one.student_id for one in found if one.kind is MarkKind.ABSENT}
    lines = await _lines(read, roll_call, children, by_child, followed)
    has_names = roll_call.page is not None
    before = await class_days.absent_last(read, roll_call) if has_names else set()
    return _Class(roll_call, school_class, children, followed, by_child, lines, before)


async def _lines(
    read: Reading,
    roll_call: RollCall,
    children: Sequence[Student],
    by_child: dict[int, Mark],
    followed: set[int],
) -> dict[int, ChildLine]:
    """What is known of each child about whom anything is known."""
    leave = {one.student_id: one for one in await class_days.leaves_of(read, roll_call)}
    asked = {one.student_id: one for one in await class_days.questions_of(read, roll_call)}
    words = await class_days.with_words(read, roll_call)
    bound = await class_days.bound(read, roll_call)
    searched = await class_days.searched(read, roll_call)
    picks = picked(roll_call)
    names = _told_apart(read, children)
    lines = {}
    for child in children:
        question, own = asked.get(child.id), leave.get(child.id)
        lines[child.id] = ChildLine(
            student_id=child.id,
            name=names[child.id],
            state=_state(by_child.get(child.id), is_excused=own is not None),
            is_followed=child.id in followed,
            answer=question.answer if question else None,
            answered_at=question.answered_at if question else None,
            back_on=own.back_on if own else None,
            leave_id=own.id if own else None,
            leave_is_open=own is not None and own.state == "open",
            is_bound=child.id in bound,
            is_asked=question is not None and question.is_automatic,
            is_searched=child.id in searched,
            has_words=child.id in words,
            tap=picks.get(child.id),
            question_id=question.id if question else None,
        )
    return lines


def _told_apart(read: Reading, children: Sequence[Student]) -> dict[int, str]:
    """The names of a class as its teacher reads them; seats tell equal ones apart."""
    names = {child.id: child_name(read, child) for child in children}
    often = Counter(names.values())
    return {
        child.id: f"{names[child.id]}({child.seat or child.id})"
        if often[names[child.id]] > 1
        else names[child.id]
        for child in children
    }


def is_recorded(roll_call: RollCall) -> bool:
    """Whether what was tapped has become marks; one that is given back afterwards names those
    recorded absent one by one, so that nothing but a tap on the child makes it present."""
    return roll_call.state in TAKEN


def _state(mark: Mark | None, *, is_excused: bool) -> str:
    if mark is None:
        return "excused" if is_excused else "pending"
    if mark.kind == "present" and not mark.void:
        return "late" if mark.late else "seen"
    if mark.claim is not None:
        return "claim"
    return "excused" if is_excused else "absent"


def _view(known: _Class, now: datetime | None, unsent: Unsent) -> DayCardView:
    roll_call = known.roll_call
    lines = known.lines.values()
    recorded = is_recorded(roll_call)
    missing = tuple(line for line in lines if _is_missing(line, recorded=recorded))
    claims = tuple(line for line in lines if _asks_who(line, roll_call))
    followed = tuple(line for line in lines if line.is_followed)
    with_three = len(claims) + (len(missing) if recorded else 0)
    is_crowded = 2 * len(followed) + 3 * with_three > CROWDED_FROM
    rows = _grid(known) if roll_call.page is not None else ()
    pages = max(1, -(-len(known.children) // PER_PAGE))
    return DayCardView(
        roll_call_id=roll_call.id,
        grade=known.school_class.grade,
        number=known.school_class.number,
        on=roll_call.on,
        is_evening=roll_call.session is Session.EVENING,
        is_today=now is None or abs((roll_call.ask_at - now).total_seconds()) < 86_400 / 2,
        state=roll_call.state.value,
        expected=len(known.children),
        present=len(known.children) - sum(line.state != "late" for line in missing),
        due_at=roll_call.due_at,
        is_overdue=now is not None and now >= roll_call.due_at,
        release_at=roll_call.release_at,
        submitted_at=roll_call.submitted_at,
        followed=followed,
        missing=missing,
        claims=claims[:CLAIMS_AT_A_TIME] if is_crowded else claims,
        rows=rows,
        page=roll_call.page,
        pages=pages,
        picked=sum(value != "seen" for value in picked(roll_call).values()),
        as_of=now,
        unsent=unsent,
        is_crowded=is_crowded,
    )


def _is_missing(line: ChildLine, *, recorded: bool) -> bool:
    """First what was tapped, then what was recorded."""
    if line.state in ("seen", "late"):
        return line.state == "late"
    if recorded:
        return line.state in ("absent", "claim", "excused")
    return line.tap not in (None, "seen") or line.is_followed or line.state == "excused"


def _asks_who(line: ChildLine, roll_call: RollCall) -> bool:
    """A claimed leave of which nobody has said who asked for it."""
    if line.state == "claim" or roll_call.state is not RollCallState.SUBMITTED:
        return line.state == "claim"
    return line.tap in ("sick", "family") and not line.is_followed


_NEXT = {"present": "absent", "absent": "sick", "sick": "family", "family": "present"}


def _grid(known: _Class) -> tuple[tuple[NameKey, ...], ...]:
    """One page of names, three a row, those absent the day before first."""
    picks = picked(known.roll_call)
    unseen = [
        child
        for child in known.children
        if child.id not in known.followed and known.lines[child.id].state != "seen"
    ]
    unseen.sort(key=lambda child: child.id not in known.absent_before)
    keys = []
    for child in unseen:
        value = on_the_grid(picks.get(child.id, "present"))
        name = known.lines[child.id].name
        keys.append(NameKey(child.id, name, value, _NEXT[value]))
    start = (known.roll_call.page or 0) * PER_PAGE
    shown = keys[start : start + PER_PAGE]
    return tuple(tuple(shown[at : at + PER_ROW]) for at in range(0, len(shown), PER_ROW))
