"""Scenario 28: nobody starves in a busy day, and what a family hears first goes before repeats.

A day of a busy county to a scale of one in a thousand: thirty messages in a thousand seconds where
Telegram allows thirty in one, the lanes fed in the same proportion, and the real choice of what
leaves next: rows of the outbox, lanes, chats and limits.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from bot.departing import OLDEST, WINDOW, Departures, Patience, patience_of
from bot.limits import Limits, Rates
from rules.messages.base import Lane
from rules.policy import Policy
from storage import departures, outbox
from storage.database import Database
from storage.departures import Departure
from storage.outbox import Outgoing
from storage.rows import values_of
from storage.tables.plumbing import outbox as table
from tests.support.databases import KEYS

PER_WINDOW, WINDOW_S = 30, 1000.0
RATES = Rates(per_bot=PER_WINDOW, per_chat=1, window=WINDOW_S)
BEGINS = datetime(2026, 9, 6, 16, tzinfo=UTC)
DAY = 86_400.0
#: From eight to eight the urgent lanes alone want every place there is, and a little more.
BUSY = (8 * 3600.0, 20 * 3600.0)
#: What each lane is fed in a window of the busy hours, of thirty that can leave.
FED = {Lane.SAFETY: 1.5, Lane.ANSWER: 12.0, Lane.ALERT: 9.5, Lane.TASK: 9.0}
LOW = {Lane.DIGEST: 0.2, Lane.CAMPAIGN: 0.2}
#: Tasks, digests and campaigns; of the low lanes no more than so many ever wait together.
LANES_THAT_WAIT, MOST_IN_FRONT = 3, 3
PATIENCE = patience_of(Policy().limits)


@dataclass
class Busy:
    """The day as it goes by."""

    database: Database
    patience: Patience
    now: float = 0.0
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    chats: count[int] = field(default_factory=lambda: count(1))
    chance: random.Random = field(default_factory=lambda: random.Random(28))

    def at(self, seconds: float) -> datetime:
        """The instant so far into the day."""
        return BEGINS + timedelta(seconds=seconds)

    async def live(self) -> None:
        """Feed the lanes, let leave what may, window after window."""
        limits = Limits(lambda: self.now, RATES)
        choice = Departures(limits, self.patience)
        while self.now < DAY:
            ends = self.now + WINDOW_S
            await self._feed()
            left: list[Departure] = []
            choice.refill(*await self._seen())
            while self.now < ends and not limits.wait() and (one := choice.next()):
                limits.begin(one.chat_id)
                limits.end(one.chat_id)
                choice.done(one)
                left.append(one)
                self.now += WINDOW_S / PER_WINDOW
                self._note(one)
            self.now = max(self.now, ends)
            await self._mark(left)

    def _note(self, one: Departure) -> None:
        waited = self.now - (one.due_at - BEGINS).total_seconds()
        self.waits[one.lane].append(waited)
        self.waits[one.kind].append(waited)

    async def _feed(self) -> None:
        is_busy = BUSY[0] <= self.now < BUSY[1]
        wanted = {lane: share * (1.0 if is_busy else 0.3) for lane, share in FED.items()} | LOW
        async with self.database.work(self.at(self.now)) as work:
            rows = [self._row(lane) for lane, share in wanted.items() for _ in self._times(share)]
            await work.insert_new(table, [values_of(table, row, work.vault) for row in rows])

    def _times(self, share: float) -> range:
        whole = int(share)
        return range(whole + (self.chance.random() < share - whole))

    def _row(self, lane: Lane) -> Outgoing:
        chat, kind = next(self.chats), lane.value
        if lane is Lane.ALERT:
            kind = "second_alert" if chat % 3 == 0 else "absence_alert"
        at = self.at(max(self.now - self.chance.random() * 300, 0))
        return Outgoing(f"k{chat}", kind, lane, chat_id=chat, not_before=at, created_at=at)

    async def _seen(self) -> tuple[list[Departure], list[Departure]]:
        now = self.at(self.now)
        async with self.database.read() as read:
            return (
                await departures.next_departures(read, now, WINDOW),
                await departures.longest_waiting(read, now - self.patience.waits_at_most, OLDEST),
            )

    async def _mark(self, left: list[Departure]) -> None:
        async with self.database.work(self.at(self.now)) as work:
            for one in left:
                await outbox.mark_delivered(work, one.id, one.id)

    async def left_waiting(self) -> dict[str, float]:
        """What has not left by the end of the day: how long the oldest of each lane has waited."""
        async with self.database.read() as read:
            found = await departures.next_departures(read, self.at(self.now), 5000)
        waits: dict[str, float] = defaultdict(float)
        for one in found:
            waited = self.now - (one.due_at - BEGINS).total_seconds()
            waits[one.lane] = max(waits[one.lane], waited)
        return waits


@pytest.fixture
async def busy(sqlite_url: str) -> AsyncIterator[Busy]:
    opened = await Database.open(sqlite_url, KEYS)
    yield Busy(opened, PATIENCE)
    await opened.close()


async def test_in_a_day_that_is_full_no_lane_starves(busy: Busy) -> None:
    """The bound: what the policy lets wait, then for whoever waits in front in the same lane one
    place in so many, shared by the lanes that wait."""
    await busy.live()
    a_place = PATIENCE.one_in / PER_WINDOW * WINDOW_S
    bound = PATIENCE.waits_at_most.total_seconds() + LANES_THAT_WAIT * a_place * MOST_IN_FRONT
    left = await busy.left_waiting()

    for lane in LOW:
        assert len(busy.waits[lane.value]) > 10, lane
        assert max(busy.waits[lane.value]) <= bound, lane
        assert left.get(lane.value, 0.0) <= bound
    assert max(busy.waits[Lane.SAFETY.value]) <= 2 * WINDOW_S
    assert max(busy.waits["absence_alert"]) <= 2 * WINDOW_S


async def test_without_the_place_for_the_oldest_the_last_lane_would_starve(busy: Busy) -> None:
    """What the rule is for."""
    busy.patience = Patience(PATIENCE.waits_at_most, one_in=10**9)
    await busy.live()

    longest = max(busy.waits[Lane.CAMPAIGN.value])
    assert longest > 0.5 * (BUSY[1] - BUSY[0])


async def test_a_first_alert_goes_before_repeats_that_have_waited_longer(busy: Busy) -> None:
    async with busy.database.work(BEGINS) as work:
        rows = [
            Outgoing("a", "second_alert", Lane.ALERT, chat_id=1, not_before=busy.at(0)),
            Outgoing("b", "asked_again", Lane.ALERT, chat_id=2, not_before=busy.at(1)),
            Outgoing("c", "absence_alert", Lane.ALERT, chat_id=3, not_before=busy.at(9)),
            Outgoing("d", "approval_card", Lane.TASK, chat_id=4, not_before=busy.at(0)),
        ]
        for row in rows:
            await outbox.add(work, row)
        last = await outbox.add(
            work, Outgoing("e", "absence_alert", Lane.ALERT, chat_id=5, not_before=busy.at(2))
        )
        assert last is not None
        await outbox.mark_uncertain(work, last, "timed_out", busy.at(2))
    async with busy.database.read() as read:
        found = await departures.next_departures(read, busy.at(60), WINDOW)

    assert [one.chat_id for one in found] == [3, 1, 2, 5, 4]


def test_every_so_many_is_the_one_that_has_waited_longest() -> None:
    def departure(number: int, lane: Lane) -> Departure:
        return Departure(number, lane.value, lane.value, number, False, BEGINS)

    choice = Departures(Limits(lambda: 0.0), Patience(timedelta(minutes=15), 4))
    urgent = [departure(number, Lane.ALERT) for number in range(1, 10)]
    late = [departure(number, Lane.CAMPAIGN) for number in (101, 102)]
    choice.refill([*urgent, *late], late)

    left = [one.id for _ in range(11) if (one := choice.next())]

    assert left == [1, 2, 3, 101, 4, 5, 6, 102, 7, 8, 9]
