"""Every night: what is not needed any more goes, and that it went is on record (privacy D8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta

from bot.ticks.digests import Daily
from rules.calendar import Calendar
from rules.decision import Entry
from storage.drafts import drop_untouched_since
from storage.inbox import drop_handled_before
from storage.work import Work

RETENTION = "retention"


class Retention(Daily):
    """One sweep a night; how much went stands in the journal, not what it was."""

    name = RETENTION

    def clocks(self) -> Mapping[str, time]:
        """When nobody is at work."""
        return {RETENTION: time(3)}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """Updates in their own words, and drafts that nobody came back to."""
        kept = self.means.policy.privacy
        updates = await drop_handled_before(
            work, work.now - timedelta(days=kept.updates_kept_days)
        )
        drafts = await drop_untouched_since(work, work.now - timedelta(days=kept.drafts_kept_days))
        if updates or drafts:
            gone = {"updates": updates, "drafts": drafts}
            work.journal(Entry("retention_swept", "retention", public=gone))
