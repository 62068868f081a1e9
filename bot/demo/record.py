"""The record beside the phones, in words: chain, case, what comes due, what was said or not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from bot.cli.opening import County
from bot.demo.texts import said
from rules.chain import Rung
from rules.classnames import ClassName
from rules.model.case import Case, Task, TaskState
from storage import demo_views as views
from storage.facts.chain import chain_of_student
from storage.outbox import Outgoing
from storage.timeline import case_file
from storage.work import Reading

#: How far ahead the strip of what comes due looks.
AHEAD = timedelta(days=5)

Line = dict[str, Any]


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
        """Who answers for a child, and its cases with tasks and timeline."""
        language, student_id = _language(asked), int(asked["id"])
        async with self._county.database.read() as read:
            chain = await chain_of_student(read, student_id, self._today())
            rungs = await self._rungs(read, chain.rungs, language)
            cases = await views.cases_of(read, student_id)
            return {"rungs": rungs, "cases": [await self._case(read, c, language) for c in cases]}

    async def due(self, asked: Line) -> list[Line]:
        """What comes due in the next days, and for whom."""
        language = _language(asked)
        async with self._county.database.read() as read:
            rows = await views.coming_due(read, self._county.clock.now() + AHEAD)
            owners = await views.names_of(read, [one.owner_id for one in rows])
            named = await views.children_named(read, [one.student_id or 0 for one in rows])
        return [
            {
                "at": self._local(one.due_at),
                "kind": said(language, "task", one.kind),
                "owner": owners.get(one.owner_id, ("", False))[0],
                "child": named.get(one.student_id or 0, ""),
            }
            for one in rows
        ]

    async def outbox(self, asked: Line) -> list[Line]:
        """The newest messages: lane, state, and why somebody was not told."""
        language = _language(asked)
        async with self._county.database.read() as read:
            rows = await views.newest_messages(read)
            names = await views.names_of(read, [one.person_id or 0 for one in rows])
        return [self._message(one, names, language) for one in rows]

    async def search(self, asked: Line) -> list[Line]:
        """People of the county by name."""
        async with self._county.database.read() as read:
            rows = await views.people_called(read, str(asked["words"]))
            places = await views.posts_of(read, [row[0] for row in rows])
        return [{"id": row[0], "label": f"{row[1]} {places.get(row[0], row[0])}"} for row in rows]

    async def _rungs(self, read: Reading, rungs: Iterable[Rung], language: str) -> list[Line]:
        held = list(rungs)
        names = await views.names_of(read, [one.person_id or 0 for one in held])
        return [
            {
                "level": said(language, "level", one.level.name.lower()),
                "name": names.get(one.person_id or 0, ("", False))[0],
                "bound": one.is_reachable,
            }
            for one in held
        ]

    async def _case(self, read: Reading, case: Case, language: str) -> Line:
        file = await case_file(read, case.id)
        rows = await views.tasks_of(read, case.id)
        owners = await views.names_of(read, [one.owner_id for one in rows])
        moments = file.moments if file else ()
        return {
            "id": case.id,
            "stage": said(language, "stage", case.stage),
            "state": said(language, "state", case.state),
            "counted": case.counted,
            "tasks": [self._task(one, owners, language) for one in rows],
            "timeline": [
                {"at": self._local(one.at), "what": _moment(one, language), "who": one.who or ""}
                for one in reversed(moments)
            ],
        }

    def _task(self, task: Task, owners: dict[int, tuple[str, bool]], language: str) -> Line:
        late = task.state is TaskState.OPEN and task.due_at < self._county.clock.now()
        return {
            "kind": said(language, "task", task.kind),
            "owner": owners.get(task.owner_id, ("", False))[0],
            "due": self._local(task.due_at),
            "state": said(language, "task_state", "late" if late else task.state),
            "overdue": late,
        }

    def _message(self, row: Outgoing, names: dict[int, tuple[str, bool]], language: str) -> Line:
        at = row.delivered_at or row.not_before or row.created_at
        return {
            "at": self._local(at) if at else "",
            "lane": said(language, "lane", row.lane),
            "kind": said(language, "message", row.kind),
            "to": names.get(row.person_id or 0, ("", False))[0],
            "state": said(language, "sent", row.state),
            "cause": said(language, "cause", (row.cause or "").partition(":")[0]),
        }

    def _local(self, at: datetime) -> str:
        return f"{at.astimezone(self._county.settings.zone):%m-%d %H:%M}"

    def _today(self) -> date:
        return self._county.clock.now().astimezone(self._county.settings.zone).date()


def _language(asked: Line) -> str:
    return "en" if asked.get("language") == "en" else "zh"


def _room(row: Any) -> str:
    return ClassName(row[2], row[3]).label


def _moment(moment: Any, language: str) -> str:
    kind = moment.details.get("kind", "")
    more = f"·{said(language, 'task', kind)}" if kind else ""
    return said(language, "moment", moment.what) + more
