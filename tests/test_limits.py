from __future__ import annotations

import random
from collections import defaultdict

import pytest

from bot.limits import Limits, Rates


class Seconds:
    """Simulated monotonic time."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("seed", range(5))
def test_no_sliding_window_ever_holds_too_much(seed: int) -> None:
    """The server sees each message somewhere between its beginning and its end."""
    chance = random.Random(seed)
    time = Seconds()
    limits = Limits(time)
    under_way: list[tuple[float, int]] = []
    seen: list[tuple[float, int]] = []
    while len(seen) < 600:
        for end, chat in [one for one in under_way if one[0] <= time.now]:
            under_way.remove((end, chat))
            limits.end(chat)
        chat = chance.randrange(60)
        if len(under_way) < 8 and limits.take(chat) == 0.0:
            end = time.now + chance.choice((0.01, 0.05, 0.4))
            under_way.append((end, chat))
            seen.append((chance.uniform(time.now, end), chat))
        time.now += chance.choice((0.0, 0.001, 0.01))

    assert _most_in_a_window([at for at, _ in seen]) <= 30
    by_chat = defaultdict(list)
    for at, chat in seen:
        by_chat[chat].append(at)
    assert max(_most_in_a_window(times) for times in by_chat.values()) == 1


def _most_in_a_window(times: list[float]) -> int:
    times = sorted(times)
    return max(sum(1 for at in times if start <= at < start + 1) for start in times)


def test_thirty_a_second_are_reached() -> None:
    time = Seconds()
    limits = Limits(time)
    sent = 0
    while time.now < 110:
        if limits.take(sent) == 0.0:
            limits.end(sent)
            sent += 1
        else:
            time.now += 0.01

    assert 290 <= sent <= 300


def test_after_an_idle_hour_there_is_no_double_burst() -> None:
    time = Seconds()
    limits = Limits(time)
    time.now += 3600

    assert [limits.take(None) for _ in range(31)][:30] == [0.0] * 30
    assert limits.wait() == -1.0


def test_an_edit_that_answers_a_tap_is_outside_the_budget_of_its_chat() -> None:
    limits = Limits(Seconds())
    limits.begin(7)
    limits.end(7)

    assert limits.take(7) == pytest.approx(1.0)
    assert limits.take(None) == 0.0


def test_a_pause_concerns_everything_and_ends() -> None:
    time = Seconds()
    limits = Limits(time)
    limits.pause(35)
    limits.pause(5)

    assert limits.take(None) == limits.pause_left == 35
    time.now += 35
    assert limits.take(None) == 0.0


def test_quiet_chats_are_forgotten() -> None:
    time = Seconds()
    limits = Limits(time, Rates(per_bot=10**9))
    for chat in range(25_000):
        limits.begin(chat)
        limits.end(chat)
        time.now += 0.01

    assert len(limits._chats) <= 10_001
