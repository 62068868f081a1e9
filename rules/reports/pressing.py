"""[一键催报]: one tap presses everybody who has not signed (rules.md 9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rules.decision import Decision, Entry
from rules.messages.staff import Nudge
from rules.model.case import Task
from rules.model.people import Level


def press_missing(
    owed: Iterable[tuple[Task, tuple[int, ...]]], about: str, by: int, now: datetime
) -> Decision:
    """Press the owner, and the deputy if there is one, of each report; once an hour at most."""
    every = list(owed)
    messages = tuple(
        Nudge(
            to=person,
            item=task.id,
            round=f"{by}:{now:%Y%m%d%H}",
            more={"by": by, "level": int(Level.SECTION)},
        )
        for task, told in every
        for person in told
    )
    public = {"tasks": [task.id for task, _ in every]}
    return Decision(messages=messages, entries=(Entry("reports_pressed", about, by, public),))
