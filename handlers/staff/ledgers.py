"""[台账] and `/ledger NAME [date]`: masked ledgers of the schools that somebody answers for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_command, on_menu, on_press
from rules.decision import Decision
from rules.ledgers import Ledger
from rules.messages.ledgers import LedgerSent
from rules.refusals import NotAllowed, OldButton
from storage.access import ledger_schools
from storage.access_log import note_look
from storage.ledgers.masking import IN_CHAT
from templates.presses_ledgers import LedgerPress
from templates.words import phrase


@dataclass(frozen=True)
class LedgersView:
    """The ledgers that may be had here, and the day they are of."""

    ledgers: tuple[str, ...]
    as_of: date
    schools: int


async def choose(update: Update, context: Context) -> None:
    """[台账]: which one?"""
    await _ask(context, context.today)


async def by_command(update: Update, context: Context) -> None:
    """`/ledger 疑似辍学 2026-09-30`: name and day in either order, both may be missing."""
    words = list(context.args or [])
    as_of = next((day for word in words if (day := _day(word)) is not None), context.today)
    name = next((found for word in words if (found := _named(context, word))), None)
    if name is None or as_of > context.today:
        await _ask(context, min(as_of, context.today))
        return
    await _send(context, name, as_of)


async def by_key(update: Update, context: Context) -> None:
    """One of the keys."""
    press = context.press(LedgerPress)
    as_of = _day(press.as_of)
    if press.name not in IN_CHAT or as_of is None or as_of > context.today:
        raise OldButton
    await _send(context, Ledger(press.name), as_of)
    await context.toast("ledger.coming")


async def _ask(context: Context, as_of: date) -> None:
    schools = await _schools(context)
    await context.say("ledgers", LedgersView(tuple(IN_CHAT), as_of, len(schools)))


async def _send(context: Context, name: Ledger, as_of: date) -> None:
    """It follows as soon as it is put together; who asked is on record first (privacy D5)."""
    await _schools(context)
    await note_look(context.work, context.actor_id, None, "ledger", f"{name}:{as_of}")
    sent = LedgerSent(
        to=context.actor_id,
        item=context.arrived.update_id,
        more={"ledger": name, "as_of": as_of.isoformat(), "on": context.today.isoformat()},
    )
    await context.carry_out(Decision(messages=(sent,)))


async def _schools(context: Context) -> set[int]:
    schools = await ledger_schools(context.work, context.actor, context.today)
    if not schools:
        raise NotAllowed
    return schools


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def _named(context: Context, word: str) -> Ledger | None:
    """By its name on the command line, or by the one on its key."""
    for one in IN_CHAT:
        if word in (one.value, phrase(context.language, f"ledger_name.{one}")):
            return one
    return None


HANDLERS = (
    on_menu(choose, "ledgers"),
    on_command(by_command, "ledger"),
    on_press(by_key, LedgerPress),
)
