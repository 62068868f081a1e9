"""What comes in the next days, and for whom: roll calls, deadlines, reminders and climbs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.cli.opening import County
from bot.demo.asking import Line, language_of, local
from bot.demo.texts import said
from rules.book import Book
from rules.model.case import Task
from rules.tasks.advancing import pending
from rules.tasks.schedule import What
from storage import demo_views as views
from storage.facts.tasks import task_facts
from storage.work import Reading

#: How far ahead the strip looks.
AHEAD = timedelta(days=5)
#: How many open tasks are looked at for the next climb; of how many of a kind it is worked out.
MOST_MOVING, MOST_OF_A_KIND = 60, 3
MOST_NAMED = 3


@dataclass(frozen=True)
class Coming:
    """One thing that will happen: `what` is a task, or `step` says what is done about it."""

    at: datetime
    what: str
    whom: int | None = None
    child: int | None = None
    step: str = ""


class Ahead:
    """Of one county."""

    def __init__(self, county: County, school_id: int) -> None:
        """`school_id` says whose school days count for the roll calls to come."""
        self._county = county
        self._school_id = school_id

    async def due(self, asked: Line) -> list[Line]:
        """Everything in order, what is the same at the same time as one line."""
        language, now = language_of(asked), self._county.clock.now()
        async with self._county.database.read() as read:
            book = Book(self._county.policy, await self._county.calendars.current(read))
            tasks = await views.coming_due(read, now + AHEAD)
            coming = [*_deadlines(tasks, now), *self._roll_calls(book, now)]
            coming += await self._climbs(read, book, now)
            named = await views.names_of(read, [one.whom or 0 for one in coming])
            children = await views.children_named(read, [one.child or 0 for one in coming])
        names = {person: name for person, (name, _) in named.items()}
        return [
            self._line(same, names, children, language)
            for same in _together(sorted(coming, key=lambda one: one.at))
        ]

    async def _climbs(self, read: Reading, book: Book, now: datetime) -> list[Coming]:
        """Whom the open tasks reach next if nobody does anything."""
        moving = _few_of_each(await views.next_to_move(read, now + AHEAD, MOST_MOVING))
        found = [one for task in moving for one in await next_climb(read, task, book, now)]
        return [one for one in found if one.at <= now + AHEAD]

    def _roll_calls(self, book: Book, now: datetime) -> list[Coming]:
        """The mornings on which classes are asked; tasks for them exist on the day only."""
        today = now.astimezone(self._county.settings.zone).date()
        days = (today + timedelta(days=n) for n in range(AHEAD.days + 1))
        asked = (self._asked_at(book, on) for on in days if self._is_open(book, on))
        return [Coming(at, "roll_call", step="ask") for at in asked if at > now]

    def _is_open(self, book: Book, on: date) -> bool:
        return book.calendar.is_school_day(self._school_id, None, on)

    def _asked_at(self, book: Book, on: date) -> datetime:
        at = book.policy.roll_call.ask_at
        return datetime.combine(on, at, self._county.settings.zone)

    def _line(
        self, same: list[Coming], names: dict[int, str], children: dict[int, str], language: str
    ) -> Line:
        first = same[0]
        at = first.at.astimezone(self._county.settings.zone)
        whom = list(dict.fromkeys(names.get(one.whom or 0, "") for one in same))
        named = [one for one in whom if one]
        kind = said(language, "task", first.what)
        step = f"{said(language, 'step', first.step)} · {kind}" if first.step else kind
        return {
            "at": local(self._county, first.at),
            "to": f"{at:%Y-%m-%d %H:%M}",
            "what": step,
            "climbs": first.step == "climb",
            "whom": named[:MOST_NAMED] if named else [said(language, "step", "everybody")],
            "more": max(len(named) - MOST_NAMED, 0),
            "child": children.get(first.child or 0, "") if len(same) == 1 else "",
        }


async def next_climb(read: Reading, task: Task, book: Book, now: datetime) -> list[Coming]:
    """Who hears of an open task next, and when."""
    context = (await task_facts(read, task, book, now)).context
    for step in pending(task, context):
        if step.what is What.CLIMB and step.at > now:
            persons = context.chain.reach(step.level, task.owner_id).persons
            return [Coming(step.at, task.kind, one, task.student_id, "climb") for one in persons]
    return []


def _deadlines(tasks: Iterable[Task], now: datetime) -> list[Coming]:
    return [
        Coming(one.due_at, one.kind, one.owner_id, one.student_id)
        for one in tasks
        if one.due_at > now
    ]


def _few_of_each(tasks: Iterable[Task]) -> list[Task]:
    """The first of every kind: a hundred roll calls climb alike."""
    kinds: Counter[str] = Counter()
    few: list[Task] = []
    for one in tasks:
        kinds[one.kind] += 1
        few += [one] if kinds[one.kind] <= MOST_OF_A_KIND else []
    return few


def _together(coming: Iterable[Coming]) -> list[list[Coming]]:
    """What is the same for several people at the same time."""
    groups: dict[tuple[datetime, str, str], list[Coming]] = {}
    for one in coming:
        groups.setdefault((one.at, one.what, one.step), []).append(one)
    return list(groups.values())
