"""The record beside the phones, in words: who answers for a child, and its cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from bot.cli.opening import County
from bot.demo.ahead import Coming, next_climb
from bot.demo.asking import Line, language_of, local
from bot.demo.texts import said
from rules.book import Book
from rules.chain import Rung
from rules.classnames import ClassName
from rules.model.case import Case, Task, TaskState
from rules.model.people import GuardianState
from storage import demo_views as views
from storage.facts.chain import chain_of_student
from storage.timeline import case_file
from storage.work import Reading


class Record:
    """Answers of one county."""

    def __init__(self, county: County) -> None:
        """Reads only."""
        self._county = county

    async def children(self, asked: Line) -> list[Line]:
        """The children with a case."""
        async with self._county.database.read() as read:
            rows = await views.children_of_cases(read)
        return [{"id": row[0], "name": row[1], "room": _room(row)} for row in rows]

    async def child(self, asked: Line) -> Line:
        """A child's family, who answers for it, and its cases with tasks and timeline."""
        language, student_id = language_of(asked), int(asked["id"])
        async with self._county.database.read() as read:
            chain = await chain_of_student(read, student_id, self._today())
            rungs = await self._rungs(read, chain.rungs, language)
            family = await views.family_of(read, student_id)
            cases = await views.cases_of(read, student_id)
            return {
                "family": [_relative(one, language) for one in family],
                "rungs": rungs,
                "cases": [await self._case(read, one, language) for one in cases],
            }

    async def _rungs(self, read: Reading, rungs: Iterable[Rung], language: str) -> list[Line]:
        held = list(rungs)
        names = await views.names_of(read, [one.person_id or 0 for one in held])
        return [
            {
                "level": said(language, "level", one.level.name.lower()),
                "name": names.get(one.person_id or 0, ("", False))[0],
                "reach": said(language, "reach", _reach(one, names)),
                "bound": one.is_reachable,
            }
            for one in held
        ]

    async def _case(self, read: Reading, case: Case, language: str) -> Line:
        file = await case_file(read, case.id)
        moments = file.moments if file else ()
        return {
            "id": case.id,
            "stage": said(language, "stage", case.stage),
            "state": said(language, "state", case.state),
            "counted": case.counted,
            "tasks": await self._tasks(read, case, language),
            "timeline": [
                {
                    "at": local(self._county, one.at),
                    "what": _moment(one, language),
                    "who": one.who or "",
                }
                for one in reversed(moments)
            ],
        }

    async def _tasks(self, read: Reading, case: Case, language: str) -> list[Line]:
        now = self._county.clock.now()
        book = Book(self._county.policy, await self._county.calendars.current(read))
        rows = await views.tasks_of(read, case.id)
        climbs = [
            await next_climb(read, one, book, now) if one.state is TaskState.OPEN else []
            for one in rows
        ]
        people = [one.owner_id for one in rows] + [one.whom or 0 for to in climbs for one in to]
        named = await views.names_of(read, people)
        names = {person: name for person, (name, _) in named.items()}
        return [
            {**self._task(task, names, language), "next": self._next(to, names, language)}
            for task, to in zip(rows, climbs, strict=True)
        ]

    def _task(self, task: Task, names: dict[int, str], language: str) -> Line:
        late = task.state is TaskState.OPEN and task.due_at < self._county.clock.now()
        return {
            "kind": said(language, "task", task.kind),
            "owner": names.get(task.owner_id, ""),
            "due": local(self._county, task.due_at),
            "state": said(language, "task_state", "late" if late else task.state),
            "overdue": late,
        }

    def _next(self, climb: list[Coming], names: dict[int, str], language: str) -> str:
        """When it goes up, and to whom, if nobody does it."""
        if not climb:
            return ""
        whom = "、".join(names.get(one.whom or 0, "") for one in climb)
        step = said(language, "step", "climb")
        return f"{local(self._county, climb[0].at)} {step} → {whom}"

    def _today(self) -> date:
        return self._county.clock.now().astimezone(self._county.settings.zone).date()


def _relative(row: Sequence[Any], language: str) -> Line:
    """Somebody of the family, and whether messages arrive."""
    name, relation, state, is_blocked = row
    is_bound = state == GuardianState.BOUND and not is_blocked
    return {
        "level": said(language, "relative", relation),
        "name": name,
        "reach": said(language, "reach", "blocked" if is_blocked else state),
        "bound": is_bound,
    }


def _reach(rung: Rung, names: dict[int, tuple[str, bool]]) -> str:
    """Whether messages arrive: somebody with a chat who is not reached has blocked the bot."""
    if rung.person_id is None:
        return "nobody"
    has_chat = names.get(rung.person_id, ("", False))[1]
    return "bound" if rung.is_reachable else "blocked" if has_chat else "unbound"


def _room(row: Any) -> str:
    return ClassName(row[2], row[3]).label


def _moment(moment: Any, language: str) -> str:
    kind = moment.details.get("kind", "")
    more = f"·{said(language, 'task', kind)}" if kind else ""
    return said(language, "moment", moment.what) + more
