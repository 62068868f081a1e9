"""A school morning to break: families about to be asked, and what they really saw and said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from bot import running
from bot.clock import Clock, RehearsalClock
from playground.people import Person as Phone
from rules.model.attendance import Answer, Reply
from storage.database import Database
from storage.outbox import Outgoing
from storage.tables.attendance import replies
from storage.tables.plumbing import inbox
from tests.support.county import CHILDREN, add_child
from tests.support.world import World, a_world

SICK = "生病了"
FAMILIES = 12


@dataclass(frozen=True)
class Fault:
    """One row of the table."""

    name: str
    owed: int
    losses: int
    doubles: int
    uncertain: int = 0
    remark: str = ""
    #: How many doubles the fault may cost: one for each answer of a call that was lost.
    may_double: int = 0
    #: How often the same came again to whom it came most often.
    most: int = 0

    @property
    def is_fine(self) -> bool:
        """Nothing lost, nothing doubled but where it cannot be helped, and then once."""
        return self.losses == 0 and self.doubles <= self.may_double and self.most <= 1

    def noting(self, remark: str) -> Fault:
        """The same with another remark."""
        return replace(self, remark=remark)

    def plus(self, other: Fault) -> Fault:
        """Two counts of one fault as one."""
        return replace(
            self,
            owed=self.owed + other.owed,
            losses=self.losses + other.losses,
            doubles=self.doubles + other.doubles,
            uncertain=self.uncertain + other.uncertain,
            may_double=self.may_double + other.may_double,
            most=max(self.most, other.most),
        )


class MovedClock(RehearsalClock):
    """A clock on which waiting costs nothing, and which may be set wrong."""

    def __init__(self, at: datetime) -> None:
        """Begin at `at`."""
        super().__init__(at)
        self._ahead = 0.0
        self.is_patient = False

    def monotonic(self) -> float:
        """Real seconds, and those that were skipped."""
        return super().monotonic() + self._ahead

    def skip(self, seconds: float) -> None:
        """So much network time goes by."""
        self._ahead += seconds

    async def sleep(self, seconds: float) -> None:
        """Nobody waits here, unless the whole bot is at work."""
        if not self.is_patient:
            self.skip(seconds)
        await asyncio.sleep(seconds if self.is_patient else 0)


@dataclass
class Scene:
    """A class of which twelve children are missing, and the phones of their families."""

    world: World
    children: list[str]
    asked: set[str] = field(default_factory=set)

    @property
    def families(self) -> list[Phone]:
        """The phones of the families."""
        return [self.world.phone(f"{child}家") for child in self.children]

    @property
    def clock(self) -> MovedClock:
        """The county's clock."""
        clock = self.world.stage.clock
        assert isinstance(clock, MovedClock)
        return clock

    async def hand_in(self, *, is_due: bool = True) -> None:
        """The teacher says who is missing; now it is the minute in which families are asked, or
        three before it."""
        await self.world.to("08:10")
        await self.world.absent(*self.children)
        if not is_due:
            return
        self.world.stage.clock.move(self.world.now + timedelta(minutes=3))
        await self.world.engine.turn()

    async def outlast(self, minutes: int = 8) -> None:
        """Let network time go by until nothing is put off or in doubt any more."""
        for _ in range(minutes):
            await self.soon(self.world.settle())
            self.clock.skip(61)
        await self.soon(self.world.settle())

    async def soon(self, doing: Coroutine[Any, Any, None]) -> None:
        """Skip the pauses that somebody takes while the network rests."""
        task = asyncio.create_task(doing)
        while not (await asyncio.wait([task], timeout=1.0))[0]:
            self.clock.skip(31)
            self.world.stage.delivery.ring()
        await task

    @asynccontextmanager
    async def whole_bot(self, clock: Clock | None = None) -> AsyncIterator[asyncio.Task[None]]:
        """Every part of the bot at work until the end of the block, or until it ends itself; on
        the scene's clock it is a rehearsal."""
        asked = asyncio.Event()
        stage = self.world.stage
        means = replace(stage.means, clock=clock or self.clock)
        task = asyncio.create_task(running.run(stage.database, means, asked))
        try:
            yield task
        finally:
            asked.set()
            await asyncio.gather(task, return_exceptions=True)

    def answer(self, families: Iterable[Phone] | None = None) -> int:
        """Every family that sees the question and has not answered yet does so."""
        before = len(self.asked)
        for phone in families or self.families:
            shown = [one for one in phone.messages if one.button(SICK)]
            if shown and phone.name not in self.asked:
                self.asked.add(phone.name)
                phone.touch(SICK, on=shown[-1])
        return len(self.asked) - before

    async def alerts(self, name: str, but: Iterable[Phone] = ()) -> Fault:
        """Alerts owed by the record against what the phones showed, edits apart."""
        gone = {phone.chat_id for phone in but}
        seen = {phone.chat_id: self.asks(phone) for phone in self.families}
        owed = {self.world.county.chat_of(f"{child}家") for child in self.children} - gone
        return Fault(
            name,
            owed=len(owed),
            losses=sum(max(0, 1 - seen[chat]) for chat in owed),
            doubles=sum(max(0, seen[chat] - 1) for chat in owed),
            uncertain=(await self.world.stage.journal()).count("message_uncertain"),
            most=max((seen[chat] - 1 for chat in owed), default=0),
        )

    def asks(self, phone: Phone) -> int:
        """New messages that ask, as they were when they arrived."""
        asking = (one.shown for one in phone.arrivals if one.kind == "message")
        return sum(one.button(SICK) is not None for one in asking)

    async def alert_rows(self) -> list[Outgoing]:
        """The alerts in the outbox."""
        return [row for row in await self.world.stage.rows() if row.kind == "absence_alert"]

    async def answers(self, name: str, said: int) -> Fault:
        """Answers given on the phones against those on record."""
        kept = await self.world.all_of(replies, Reply)
        given = [reply for reply in kept if reply.kind is Answer.SICK]
        distinct = len({reply.person_id for reply in given})
        return Fault(name, said, said - distinct, len(given) - distinct)

    async def updates(self) -> dict[str, int]:
        """How many updates stand where in the inbox."""
        query = select(inbox.c.state, func.count()).group_by(inbox.c.state)
        async with self.world.stage.database.read() as read:
            found = (await read.execute(query)).rows
        return {row[0]: row[1] for row in found}


def repeated(phone: Phone) -> int:
    """New messages that say what another one said already."""
    texts = [one.shown.text for one in phone.arrivals if one.kind == "message"]
    return len(texts) - len(set(texts))


@asynccontextmanager
async def a_scene(database: Database, families: int = FAMILIES) -> AsyncIterator[Scene]:
    """The class before its roll call; every missing child has a family on the phone."""
    async with a_world(database, ticking=MovedClock) as world:
        children = [*CHILDREN, *(f"童{number:02}" for number in range(families))][:families]
        async with database.work(world.stage.clock.now()) as work:
            for child in children[len(CHILDREN) :]:
                await add_child(work, world.county, child)
        for child in children:
            await world.family(child, f"{child}家")
        yield Scene(world, children)
