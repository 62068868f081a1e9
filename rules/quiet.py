"""Quiet hours: they hold delivery, never the clock (rules.md 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from rules.policy.sections import QuietHours


class Audience(StrEnum):
    """Guardians and staff have quiet hours of their own."""

    GUARDIANS = "guardians"
    STAFF = "staff"


@dataclass(frozen=True)
class Night:
    """A span of quiet from an evening until a morning, by the county's clock."""

    starts: time
    ends: time

    def is_quiet(self, at: time) -> bool:
        """Tell whether `at` lies in it; its end does not."""
        if self.starts <= self.ends:
            return self.starts <= at < self.ends
        return at >= self.starts or at < self.ends


def night_of(hours: QuietHours, audience: Audience) -> Night:
    """Return the quiet hours of this audience."""
    if audience is Audience.GUARDIANS:
        return Night(hours.guardians_from, hours.guardians_until)
    return Night(hours.staff_from, hours.staff_until)


def release_at(now: datetime, hours: QuietHours, audience: Audience, zone: ZoneInfo) -> datetime:
    """Return when a message that keeps quiet hours may leave: `now`, or the end of the night.

    The instant returned is never before `now`.
    """
    night = night_of(hours, audience)
    local = now.astimezone(zone)
    if not night.is_quiet(local.time()):
        return now
    on = local.date() if local.time() < night.ends else local.date() + timedelta(days=1)
    return datetime.combine(on, night.ends, zone).astimezone(now.tzinfo)
