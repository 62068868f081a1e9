"""The duties of time, in the order in which a turn does them: one line each."""

from __future__ import annotations

from collections.abc import Callable

from bot.ticks.all_clear import AllClearLines
from bot.ticks.auditor import Auditor
from bot.ticks.base import Means, Tick
from bot.ticks.calendar_year import CalendarYear
from bot.ticks.children import Arrivals, CaseReviews, Claims, Searches, SecondAlerts
from bot.ticks.digests import Digests, MorningLines, OverdueCards
from bot.ticks.drills import TermQuestions
from bot.ticks.families import Illnesses, WeeklyTotals, WeekSentences
from bot.ticks.papers import Papers
from bot.ticks.reconciling import Reconciling
from bot.ticks.register import RegisterLists
from bot.ticks.reports import PackageSummaries, ReportPlans, Reports, WeeklySummaries
from bot.ticks.retention import Retention
from bot.ticks.rollcalls import RollCalls
from bot.ticks.school_day import SchoolDay
from bot.ticks.tasks import Tasks

TICKS: tuple[Callable[[Means], Tick], ...] = (
    Reconciling,
    SchoolDay,
    Searches,
    Arrivals,
    RollCalls,
    Claims,
    CaseReviews,
    SecondAlerts,
    Tasks,
    Papers,
    Illnesses,
    WeekSentences,
    WeeklyTotals,
    TermQuestions,
    RegisterLists,
    MorningLines,
    OverdueCards,
    WeeklySummaries,
    PackageSummaries,
    CalendarYear,
    Digests,
    ReportPlans,  # what opens at eight has a card of its own, and needs no line in the digest
    Reports,
    AllClearLines,
    Retention,
    Auditor,
)


def all_ticks(means: Means) -> tuple[Tick, ...]:
    """Every duty, made with what it needs."""
    return tuple(make(means) for make in TICKS)
