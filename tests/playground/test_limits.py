from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import RetryAfter

from playground.calls import Call
from playground.limits import Limits, Rates
from playground.people import Person
from playground.refusals import Refused
from playground.server import BotApi


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


def penalty(limits: Limits, chat_id: int, method: str = "sendMessage") -> int:
    """The seconds to wait; 0 when the call is let through."""
    try:
        limits.refuse_if_flooding(Call(method, {"chat_id": chat_id}))
    except Refused as refusal:
        return refusal.parameters["retry_after"]
    return 0


def test_a_bot_sends_thirty_in_any_second(watch: Stopwatch) -> None:
    limits = Limits(Rates(time=watch))

    assert [penalty(limits, chat_id) for chat_id in range(1, 32)] == [0] * 30 + [1]


def test_the_window_slides(watch: Stopwatch) -> None:
    limits = Limits(Rates(per_bot=2, time=watch))
    penalty(limits, 1)
    watch.seconds += 0.9
    assert penalty(limits, 2) == 0
    watch.seconds += 0.2
    assert penalty(limits, 3) == 0

    assert penalty(limits, 4) == 1


def test_one_chat_gets_one_a_second(watch: Stopwatch) -> None:
    limits = Limits(Rates(time=watch))

    assert [penalty(limits, 1), penalty(limits, 2), penalty(limits, 1)] == [0, 0, 1]


def test_a_group_gets_twenty_a_minute(watch: Stopwatch) -> None:
    limits = Limits(Rates(time=watch))

    assert [penalty(limits, -100) for _ in range(21)] == [0] * 20 + [60]


def test_coming_back_too_early_makes_it_longer(watch: Stopwatch) -> None:
    limits = Limits(Rates(time=watch))
    waits = [penalty(limits, 1), penalty(limits, 1)]
    watch.seconds += 0.1
    waits.append(penalty(limits, 1))
    for lapse in (0.6, 1.0, 3.0):
        watch.seconds += lapse
        waits.append(penalty(limits, 1))

    assert waits == [0, 1, 1, 2, 4, 8]


def test_a_penalty_that_was_waited_out_is_forgiven(watch: Stopwatch) -> None:
    limits = Limits(Rates(time=watch))
    penalty(limits, 1)
    assert penalty(limits, 1) == 1
    watch.seconds += 5

    assert [penalty(limits, 1), penalty(limits, 1)] == [0, 1]


def test_edits_count_and_answers_do_not(watch: Stopwatch) -> None:
    limits = Limits(Rates(time=watch))
    free = ("answerCallbackQuery", "sendChatAction", "getChat", "deleteMessage")

    assert [penalty(limits, 1, method) for method in free * 2] == [0] * 8
    assert penalty(limits, 1, "editMessageText") == 0
    assert penalty(limits, 1, "editMessageText") == 1


def test_edits_can_be_kept_out_of_the_limit_of_a_chat(watch: Stopwatch) -> None:
    limits = Limits(Rates(per_bot=3, edits_count_per_chat=False, time=watch))

    waits = [penalty(limits, 1, "editMessageText") for _ in range(4)]

    assert waits == [0, 0, 0, 1]


async def test_the_bot_is_told_how_long_to_wait(
    bot: Bot, api: BotApi, mother: Person, watch: Stopwatch
) -> None:
    api.limit(Rates(time=watch))
    await bot.send_message(mother.chat_id, "一")

    with pytest.raises(RetryAfter) as problem:
        await bot.send_message(mother.chat_id, "二")
    api.limit(None)
    await bot.send_message(mother.chat_id, "三")

    assert problem.value._retry_after.total_seconds() == 1
    assert [shown.text for shown in mother.messages[1:]] == ["一", "三"]
    assert api.calls.of(ok=False)[0].description == "Too Many Requests: retry after 1"
