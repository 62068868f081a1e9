"""What was said to whom, what still waits, and why somebody was not told."""

from __future__ import annotations

from datetime import datetime

from bot.cli.opening import County
from bot.demo.asking import Line, language_of, local
from bot.demo.texts import said
from storage import demo_views as views
from storage.outbox import Outgoing, State

WAITS = (State.WAITING, State.LATER, State.UNCERTAIN)
TROUBLE = (State.DROPPED, State.GIVEN_UP, State.LATER, State.UNCERTAIN)


class Sent:
    """The outbox of one county."""

    def __init__(self, county: County) -> None:
        """Reads only."""
        self._county = county

    async def outbox(self, asked: Line) -> list[Line]:
        """The newest messages, of one person or of all."""
        language, person = language_of(asked), int(asked.get("person") or 0)
        async with self._county.database.read() as read:
            rows = await views.newest_messages(read, person or None)
            names = await views.names_of(read, [one.person_id or 0 for one in rows])
            children = await views.children_named(read, [one.student_id or 0 for one in rows])
        return [
            {
                **self._line(one, language),
                "to": names.get(one.person_id or 0, ("", False))[0],
                "child": children.get(one.student_id or 0, ""),
            }
            for one in rows
        ]

    def _line(self, row: Outgoing, language: str) -> Line:
        at = row.delivered_at or row.created_at
        return {
            "at": local(self._county, at) if at else "",
            "lane": said(language, "lane", row.lane),
            "kind": said(language, "message", row.kind),
            "state": said(language, "sent", row.state),
            "cause": said(language, "cause", (row.cause or "").partition(":")[0]),
            "until": self._until(row),
            "silent": row.is_silent,
            "trouble": row.state in TROUBLE,
        }

    def _until(self, row: Outgoing) -> str:
        """When a message that waits goes out."""
        at: datetime | None = row.not_before if row.state in WAITS else None
        return local(self._county, at) if at and at > self._county.clock.now() else ""
