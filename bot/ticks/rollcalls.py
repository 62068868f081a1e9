"""What time does to a roll call: it is asked for, released to the families, or held."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from bot.ticks.base import WorkTick
from rules.book import Book
from rules.child.draft import Draft
from rules.child.opening import tell_family
from rules.child.rollcall import CLAIMS, record_absence, record_evening_absence, watch_scattered
from rules.decision import Decision, Entry
from rules.messages.base import Message
from rules.messages.staff import BulkHeld, DayCard
from rules.model.attendance import Mark, RollCall, RollCallState, Session
from rules.rollcalls import go_on_holding as hold_on
from rules.rollcalls import hold, is_suspicious, missing, picked, release
from rules.tasks import open_task
from storage.cards import card as living_card
from storage.carrying import carry_out
from storage.facts.child import absent_before, draft_about
from storage.facts.class_days import questions_of
from storage.facts.duties import duties_of_class
from storage.facts.rosters import (
    PLANNED,
    absent_on,
    followed_in,
    on_leave,
    roll_call_by_id,
    roster_of,
    school_today,
    seen_on,
    was_ever_open,
)
from storage.tables.attendance import marks
from storage.work import Reading, Work


class RollCalls(WorkTick):
    """One row is one class, day and session."""

    name = "roll_calls"

    async def due(
        self, read: Reading, now: datetime, limit: int, skipped: Collection[int]
    ) -> Sequence[int]:
        """Roll calls to ask for, to release, or to ask about again."""
        return await PLANNED.at(read, now, limit, skipped)

    async def earliest(self, read: Reading, skipped: Collection[int]) -> datetime | None:
        """The first instant at which one of them is due."""
        return await PLANNED.first_at(read, skipped)

    async def serve(self, work: Work, row_id: int) -> None:
        """Do what is due about one roll call."""
        roll_call = await roll_call_by_id(work, row_id)
        if roll_call is None or roll_call.next_at is None or roll_call.next_at > work.now:
            return
        book = Book(self.means.policy, await self.means.calendars.current(work))
        if roll_call.state is RollCallState.OPEN:
            await ask(work, roll_call, book)
        elif roll_call.state is RollCallState.SUBMITTED:
            await let_go(work, roll_call, book)
        else:
            await go_on_holding(work, roll_call, book)


async def ask(work: Work, roll_call: RollCall, book: Book) -> None:
    """Open the teacher's task and put the day's card before them."""
    duties = await duties_of_class(work, roll_call.class_id, roll_call.on)
    owner = duties.first
    asked = replace(roll_call, next_at=None)
    if owner is None:
        await carry_out(work, Decision((asked,), entries=(_nobody(roll_call),)))
        return
    kind = "roll_call" if roll_call.session is Session.MORNING else "evening_roll_call"
    task = open_task(
        kind,
        f"roll_call:{roll_call.id}",
        owner,
        id=-1,
        policy=book.policy,
        calendar=book.calendar.school(roll_call.school_id),
        now=work.now,
        due_at=roll_call.due_at,
        school_id=roll_call.school_id,
        class_id=roll_call.class_id,
    )
    card = DayCard(to=owner, item=roll_call.id, round="asked")
    await carry_out(work, Decision((asked, task), (card,)))


def _nobody(roll_call: RollCall) -> Entry:
    return Entry("roll_call_without_owner", f"roll_call:{roll_call.id}")


@dataclass(frozen=True)
class Missed:
    """The children who are not there: already on record, and new ones with what was tapped."""

    recorded: frozenset[int]
    new: Mapping[int, str]


async def let_go(work: Work, roll_call: RollCall, book: Book) -> None:
    """The three minutes are over: write the marks and tell the families, unless so many are
    missing that a leader should look first."""
    missed = await _missed(work, roll_call)
    school = await school_today(work, roll_call.school_id, roll_call.on)
    is_today = roll_call.on == book.calendar.local_date(work.now)
    is_morning = roll_call.session is Session.MORNING
    everybody = missed.recorded | missed.new.keys()
    if is_today and is_morning and is_suspicious(school, everybody, book.policy):
        await _hold(work, roll_call, missed, book)
    else:
        await _release(work, roll_call, missed, book)


async def _missed(work: Work, roll_call: RollCall) -> Missed:
    """The children who were not seen: those tapped missing, those who are followed and whom
    nobody tapped, and those on leave (rules.md 2, X2)."""
    children = [child.id for child in await roster_of(work, roll_call.class_id, roll_call.session)]
    seen = await seen_on(work, children, roll_call.on, roll_call.session)
    gone = dict.fromkeys(await followed_in(work, children, roll_call.on), "absent")
    gone |= dict.fromkeys(await on_leave(work, children, roll_call.on), "absent")
    picks = picked(roll_call)
    gone |= {child: picks[child] for child in missing(roll_call) if child in children}
    recorded = await absent_on(work, children, roll_call.on, roll_call.session)
    settled = seen | recorded | {child for child, value in picks.items() if value == "seen"}
    new = {child: tap for child, tap in gone.items() if child not in settled}
    return Missed(frozenset(recorded - seen), new)


async def _release(work: Work, roll_call: RollCall, missed: Missed, book: Book) -> None:
    done = release(roll_call)
    number = len(missed.recorded) + len(missed.new)
    entry = Entry(
        "roll_call",
        f"roll_call:{roll_call.id}",
        roll_call.submitted_by,
        {"class": roll_call.class_id, "on": roll_call.on.isoformat(), "missing": number},
    )
    await carry_out(work, Decision((done,), entries=(entry,)))
    await _write(work, roll_call, missed, book)
    if missed.recorded and roll_call.on == book.calendar.local_date(work.now):
        await _tell(work, roll_call, book)
    teacher = (await duties_of_class(work, roll_call.class_id, roll_call.on)).class_teacher_id
    if teacher is not None and await _is_shown(work, roll_call, missed.new, teacher, book):
        card = DayCard(to=teacher, item=roll_call.id, round=f"released:{roll_call.release_at}")
        await carry_out(work, Decision(messages=(card,)))


async def _write(work: Work, roll_call: RollCall, missed: Missed, book: Book) -> None:
    """The marks, and what follows from each: held or not, nobody waits to look for a child."""
    for child, tap in missed.new.items():
        draft = await draft_about(work, child, book, by=roll_call.submitted_by)
        await _record(work, draft, roll_call, tap)
        await _watch(work, draft, roll_call)
        await carry_out(work, draft.decision())


async def _tell(work: Work, roll_call: RollCall, book: Book) -> None:
    """Ask the families whom the bulk guard held back, those of children still missing."""
    for question in await questions_of(work, roll_call):
        if not question.is_automatic:
            draft = await draft_about(work, question.student_id, book)
            tell_family(draft)
            await carry_out(work, draft.decision())


async def _is_shown(
    work: Work, roll_call: RollCall, gone: Mapping[int, str], teacher: int, book: Book
) -> bool:
    """A past day that came on a sheet gets a card only where somebody has to be asked."""
    is_today = roll_call.on == book.calendar.local_date(work.now)
    if is_today or any(tap in CLAIMS for tap in gone.values()):
        return True
    return await living_card(work, f"{DayCard.kind}:{roll_call.id}:{teacher}") is not None


async def _record(work: Work, draft: Draft, roll_call: RollCall, tap: str) -> None:
    if roll_call.session is Session.MORNING:
        record_absence(draft, roll_call.on, tap, _claims_until(draft, roll_call))
        return
    old = await work.one(
        select(marks).where(
            marks.c.student_id == draft.child_id,
            marks.c.on == roll_call.on,
            marks.c.session == Session.EVENING.value,
        ),
        Mark,
    )
    record_evening_absence(draft, roll_call.on, old)


def _claims_until(draft: Draft, roll_call: RollCall) -> datetime:
    """Until when the teacher may say who asked: the roll call's end; of a past day, the next."""
    if roll_call.on == draft.facts.today:
        return roll_call.due_at
    return draft.facts.policy.tasks["leave_claim"].due_at(draft.now, draft.facts.calendar)


