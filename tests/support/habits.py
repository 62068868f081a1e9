"""How the people of a crowd behave: who is missing, who answers, which teachers are slow."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

from rules import rollcalls
from rules.book import Book
from rules.child import contacts, leaves, replies, rollcall, safety_lane
from rules.child.draft import Draft
from rules.decision import Decision
from rules.model.attendance import Answer, LeaveState, Reply, RollCallState
from rules.model.case import Contact, SafetyState
from rules.tasks import finish
from storage.carrying import carry_out
from storage.facts.child import draft_about
from storage.facts.rosters import roll_call_on
from storage.facts.tasks import open_task_about
from storage.work import Work
from tests.support.crowd import Crowd, Room, give_family

ANSWERS = {
    Answer.SICK: 60,
    Answer.FAMILY: 22,
    Answer.ON_THE_WAY: 5,
    Answer.CALL_ME: 5,
    Answer.UNWILLING: 4,
    Answer.LEFT_HOME: 2,
    Answer.DONT_KNOW: 2,
}
#: How many school days a child stays away, and how often.
LENGTHS = {1: 50, 2: 25, 3: 17, 5: 8}
LONG = 99


@dataclass
class Habits:
    """A seeded county in which 3 % are missing on a day and 70 % of the families answer."""

    crowd: Crowd
    chance: random.Random
    share: float = 0.03
    #: Of the teachers, so many never act on what they are asked; their roll call comes late.
    silent: float = 0.1
    answering: float = 0.7
    away: dict[int, int] = field(default_factory=dict)
    happened: Counter[str] = field(default_factory=Counter)
    _first_on: date | None = None

    def gone_for_long(self, children: list[int]) -> None:
        """Children who do not come any more, and whose families say nothing."""
        self.away |= dict.fromkeys(children, LONG)

    async def missed_before(self, room: Room, child: int, days: list[date]) -> None:
        """A child who has been away on these days, on record and with nobody reached."""
        database, crowd = self.crowd.database, self.crowd
        for on in days:
            at = crowd.instant(on, "09:00")
            async with database.work(at) as work:
                await give_family(work, room, child)
                draft = await draft_about(work, child, await self._book(work), by=room.teacher)
                rollcall.record_absence(draft, on, "absent", at)
                line = Contact(0, child, None, room.teacher, at, "phone", reached=False)
                contacts.log_contact(draft, line)
                await carry_out(work, draft.decision())

    def is_silent(self, teacher: int) -> bool:
        """The same teachers all week."""
        return random.Random(teacher).random() < self.silent

    def plan_day(self, on: date) -> None:
        """Every class's morning."""
        self._first_on = self._first_on or on
        for school in self.crowd.schools:
            for room in school.rooms:
                clock = f"08:{self._five(10, 50):02d}"
                if self.is_silent(room.teacher):
                    clock = "09:50"
                at = self.crowd.instant(on, clock)
                self.crowd.at(at, partial(self._morning, room, on))

    def _five(self, low: int, high: int) -> int:
        return self.chance.randrange(low, high + 1, 5)

    def _often(self, share: float) -> bool:
        return self.chance.random() < share

    async def _morning(self, room: Room, on: date) -> None:
        """Who was away and is back is seen; the others are missing, and some more."""
        here = [child for child in room.children if child not in self.away]
        stay = 1.0 if on == self._first_on else 0.53  # a child stays away for 1.9 days
        wanted = stay * self.share * len(room.children)
        new = [child for child in here if self._often(wanted / max(1, len(here)))]
        back = [child for child in room.children if self.away.get(child, 1) == 0]
        for child in back:
            del self.away[child]
            await self.decide(child, rollcall.see_child, by=room.teacher)
        for child in new:
            lengths = self.chance.choices(list(LENGTHS), list(LENGTHS.values()))
            self.away[child] = lengths[0]
        missing = [child for child in room.children if child in self.away]
        await self._submit(room, on, missing)
        for child in missing:
            self.away[child] -= self.away[child] != LONG
            self._plan_child(room, child)

    async def _submit(self, room: Room, on: date, missing: list[int]) -> None:
        self.happened["missing"] += len(missing)
        policy = self.crowd.means.policy
        async with self.crowd.database.work(self.crowd.clock.now()) as work:
            for child in missing:
                await give_family(work, room, child)
            roll_call = await roll_call_on(work, room.id, on)
            assert roll_call is not None
            assert roll_call.state is RollCallState.OPEN
            for child in missing:
                roll_call = rollcalls.pick(roll_call, child, "absent")
            decision = Decision((rollcalls.submit(roll_call, room.teacher, work.now, policy),))
            task = await open_task_about(work, "roll_call", f"roll_call:{roll_call.id}")
            if task is not None:
                decision += finish(task, room.teacher, work.now, "submitted")
            await carry_out(work, decision)

    def _plan_child(self, room: Room, child: int) -> None:
        """What the family and the teacher will do about it today."""
        now = self.crowd.clock.now()
        if self._often(self.answering) and self.away[child] < LONG:
            at = now + timedelta(minutes=self._five(5, 90))
            self.crowd.at(at, partial(self._answer, room, child))
        if self.is_silent(room.teacher):
            return
        for minutes in (self._five(40, 80), 180, 420):
            self.crowd.at(now + timedelta(minutes=minutes), partial(self._look_after, room, child))

    async def _answer(self, room: Room, child: int) -> None:
        (kind,) = self.chance.choices(list(ANSWERS), list(ANSWERS.values()))
        parent = room.families[child]

        def say(draft: Draft) -> None:
            question = draft.facts.question
            if question is None or question.answered_at is not None:
                return
            self.happened[kind] += 1
            case = draft.case_id
            reply = Reply(0, child, parent, question.id, case, kind, draft.now)
            replies.accept_reply(draft, reply)

        await self.decide(child, say, by=parent)
        if kind in (Answer.LEFT_HOME, Answer.DONT_KNOW):
            self._plan_search(room, child)
        if kind is Answer.ON_THE_WAY:
            at = self.crowd.clock.now() + timedelta(minutes=self._five(10, 75))
            self.crowd.at(at, partial(self._seen, room, child))

    def _plan_search(self, room: Room, child: int) -> None:
        """Most teachers look at once; a child who is not there is found within the hour."""
        now, looks = self.crowd.clock.now(), self._often(0.9) and not self.is_silent(room.teacher)
        if looks and self._often(0.9):
            self.crowd.at(now + timedelta(minutes=5), partial(self._found, room, child))
            return
        if looks:
            self.crowd.at(now + timedelta(minutes=5), partial(self._not_there, room, child))
        at = now + timedelta(minutes=self._five(30, 60))
        self.crowd.at(at, partial(self._found, room, child))

    async def _not_there(self, room: Room, child: int) -> None:
        await self.decide(child, safety_lane.confirm_absent, by=room.teacher)

    async def _seen(self, room: Room, child: int) -> None:
        await self.decide(child, partial(rollcall.see_child, is_late=True), by=room.teacher)

    async def _found(self, room: Room, child: int) -> None:
        def see(draft: Draft) -> None:
            search = draft.facts.safety
            if search is not None and search.state is not SafetyState.ENDED:
                self.happened["alarms"] += search.state is SafetyState.OPEN
                rollcall.see_child(draft, is_late=True)

        await self.decide(child, see, by=room.teacher)

    async def _look_after(self, room: Room, child: int) -> None:
        """The teacher grants leave, and calls whom nobody has heard of."""

        def act(draft: Draft) -> None:
            for leave in draft.facts.leaves:
                if leave.state is LeaveState.OPEN and draft.facts.task("leave_decision"):
                    leaves.decide(draft, leave, granted=True)
                    return
            if draft.facts.task("call") or draft.facts.task("contact"):
                reached = self.away.get(child, 0) < LONG and self._often(0.75)
                result = self.chance.choice((contacts.SICK, contacts.PROMISED))
                line = Contact(0, child, None, room.teacher, draft.now, "phone", reached)
                contacts.log_contact(draft, replace(line, result=result if reached else None))
                self.happened["calls"] += 1

        await self.decide(child, act, by=room.teacher)

    async def decide(self, child: int, act: Callable[[Draft], object], by: int) -> None:
        """One act about one child, now."""
        async with self.crowd.database.work(self.crowd.clock.now()) as work:
            draft = await draft_about(work, child, await self._book(work), by=by)
            act(draft)
            await carry_out(work, draft.decision())

    async def _book(self, work: Work) -> Book:
        means = self.crowd.means
        return Book(means.policy, await means.calendars.current(work))
