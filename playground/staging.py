"""The control routes of the stage itself: groups, the record of calls, faults and limits."""

from __future__ import annotations

from aiohttp import web

from playground.controls import Stage, Table, number, routes, seconds
from playground.deeds import MISFORTUNES, Asked
from playground.groups import Group
from playground.limits import Rates


def staging_routes(stage: Stage) -> list[web.RouteDef]:
    control = _Staging(stage)
    table: Table = (
        ("POST", "/sim/groups", control.add_group),
        ("GET", "/sim/groups/{chat_id}", control.group_view),
        ("POST", "/sim/groups/{chat_id}/{deed}", control.do_in_group),
        ("GET", "/sim/calls", control.calls),
        ("GET", "/sim/events", control.events),
        ("GET", "/sim/faults", control.planned_faults),
        ("POST", "/sim/faults", control.plan_fault),
        ("DELETE", "/sim/faults", control.clear_faults),
        ("POST", "/sim/limits", control.limits),
    )
    return routes(table)


class _Staging:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def add_group(self, request: web.Request, asked: Asked) -> object:
        group = self._stage.group(asked["title"])
        return {"chat_id": group.chat_id, "title": group.title}

    async def group_view(self, request: web.Request, asked: Asked) -> object:
        group = self._group(request)
        messages = [shown.as_json() for shown in group.messages]
        return {"title": group.title, "has_bot": group.has_bot, "messages": messages}

    async def do_in_group(self, request: web.Request, asked: Asked) -> object:
        group, by = self._group(request), self._stage.people[int(asked["by"])]
        deed = request.match_info["deed"]
        if deed == "say":
            return group.say(by, asked["text"]).as_json()
        {"add_bot": group.add_bot, "remove_bot": group.remove_bot}[deed](by)
        return True

    async def calls(self, request: web.Request, asked: Asked) -> object:
        """All but getUpdates, unless that is asked for by name."""
        method = asked.get("method")
        found = self._stage.calls.of(
            method,
            number(asked, "chat_id"),
            asked.get("contains"),
            number(asked, "since") or 0,
        )
        return [call.as_json() for call in found if method or call.method != "getUpdates"]

    async def events(self, request: web.Request, asked: Asked) -> object:
        since, within = number(asked, "since") or 0, seconds(asked, 0.0)
        happenings = await self._stage.feed.wait(since, within)
        return [happening.as_json() for happening in happenings]

    async def planned_faults(self, request: web.Request, asked: Asked) -> object:
        return [
            {"fault": planned.fault.name, "left": planned.left, "hits": planned.hits}
            for planned in self._stage.faults.planned
        ]

    async def plan_fault(self, request: web.Request, asked: Asked) -> object:
        self._stage.faults.plan(
            MISFORTUNES[asked["kind"]](asked),
            times=int(asked.get("times", 1)),
            method=asked.get("method"),
            chat_id=asked.get("chat_id"),
            contains=asked.get("contains"),
        )
        return True

    async def clear_faults(self, request: web.Request, asked: Asked) -> object:
        self._stage.faults.clear()
        return True

    async def limits(self, request: web.Request, asked: Asked) -> object:
        on = asked.pop("on")
        self._stage.limit(Rates(**asked) if on else None)
        return True

    def _group(self, request: web.Request) -> Group:
        return self._stage.groups[int(request.match_info["chat_id"])]
