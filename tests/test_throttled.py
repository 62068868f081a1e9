"""A 429 in the middle of a busy morning: nobody is written to meanwhile, then lane after lane."""

from __future__ import annotations

import asyncio

from bot.limits import Rates
from playground import faults
from rules.messages.guardians import AbsenceAlert, WeeklyTotal
from rules.messages.staff import ChildMissing
from storage.database import Database
from storage.outbox import State
from tests.support.updates import a_stage
from tests.test_delivery import Words, an_owner, words

__all__ = ["words"]
PAUSE, FAMILIES = 2, 100


async def test_the_whole_bot_waits_and_keeps_the_order_of_the_lanes(
    database: Database, words: Words
) -> None:
    async with a_stage(database, rates=Rates(per_bot=30, per_chat=3, window=0.3)) as stage:
        owners = [(await an_owner(stage, f"家长{n}"))[1] for n in range(FAMILIES // 20)]
        families = owners * 20
        await stage.post(*(WeeklyTotal(to=one, item=n + 1) for n, one in enumerate(families)))
        await stage.post(*(AbsenceAlert(to=one, item=n + 1) for n, one in enumerate(families)))
        await stage.post(*(ChildMissing(to=one, item=n + 1) for n, one in enumerate(families)))
        refused = stage.api.faults.plan(faults.too_many(PAUSE), method="sendMessage")
        before = len(stage.api.calls)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await stage.delivery.drain()

        assert loop.time() - began >= PAUSE
        sent = [call for call in list(stage.api.calls)[before:] if call.method == "sendMessage"]
        assert refused.hits == sum(call.status == 429 for call in sent) == 1
        rows = await stage.rows()
        assert {row.state for row in rows} == {State.DELIVERED}
        texts = [str(call.params["text"]).split()[0] for call in sent if call.status == 200]
        assert len(texts) == 3 * FAMILIES
        urgent = texts[: FAMILIES // 2]
        assert urgent == ["child_missing"] * len(urgent)
        assert texts[-FAMILIES // 2 :] == ["weekly_total"] * (FAMILIES // 2)
