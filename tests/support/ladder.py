"""One child's case stepped through days and stages by rules alone: acts, and what time does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from rules.attendance import DayFact
from rules.child.draft import Draft
from rules.child.facts import ChildFacts, Ladder
from rules.child.rollcall import record_absence
from rules.child.settle import settle
from rules.decision import Decision
from rules.model.case import Case, CaseState, Contact, Stage, Task
from rules.model.ladder import Paper, PaperKind, PaperState
from tests.support.build import (
    BUREAU,
    CHILD,
    OTHER_CONTACT,
    OTHER_TOWNSHIP,
    TEACHER,
    TOWNSHIP,
    TOWNSHIP_CONTACT,
    a_child,
    at,
    draft_of,
    stored,
)

Act = Callable[[Draft], Any]
#: The first absent day of all these histories; the sixth counted day is Thursday 2026-09-17.
FIRST = date(2026, 9, 10)
SUSPECTED = date(2026, 9, 17)
LADDER = Ladder(
    bureau_unit_id=BUREAU,
    township_id=TOWNSHIP,
    township_contacts={TOWNSHIP: TOWNSHIP_CONTACT, OTHER_TOWNSHIP: OTHER_CONTACT},
)


class Followed:
    """A child who is absent every day, and everybody who acts about it."""

    def __init__(self, ladder: Ladder = LADDER) -> None:
        """Nobody has missed the child yet."""
        self.facts: ChildFacts = a_child(FIRST, ladder=ladder)
        self.now = at(FIRST, "08:00")
        self.decisions: list[Decision] = []
        self._last_id = 0  # no placeholder is used twice, as no id is

    @property
    def case(self) -> Case:
        """The running case."""
        assert self.facts.case is not None
        return self.facts.case

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        return self.case.stage

    def act(self, act: Act, by: int | None = TEACHER) -> Any:
        """Somebody does something now; what is written in a moment has been written."""
        draft = draft_of(stored(self.facts), self.now, by)
        draft._last_id = self._last_id
        found = act(draft)
        self._last_id = draft._last_id
        self.decisions.append(draft.decision())
        self.facts = _written(stored(draft.facts))
        return found

    def on(self, kind: str, rule: Callable[..., Any], *args: Any, by: int | None = TEACHER) -> Any:
        """Somebody decides the open task of a kind."""
        task = self.task(kind)
        return self.act(lambda draft: rule(draft, task, *args), by)

    def task(self, kind: str) -> Task:
        """The open task of a kind."""
        found = self.facts.task(kind)
        assert found is not None, kind
        return found

    def paper(self, kind: str) -> Paper:
        """The newest paper of a kind."""
        found = self.facts.ladder.paper(PaperKind(kind))
        assert found is not None, kind
        return found

    def to(self, on: date, clock: str) -> None:
        """Let time pass: roll calls miss the child, and what is due happens in its order."""
        until = at(on, clock)
        while True:
            moments = [one for one in (self._roll_call(), self._review()) if one <= until]
            if not moments:
                break
            self.now = max(min(moments), self.now)
            if self.now >= self._roll_call():
                self._miss()
            self.act(settle, None)
        self.now = max(self.now, until)
        self._on_day(self.facts.calendar.local_date(self.now))

    def _roll_call(self) -> datetime:
        """When the next roll call that misses the child comes in."""
        days = self.facts.days
        if days and days[-1].on == self.facts.today and days[-1].mark is None:
            return at(self.facts.today, "08:30")
        on = self.facts.calendar.next_school_day(self.facts.today)
        assert on is not None
        return at(on, "08:30")

    def _review(self) -> datetime:
        case = self.facts.case
        is_over = case is None or case.state is CaseState.CLOSED or case.review_at is None
        return datetime.max.replace(tzinfo=self.now.tzinfo) if is_over else case.review_at  # type: ignore[union-attr, return-value]

    def _miss(self) -> None:
        self._on_day(self.facts.calendar.local_date(self.now))
        today = self.facts.today
        self.act(lambda draft: record_absence(draft, today, "absent", at(today, "09:00")))

    def _on_day(self, on: date) -> None:
        """The facts of another day: its roll call is not taken yet."""
        if on <= self.facts.today:
            return
        new = [
            DayFact(day, at(day, "09:00"), is_taken=False)
            for day in self.facts.calendar.school_days(self.facts.today, on)
            if day > self.facts.today
        ]
        self.facts = replace(
            stored(self.facts), today=on, days=(*self.facts.days, *new), question=None
        )


def _written(facts: ChildFacts) -> ChildFacts:
    """The drafts have been written: what they say is fixed."""
    papers = tuple(
        replace(one, content=one.content or f'{{"paper": {one.id}}}', render_at=None)
        if one.state in (PaperState.SUBMITTED, PaperState.APPROVED)
        else one
        for one in facts.ladder.papers
    )
    return replace(facts, ladder=replace(facts.ladder, papers=papers))


def a_contact(means: str = "phone", result: str | None = None, **changes: Any) -> Contact:
    """A line of the contact log; without a result nobody was reached."""
    contact = Contact(
        0, CHILD, None, TEACHER, at(FIRST, "10:00"), means, result is not None, result=result
    )
    return replace(contact, **changes)
