from __future__ import annotations

from dataclasses import replace
from datetime import time
from types import SimpleNamespace
from typing import cast

import pytest

from bot.ticks.all_clear import AllClearLines
from bot.ticks.base import Means
from rules.policy import Policy, PolicyError


def test_the_sections_line_comes_when_the_policy_says() -> None:
    policy = Policy.from_toml('[noise]\nsection_day_line_at = "18:05"')
    lines = AllClearLines(cast(Means, SimpleNamespace(policy=policy)))

    assert list(lines.clocks().values()) == [time(18, 5)]
    assert replace(policy.noise, section_day_line_at=time(17, 30)) == Policy().noise


def test_a_time_that_is_none_is_named() -> None:
    with pytest.raises(PolicyError, match=r"noise\.section_day_line_at"):
        Policy.from_toml('[noise]\nsection_day_line_at = "25:00"')
