"""When families hear something that nobody asked for (rules.md 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rules.calendar import SchoolCalendar
from rules.decision import Decision, Entry
from rules.model.school import WeekSentence
from rules.policy.sections import Alerts
from rules.refusals import BadInput


def is_illness_day(from_on: date, today: date, calendar: SchoolCalendar, every: int) -> bool:
    """Tell whether a running illness is asked about today: every second school day after the
    first (rules.md 7, Repetition)."""
    if not calendar.is_school_day(today):
        return False
    ill = len(calendar.school_days(from_on, today)) - 1
    return ill > 0 and ill % every == 0


def tells_the_week(total: int, numbers: Alerts) -> bool:
    """Tell whether a family gets the Friday total: two or more absences this term."""
    return total >= numbers.friday_total_from_absences


#: With the total the text stays as short as an alert (rules.md 7).
LONGEST_SENTENCE = 60


def keep_sentence(known: WeekSentence | None, new: WeekSentence) -> Decision:
    """The class teacher's sentence of this week; said again, the later one counts."""
    text = " ".join(new.text.split())
    if not text or len(text) > LONGEST_SENTENCE:
        raise BadInput("week_sentence", at_most=LONGEST_SENTENCE)
    kept = replace(new, text=text)
    if known is not None:
        kept = replace(known, text=text, by=new.by, at=new.at)
    line = Entry("sentence_said", f"class:{new.class_id}", new.by, {"on": new.on.isoformat()})
    return Decision((kept,), entries=(line,))
