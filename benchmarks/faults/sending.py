"""Faults between us and Telegram while families are asked."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from benchmarks.faults.scene import FAMILIES, Fault, Scene, a_scene
from bot.poller import SignedOut
from playground import faults
from storage.database import Database

SEND = "sendMessage"
#: Seconds after which a silent server is given up here; ten in earnest.
IMPATIENT = 0.3
REVOKED_WITHIN = 20.0


async def _planned(
    database: Database, name: str, fault: faults.Fault, times: int, *, is_lost_answer: bool
) -> Fault:
    """One fault on the sending of alerts, and all the time they need afterwards."""
    async with a_scene(database) as scene:
        await scene.hand_in()
        _be_impatient(scene)
        planned = scene.world.stage.api.faults.plan(fault, times=times, method=SEND)
        await scene.outlast()
        found = await scene.alerts(name)
        scene.answer()
        await scene.outlast(2)
        kept = await scene.answers(name, FAMILIES)
        remark = f"{found.owed} alerts, {kept.owed} answers; {planned.hits} calls struck"
        may = planned.hits if is_lost_answer else 0
        return replace(found.plus(kept), remark=remark, may_double=may)


def _be_impatient(scene: Scene) -> None:
    request = scene.world.stage.bot.request
    request._read_timeout = IMPATIENT  # type: ignore[attr-defined]


async def connection_refused(database: Database) -> Fault:
    """Nobody listens at the address, for a minute."""
    async with a_scene(database) as scene:
        await scene.hand_in()
        api = scene.world.stage.api
        await api.stop()
        for _ in range(3):
            await scene.soon(scene.world.stage.delivery.drain())
            scene.clock.skip(31)
        await api.start()
        await scene.outlast()
        found = await scene.alerts("connection refused")
        return found.noting("the server was away for 90 s")


async def reset_before(database: Database) -> Fault:
    """The connection breaks before the call took effect: nobody can know that it did not."""
    name = "reset before the call took effect"
    return await _planned(database, name, faults.drop_before(), 6, is_lost_answer=True)


async def reset_after(database: Database) -> Fault:
    """The call took effect; its answer is lost."""
    name = "reset after the call took effect"
    return await _planned(database, name, faults.drop_after(), 6, is_lost_answer=True)


async def read_timeout(database: Database) -> Fault:
    """The call took effect; the answer comes too late."""
    late = faults.slow(2 * IMPATIENT)
    return await _planned(database, "read timeout", late, 6, is_lost_answer=True)


async def gateway(database: Database) -> Fault:
    """Bursts of 502."""
    fault = faults.bad_gateway()
    return await _planned(database, "502, burst of 10", fault, 10, is_lost_answer=False)


async def malformed(database: Database) -> Fault:
    """The call took effect; half of its answer arrives."""
    return await _planned(database, "malformed JSON", faults.malformed(), 6, is_lost_answer=True)


async def throttled(database: Database) -> Fault:
    """429 with the time to wait."""
    fault = faults.too_many(1)
    return await _planned(database, "429 per bot, retry_after", fault, 3, is_lost_answer=False)


async def throttled_unsaid(database: Database) -> Fault:
    """429 that does not say how long."""
    fault = faults.too_many()
    return await _planned(database, "429 per bot, no time", fault, 3, is_lost_answer=False)


async def throttled_chat(database: Database, wait: int | None = 1) -> Fault:
    """429 for one chat only."""
    async with a_scene(database) as scene:
        await scene.hand_in()
        chat = scene.families[3].chat_id
        planned = scene.world.stage.api.faults.plan(
            faults.too_many(wait), times=3, method=SEND, chat_id=chat
        )
        await scene.outlast()
        found = await scene.alerts(f"429 per chat, {'retry_after' if wait else 'no time'}")
        return found.noting(f"struck {planned.hits} calls")


async def throttled_chat_unsaid(database: Database) -> Fault:
    """429 for one chat that does not say how long."""
    return await throttled_chat(database, None)


async def ten_minutes(database: Database) -> Fault:
    """Nothing works for ten minutes of the morning peak, in either direction."""
    name = "outage of 10 minutes in the morning peak"
    async with a_scene(database) as scene:
        await scene.hand_in()
        half = scene.families[: FAMILIES // 2]
        api = scene.world.stage.api
        api.faults.plan(faults.bad_gateway(), times=10_000, method=SEND, contains="来上学")
        await scene.outlast(2)
        await api.stop()
        for _ in range(10):
            scene.clock.move(scene.clock.now() + timedelta(minutes=1))
            await scene.world.engine.turn()
            await scene.soon(scene.world.stage.delivery.drain())
            scene.clock.skip(60)
        api.faults.clear()
        await api.start()
        await scene.outlast()
        found = await scene.alerts(name)
        said = scene.answer(half) + scene.answer()
        await scene.outlast(2)
        kept = await scene.answers(name, said)
        return found.plus(kept).noting("12 alerts and 12 answers, late but each once")


async def token_revoked(database: Database) -> Fault:
    """Telegram does not know the token any more: the bot ends, and goes on with a right one."""
    async with a_scene(database) as scene:
        await scene.hand_in()
        scene.clock.is_patient = True
        api = scene.world.stage.api
        unsent = api.faults.plan(faults.signed_out(), times=10_000, method=SEND)
        async with scene.whole_bot() as bot:
            await asyncio.sleep(1)
            api.faults.plan(faults.signed_out(), times=10_000)
            scene.world.phone("teacher").say("/help")  # ends the request that is under way
            with suppress(SignedOut, TimeoutError):
                await asyncio.wait_for(asyncio.shield(bot), REVOKED_WITHIN)
            is_ended = bot.done() and isinstance(bot.exception(), SignedOut)
        api.faults.clear()
        scene.clock.is_patient = False
        await scene.world.restart()
        await scene.outlast()
        found = await scene.alerts("token revoked (401)")
        remark = f"{unsent.hits} sends refused; the process {'ended' if is_ended else 'STAYED'}"
        return replace(found, losses=found.losses + (not is_ended), remark=remark)


async def chats_gone(database: Database) -> Fault:
    """One family has blocked the bot, one account is gone."""
    async with a_scene(database) as scene:
        await scene.hand_in()
        blocked, deactivated = scene.families[:2]
        blocked.block()
        deactivated.deactivate()
        await scene.outlast()
        found = await scene.alerts("chat blocked, deactivated", but=(blocked, deactivated))
        rows = [row for row in await scene.alert_rows() if row.cause]
        causes = sorted(row.cause or "" for row in rows if row.cause in ("blocked", "deactivated"))
        told = [await scene.world.open_tasks(child) for child in scene.children[:2]]
        tasks = sum("contact_repair" in kinds for kinds in told)
        losses = found.losses + 2 - len(causes) + 2 - tasks
        remark = f"given up: {', '.join(causes)}; {tasks} tasks for the teacher instead"
        return Fault(found.name, found.owed, losses, found.doubles, 0, remark)


SENDING = (
    connection_refused,
    reset_before,
    reset_after,
    read_timeout,
    gateway,
    malformed,
    throttled,
    throttled_unsaid,
    throttled_chat,
    throttled_chat_unsaid,
    ten_minutes,
    token_revoked,
    chats_gone,
)
