"""[更多]: the errands that a leader or a section needs less often, each a tap away."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Update

from handlers.account import choose_language, read_privacy
from handlers.context import Context
from handlers.dispatch import Callback, on_command, on_menu, on_press
from handlers.staff.away import ask_who
from handlers.staff.reach import show_schools
from handlers.staff.staffing import open_menu
from handlers.staff.tasks import show_tasks
from rules.model.people import Role
from rules.refusals import OldButton
from templates.presses_more import MorePress

LEADING = (Role.LEADER, Role.HEAD)
_ERRANDS: dict[str, Callback] = {
    "staff": open_menu,
    "reach": show_schools,
    "away": ask_who,
    "tasks": show_tasks,
    "language": choose_language,
    "privacy": read_privacy,
}
_LEADERS_ONLY = ("staff", "reach")


@dataclass(frozen=True)
class MoreView:
    """What stands on the card, in its order."""

    errands: tuple[str, ...]


async def open_more(update: Update, context: Context) -> None:
    """The card with the errands of whoever speaks."""
    is_leader = context.actor.has_role(*LEADING)
    errands = tuple(one for one in _ERRANDS if is_leader or one not in _LEADERS_ONLY)
    await context.say("more", MoreView(errands))


async def go(update: Update, context: Context) -> None:
    """One of them; whether the speaker may is asked there."""
    errand = _ERRANDS.get(context.press(MorePress).errand)
    if errand is None:
        raise OldButton
    await errand(update, context)


HANDLERS = (
    on_menu(open_more, "more", by=lambda actor: actor.is_staff),
    on_command(open_more, "more", by=lambda actor: actor.is_staff),
    on_press(go, MorePress),
)
