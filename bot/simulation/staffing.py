"""Teachers who leave in the middle of the term, and who follows them."""

from __future__ import annotations

from random import Random

from sqlalchemy import func, select

from bot.parts import Parts
from bot.simulation.county import FIRST_CHAT
from bot.simulation.crowd import Crowd
from handlers import contactability
from papers.sample.people import People
from rules.identity import Sex
from storage import staffing
from storage.inviting import Wanted, guests, issue
from storage.tables.people import people
from storage.work import Work

#: Of so many successors one has a chat from the first hour; the others never get one.
OPENS_THE_BOT = 0.8


async def replace_somebody(parts: Parts, crowd: Crowd, chance: Random) -> None:
    """What `guixiao person replace` does, and then the successor opens the bot by a code."""
    old = chance.choice(sorted(crowd.of_part("teacher", "leader"), key=lambda one: one.person))
    now = parts.clock.now()
    async with parts.database.work(now) as work:
        leaver = await staffing.person_of(work, old.person)
        if leaver is None or leaver.left_on is not None:
            return
        new_id = await _follow(work, parts, old.person, chance)
        invited = [one for one in await guests(work, Wanted()) if one.person_id == new_id]
        codes = await issue(work, invited, parts.means.policy)
    someone = crowd.newcomer(new_id, old, 2 * FIRST_CHAT + new_id)
    if codes and chance.random() < OPENS_THE_BOT:
        someone.phone.start(codes[0])


async def _follow(work: Work, parts: Parts, old_id: int, chance: Random) -> int:
    """Everything goes to somebody new, and the old chat is free."""
    old = await staffing.person_of(work, old_id)
    assert old is not None
    name = People(chance).name(Sex.FEMALE)
    newest = int(await work.scalar(select(func.max(people.c.id))))
    new = await staffing.hire(work, name, f"1612{newest:07d}")
    today = work.now.astimezone(parts.means.settings.zone).date()
    await staffing.succeed(work, old, new, today)
    await contactability.look_at_children(work, old.id)
    return new.id
