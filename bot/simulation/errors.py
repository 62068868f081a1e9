"""An error line is something that did not hold; of all other lines a term has no need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn

import structlog

from bot.simulation.broken import Broken

BAD = ("error", "exception", "critical")


@contextmanager
def kept_errors(now: Callable[[], datetime]) -> Iterator[list[Broken]]:
    """What the program logs as an error within the block; nothing is written anywhere."""
    found: list[Broken] = []

    def keep(_: Any, method: str, line: Any) -> NoReturn:
        if method in BAD:
            ids = {name: line[name] for name in ("tick", "row", "update", "kind") if name in line}
            subject = " ".join(f"{name}:{value}" for name, value in ids.items())
            found.append(Broken(f"error, {line.get('action')}", subject, now(), _cause()))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[keep])
    try:
        yield found
    finally:
        structlog.configure(**before)


def _cause() -> str:
    """The name of the exception that is being handled, and where it was raised."""
    import sys

    error = sys.exc_info()[1]
    place = error.__traceback__ if error else None
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" {place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else ""
    return f"{type(error).__name__}{where}" if error else ""
