"""The figures of one running bot, in Prometheus' words; those of the database are read at scrape.

No name, id or text of a person stands in a figure or a label.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.outcomes import Fate
from storage.ageing import Ages
from storage.outbox import Outgoing

#: From the instant a message was due until Telegram took it.
DELAYS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600)
#: What may still arrive, or has; of all other fates the message is given up.
TRIED_AGAIN = (Fate.THROTTLED, Fate.UNREACHABLE, Fate.SIGNED_OUT, Fate.UNCERTAIN)
SPANS = (0.001, 0.005, 0.02, 0.1, 0.5, 2, 10)


class Figures:
    """Counts while the bot works; `text` is what Prometheus reads."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        #: Whether the last sign of life could be written into the database.
        self.is_writable = True
        self._registry = registry = CollectorRegistry()
        self._delivered = Counter(
            "guixiao_delivered", "Messages that Telegram accepted.", ["lane"], registry=registry
        )
        self._delay = Histogram(
            "guixiao_delivery_delay_seconds",
            "From due until accepted, on the county's clock.",
            ["lane"],
            buckets=DELAYS,
            registry=registry,
        )
        self._unsettled = Counter(
            "guixiao_sendings_failed", "Calls that did not deliver.", ["fate"], registry=registry
        )
        self._given_up = Counter(
            "guixiao_given_up", "Messages never delivered, by cause.", ["cause"], registry=registry
        )
        self._tick_rows = Counter(
            "guixiao_tick_rows", "Rows that a duty of time served.", ["tick"], registry=registry
        )
        self._tick_span = Histogram(
            "guixiao_tick_seconds",
            "How long a duty of time took.",
            ["tick"],
            buckets=SPANS,
            registry=registry,
        )
        self._tick_failures = Counter(
            "guixiao_tick_failures", "Duties that failed as a whole.", ["tick"], registry=registry
        )
        self._turns = Gauge("guixiao_engine_turns", "Full turns since start.", registry=registry)
        self._by_lane = Gauge(
            "guixiao_outbox_waiting", "Messages not sent yet.", ["lane"], registry=registry
        )
        self._outbox_age = Gauge(
            "guixiao_outbox_oldest_seconds", "Age of the oldest due message.", registry=registry
        )
        self._inbox = Gauge("guixiao_inbox_waiting", "Updates to handle.", registry=registry)
        self._inbox_age = Gauge(
            "guixiao_inbox_oldest_seconds", "Age of the oldest of them.", registry=registry
        )
        self._aside = Gauge(
            "guixiao_inbox_aside", "Updates that failed and were set aside.", registry=registry
        )
        self._uncertain = Gauge(
            "guixiao_outbox_uncertain", "Messages that may have arrived.", registry=registry
        )
        self._overdue = Gauge("guixiao_tasks_overdue", "Open tasks past due.", registry=registry)

    def delivered(self, rows: Iterable[Outgoing], now: datetime) -> None:
        """Telegram accepted a message; `rows` are all that travelled in it."""
        for row in rows:
            known = [one for one in (row.created_at, row.not_before) if one and one <= now]
            since = max(known, default=now)
            self._delivered.labels(row.lane.value).inc()
            self._delay.labels(row.lane.value).observe((now - since).total_seconds())

    def failed(self, fate: Fate, cause: str) -> None:
        """A call did not deliver."""
        self._unsettled.labels(fate.value).inc()
        if fate not in TRIED_AGAIN:
            self._given_up.labels(cause[:40] or "unknown").inc()

    def ticked(self, tick: str, rows: int, seconds: float) -> None:
        """A duty of time has been done."""
        self._tick_rows.labels(tick).inc(rows)
        self._tick_span.labels(tick).observe(seconds)

    def tick_failed(self, tick: str) -> None:
        """A duty of time has failed as a whole."""
        self._tick_failures.labels(tick).inc()

    def text(self, ages: Ages, turns: int) -> bytes:
        """Everything, with what the database says now."""
        self._turns.set(turns)
        self._by_lane.clear()
        for lane, number in ages.waiting_by_lane.items():
            self._by_lane.labels(lane).set(number)
        self._outbox_age.set(ages.outbox_oldest_s)
        self._inbox.set(ages.inbox_waiting)
        self._inbox_age.set(ages.inbox_oldest_s)
        self._aside.set(ages.inbox_aside)
        self._uncertain.set(ages.uncertain)
        self._overdue.set(ages.tasks_overdue)
        return generate_latest(self._registry)
