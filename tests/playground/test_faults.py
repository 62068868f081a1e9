from __future__ import annotations

import asyncio
import time

import pytest
from telegram import Bot
from telegram.error import Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from playground import faults
from playground.people import Person
from playground.server import BotApi


@pytest.mark.parametrize(
    ("fault", "outcome", "arrived"),
    [
        (faults.too_many(7), (RetryAfter, "Retry in 0:00:07"), 0),
        (faults.too_many(), (TelegramError, "retry later"), 0),
        (faults.refusal(403, "Forbidden: bot was kicked"), (Forbidden, "kicked"), 0),
        (faults.signed_out(), (InvalidToken, "Unauthorized"), 0),
        (faults.bad_gateway(), (NetworkError, "Bad Gateway"), 0),
        (faults.bad_gateway(503), (NetworkError, "503"), 0),
        (faults.drop_before(), (NetworkError, "httpx."), 0),
        (faults.drop_after(), (NetworkError, "httpx."), 1),
        (faults.hang(0.05), (NetworkError, "httpx."), 0),
        (faults.malformed(), (TelegramError, "Invalid server response"), 1),
    ],
    ids=lambda value: value.name if isinstance(value, faults.Fault) else "",
)
async def test_a_fault_strikes_once(
    bot: Bot,
    api: BotApi,
    mother: Person,
    fault: faults.Fault,
    outcome: tuple[type[Exception], str],
    arrived: int,
) -> None:
    planned = api.faults.plan(fault)
    error, words = outcome

    with pytest.raises(error, match=words):
        await bot.send_message(mother.chat_id, "一")

    assert len(mother.unexpected()) == arrived
    assert (planned.left, planned.hits) == (0, 1)
    await bot.send_message(mother.chat_id, "二")
    assert mother.newest.text == "二"


async def test_a_slow_answer_comes_after_the_effect(bot: Bot, api: BotApi, mother: Person) -> None:
    api.faults.plan(faults.slow(0.1))
    began = time.monotonic()

    sending = asyncio.create_task(bot.send_message(mother.chat_id, "一"))
    await mother.expect("一")
    assert not sending.done()
    await sending

    assert time.monotonic() - began >= 0.1


async def test_a_fault_chooses_its_calls(bot: Bot, api: BotApi, mother: Person) -> None:
    father = api.person("王爸爸")
    father.start()
    api.faults.plan(
        faults.too_many(1), times=2, method="sendmessage", chat_id=father.chat_id, contains="没到"
    )
    await bot.send_message(mother.chat_id, "没到校")
    await bot.send_message(father.chat_id, "早")

    for _ in range(2):
        with pytest.raises(RetryAfter):
            await bot.send_message(father.chat_id, "没到校")
    await bot.send_message(father.chat_id, "没到校")

    assert [call.fault for call in api.calls.of("sendMessage")] == [
        "",
        "",
        "refused 429",
        "refused 429",
        "",
    ]


async def test_a_cleared_plan_strikes_nobody(bot: Bot, api: BotApi, mother: Person) -> None:
    api.faults.plan(faults.drop_before(), times=100)
    api.faults.clear()

    await bot.send_message(mother.chat_id, "一")

    assert mother.newest.text == "一"


async def test_the_log_tells_a_lost_answer_from_a_lost_call(
    bot: Bot, api: BotApi, mother: Person
) -> None:
    api.faults.plan(faults.drop_after())
    with pytest.raises(NetworkError):
        await bot.send_message(mother.chat_id, "一")

    [call] = api.calls.of("sendMessage")

    assert (call.status, call.fault, call.ok) == (0, "dropped after", False)