async def _watch(work: Work, draft: Draft, roll_call: RollCall) -> None:
    """Scattered absence opens one watch item a term (rules.md 3, the one-day-a-week pattern)."""
    term = draft.facts.calendar.term_of(roll_call.on)
    if term is None or roll_call.session is not Session.MORNING:
        return
    subject = f"watch:{draft.child_id}:{term.starts_on.isoformat()}"
    before = await absent_before(work, draft.child_id, term.starts_on, roll_call.on)
    school_days = len(draft.facts.calendar.school_days(term.starts_on, roll_call.on))
    if not await was_ever_open(work, subject):
        watch_scattered(draft, subject, before + 1, school_days)


async def _hold(work: Work, roll_call: RollCall, missed: Missed, book: Book) -> None:
    """Only the families wait: what is missing is recorded, and calling begins (Bulk guard)."""
    duties = await duties_of_class(work, roll_call.class_id, roll_call.on)
    held = hold(roll_call, work.now, book.policy)
    entry = Entry("bulk_held", f"roll_call:{roll_call.id}", None, {"on": roll_call.on.isoformat()})
    asked = duties.leader_id or duties.head_id or duties.section_id
    await carry_out(work, Decision((held,), entries=(entry,)))
    await _write(work, held, missed, book)
    messages: tuple[Message, ...] = (_held(asked, held),) if asked is not None else ()
    if duties.first is not None:
        shown = f"held:{held.release_at}"
        messages += (DayCard(to=duties.first, item=roll_call.id, round=shown),)
    await carry_out(work, Decision(messages=messages))


def _held(to: int, roll_call: RollCall) -> BulkHeld:
    group = f"bulk:{roll_call.school_id}:{roll_call.on}"
    return BulkHeld(to=to, item=roll_call.id, group=group, round=f"{roll_call.release_at}")


async def go_on_holding(work: Work, roll_call: RollCall, book: Book) -> None:
    """After 30 minutes the section is asked too, after 60 the alerts go out (Bulk guard).

    What a sheet has added meanwhile is recorded at once.
    """
    missed = await _missed(work, roll_call)
    if roll_call.release_at is not None and work.now >= roll_call.release_at:
        await _release(work, roll_call, missed, book)
        return
    again = hold_on(roll_call, work.now, book.policy)
    await carry_out(work, Decision((again,)))
    await _write(work, roll_call, missed, book)
    section = (await duties_of_class(work, roll_call.class_id, roll_call.on)).section_id
    if section is not None and again.next_at == again.release_at:
        await carry_out(work, Decision(messages=(_held(section, roll_call),)))
