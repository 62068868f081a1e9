"""Everything that guardians do, in the order in which it is asked."""

from __future__ import annotations

from handlers.dispatch import Handler
from handlers.guardian import (
    afterwards,
    children,
    contact_details,
    free,
    illness,
    leave,
    refining,
    replies,
    wrong_person,
)

HANDLERS: tuple[Handler, ...] = (
    *replies.HANDLERS,
    *refining.HANDLERS,
    *illness.HANDLERS,
    *wrong_person.HANDLERS,
    *afterwards.HANDLERS,
    *children.HANDLERS,
    *leave.HANDLERS,
    *contact_details.HANDLERS,
    *free.HANDLERS,
)
