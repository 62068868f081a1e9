"""Every night: what is not needed any more goes, and that it went is on record (privacy D8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from bot.ticks.digests import Daily
from rules.book import Book
from rules.calendar import Calendar
from rules.decision import Entry
from rules.leaving import school_is_over
from rules.reconciling.ages import due_since
from storage.carrying import carry_out
from storage.database import Database
from storage.drafts import drop_untouched_since
from storage.facts.binding import party_of
from storage.inbox import drop_handled_before
from storage.retention import (
    age_out_files,
    contents_to_remove,
    drop_answers_before,
    drop_grown,
    drop_looks_before,
    drop_words_before,
    empty_messages_before,
    families_of_gone,
    forget_chats,
    remove_contents,
)
from storage.work import Work

RETENTION = "retention"
#: Families in one night; the others follow in the next ones.
MOST = 500
#: Messages in one night: a county's day has about twelve thousand.
MOST_MESSAGES = 50_000
#: Days in which a removed content is looked for again, should the program have died meanwhile.
LOOK_BACK = 7


class Retention(Daily):
    """One sweep a night; how much went stands in the journal, not what it was."""

    name = RETENTION

    def clocks(self) -> Mapping[str, time]:
        """When nobody is at work."""
        return {RETENTION: time(3)}

    async def attend(self, database: Database, now: datetime, row_id: int) -> None:
        """Afterwards the engine sees how full its tables are by now."""
        await super().attend(database, now, row_id)
        await database.take_stock()

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """What has outlived its period, kind by kind; how much stands in the journal."""
        kept = self.means.policy.privacy

        def days_ago(days: int) -> datetime:
            return work.now - timedelta(days=days)

        gone = {
            "updates": await drop_handled_before(work, days_ago(kept.updates_kept_days)),
            "drafts": await drop_untouched_since(work, days_ago(kept.drafts_kept_days)),
            "looks": await drop_looks_before(work, days_ago(kept.looks_kept_days)),
            "chats": await self._release(work, calendar),
            "given_up": await forget_chats(
                work, days_ago(kept.places_kept_days), days_ago(kept.chats_kept_days)
            ),
            "files": await age_out_files(work, days_ago(kept.files_kept_days)),
            "messages": await empty_messages_before(
                work, days_ago(kept.messages_kept_days), MOST_MESSAGES
            ),
            "words": await drop_words_before(work, days_ago(kept.words_kept_days)),
            "answers": await drop_answers_before(work, days_ago(kept.words_kept_days)),
            "listed": await drop_grown(work, self._grown_before(calendar, work.now)),
        }
        await remove_contents(await contents_to_remove(work, days_ago(LOOK_BACK), work.now))
        if any(gone.values()):
            told = {name: count for name, count in gone.items() if count}
            work.journal(Entry("retention_swept", "retention", public=told))

    def _grown_before(self, calendar: Calendar, now: datetime) -> date:
        """Who was born before that day has been too old for the list for long enough."""
        policy = self.means.policy
        on = calendar.local_date(now) - timedelta(days=policy.privacy.listed_kept_days)
        return due_since(policy.intake, on)

    async def _release(self, work: Work, calendar: Calendar) -> int:
        """The chats of families whose child has been gone for long enough."""
        today = calendar.local_date(work.now)
        since = today - timedelta(days=self.means.policy.privacy.chats_kept_days)
        found = await families_of_gone(work, since, MOST)
        book = Book(self.means.policy, calendar)
        for person_id, links in found.items():
            party = await party_of(work, person_id, book, today)
            await carry_out(work, school_is_over(party, links, work.now))
        return len(found)
