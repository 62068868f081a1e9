from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from rules.policy.sections import QuietHours
from rules.quiet import Audience, Night, release_at

ZONE = ZoneInfo("Asia/Shanghai")
GUARDIANS, STAFF = Audience.GUARDIANS, Audience.STAFF


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-09-{text}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "audience", "released"),
    [
        ("07 20:59:59", GUARDIANS, "07 20:59:59"),
        ("07 21:00", GUARDIANS, "08 07:00"),
        ("08 06:59:59", GUARDIANS, "08 07:00"),
        ("08 07:00", GUARDIANS, "08 07:00"),
        ("07 19:59:59", STAFF, "07 19:59:59"),
        ("07 20:00", STAFF, "08 07:30"),
        ("08 00:00", STAFF, "08 07:30"),
        ("08 07:29:59", STAFF, "08 07:30"),
        ("08 12:00", STAFF, "08 12:00"),
    ],
)
def test_a_message_leaves_at(now: str, audience: Audience, released: str) -> None:
    assert release_at(at(now), QuietHours(), audience, ZONE) == at(released)


def test_a_night_may_lie_within_one_day() -> None:
    noon = Night(time(12), time(14))

    assert [noon.is_quiet(time(hour)) for hour in (11, 12, 13, 14)] == [False, True, True, False]
