"""The sections of the policy other than tasks; each names its paragraph of rules.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from rules.policy.reading import between
from rules.policy.spans import Span, Unit


def _school_days(amount: int) -> Span:
    return Span(amount, Unit.SCHOOL_DAYS)


def _working_days(amount: int) -> Span:
    return Span(amount, Unit.WORKING_DAYS)


@dataclass(frozen=True)
class CalendarRules:
    """rules.md 1."""

    june_first_off_up_to_grade: int = between(0, 9, 6)
    #: From the first of this month the administrator is asked for next year's calendar.
    ask_for_next_year_from_month: int = between(1, 12, 11)


@dataclass(frozen=True)
class RollCall:
    """rules.md 2, first to fourth paragraph."""

    ask_at: time = time(8, 10)
    due_at: time = time(9)
    evening_ask_at: time = time(20, 30)
    evening_due_at: time = time(21)


@dataclass(frozen=True)
class Leave:
    """rules.md 2, Leave.  All limits are school days of unbroken leave; "over" is more than."""

    hold_school_days: int = between(0, 30, 3)
    proof_over_school_days: int = between(0, 200, 3)
    leader_over_school_days: int = between(0, 200, 10)
    section_over_school_days: int = between(0, 200, 20)
    #: The section decides this and every further leave over `leader_over_school_days` in a term.
    section_at_nth_long_leave: int = between(1, 99, 3)
    #: Over so many self-declared days within so many calendar days the teacher must call.
    call_over_self_declared_days: int = between(0, 200, 3)
    self_declared_within_days: int = between(1, 366, 30)


@dataclass(frozen=True)
class Episode:
    """rules.md 3: the watch item for days that add up."""

    watch_percent_of_term: int = between(1, 100, 10)
    watch_at_least_days: int = between(1, 200, 3)


@dataclass(frozen=True)
class Status:
    """rules.md 4: the two thresholds; each is passed by more than this."""

    suspected_after_school_days: int = between(1, 60, 5)
    dropout_after_months: int = between(1, 12, 1)
    vacation_counts: bool = True


@dataclass(frozen=True)
class CaseRules:
    """rules.md 5: when a case goes on."""

    persuade_after_failed_calls: int = between(1, 20, 1)
    persuade_at_counted_days: int = between(1, 60, 2)
    contact_every: Span = field(default=_school_days(3))
    home_visit_by_counted_days: int = between(1, 60, 3)
    persuasion_fails_after_suspected: Span = field(default=_school_days(3))
    unreachable_after_failed_contacts: int = between(1, 20, 2)
    second_persuasion_days: int = between(1, 90, 7)
    notice_goes_on_after: Span = field(default=_school_days(5))
    report_due: Span = field(default=_school_days(1))
    report_acknowledged_within: Span = field(default=_working_days(1))
    report_goes_on_after: Span = field(default=_working_days(3))
    township_notified_within: Span = field(default=_working_days(2))
    township_accepts_within: Span = field(default=_working_days(2))
    joint_persuasion_every: Span = field(default=_school_days(5))
    stabilised_after_school_days: int = between(0, 200, 10)
    ask_guardian_about_visit: bool = True


@dataclass(frozen=True)
class SafetyLane:
    """rules.md 5, Safety lane."""

    arrives_within: Span = field(default=Span(60))
    teacher_looks_within: Span = field(default=Span(15))
    carer_answers_within: Span = field(default=Span(15))
    repeat_every: Span = field(default=Span(30))
    handled_silences_for: Span = field(default=Span(60))


@dataclass(frozen=True)
class Engine:
    """rules.md 6: what holds for every kind of task."""

    #: A window not longer than this has no reminders a span before due.
    short_window: Span = field(default=Span(180))
    pause_at_most_working_days: int = between(1, 30, 3)
    #: [已阅] delays the climb by one step of this length.
    note_delays_by: Span = field(default=_working_days(1))
    returned_paper_due: Span = field(default=_school_days(1))
    approval_shown_to_section_after: Span = field(default=_working_days(1))


@dataclass(frozen=True)
class Noise:
    """rules.md 6, Noise: digests and budgets of rings."""

    digests: tuple[time, ...] = (time(8), time(16))
    leader_line_at: time = time(9, 20)
    leader_overdue_at: time = time(16)
    section_digests: tuple[time, ...] = (time(8), time(16))
    section_friday_at: time = time(12, 5)
    #: The section's day in numbers, with the head of the journal, on working days.
    section_day_line_at: time = time(17, 30)
    deadline_near: Span = field(default=Span(60))
    teacher_rings_a_day: int = between(1, 1000, 5)
    head_rings_a_week: int = between(1, 1000, 15)
    section_rings_on_friday: int = between(1, 1000, 10)
    guardian_rings_an_absence: int = between(1, 1000, 2)


@dataclass(frozen=True)
class QuietHours:
    """rules.md 6, Quiet hours: from the evening until the morning; they hold delivery only."""

    staff_from: time = time(20)
    staff_until: time = time(7, 30)
    guardians_from: time = time(21)
    guardians_until: time = time(7)


@dataclass(frozen=True)
class Alerts:
    """rules.md 2 and 7: alerts to guardians."""

    after_submission: Span = field(default=Span(3))
    text_at_most_characters: int = between(20, 500, 60)
    chains_a_day: int = between(1, 10, 1)
    chains_a_week: int = between(1, 50, 3)
    illness_asked_every_days: int = between(1, 30, 2)
    illness_asked_at: time = time(7, 10)
    friday_total_from_absences: int = between(1, 10, 2)
    friday_total_at: time = time(16, 30)
    #: When class teachers are asked for the sentence that goes with it.
    friday_sentence_asked_at: time = time(15)
    tell_good_weeks: bool = False
    #: How long [现场绑定] confirms bindings by itself (conversations.md).
    on_site_binding_for: Span = field(default=Span(60))


@dataclass(frozen=True)
class Binding:
    """Binding people to chats (data.md), and strangers (conversations.md)."""

    code_valid_days: int = between(1, 90, 14)
    wrong_codes_a_day: int = between(1, 100, 5)
    useless_messages: int = between(1, 100, 5)


@dataclass(frozen=True)
class Whereabouts:
    """rules.md 7, Whereabouts clock; spans count from the alert."""

    call_teacher_after: Span = field(default=Span(30))
    second_alert_after: Span = field(default=Span(60))
    leader_after: Span = field(default=Span(120))
    head_after: Span = field(default=Span(180))
    #: For grades up to `early_up_to_grade`, boarders and children with a category.
    section_at_early: time = time(14)
    section_at: time = time(16)
    bureau_at: time = time(17)
    min_between_levels: Span = field(default=Span(30))
    early_up_to_grade: int = between(0, 9, 6)


@dataclass(frozen=True)
class BulkGuard:
    """Bulk guard (architecture.md): a roll call or import that is held for confirmation."""

    percent_of_school: int = between(1, 100, 40)
    at_least_children: int = between(1, 10000, 20)
    section_asked_after: Span = field(default=Span(30))
    released_after: Span = field(default=Span(60))


@dataclass(frozen=True)
class Limits:
    """What the messenger allows, and when the program calls for help (architecture.md)."""

    messages_a_second: int = between(1, 1000, 30)
    chat_messages_a_second: int = between(1, 10, 1)
    message_characters: int = between(100, 4096, 4096)
    uncertain_resent_after: Span = field(default=Span(1))
    waits_at_most: Span = field(default=Span(15))
    longest_waiting_one_in: int = between(2, 1000, 30)
    overdue_alarm_after: Span = field(default=Span(5))
    clock_jump: Span = field(default=Span(1440))


class StaffNames(StrEnum):
    """How a child is named to staff (privacy.md D2): 李一, 李*, or by its number."""

    FULL = "full"
    MASKED = "masked"
    NUMBER = "number"


@dataclass(frozen=True)
class Privacy:
    """privacy.md D2: the least that a reader needs; D8: and no longer than it is needed."""

    staff_names: StaffNames = StaffNames.FULL
    #: What came from Telegram, in its own words, after it was handled.
    updates_kept_days: int = between(7, 365, 30)
    #: What somebody began to write and never sent.
    drafts_kept_days: int = between(2, 365, 30)
    #: The chats of a family whose child has moved away or finished school, or that left with
    #: `/stop` and may come back.
    chats_kept_days: int = between(0, 365, 30)
    #: Where messages stand in a chat that was given up; Telegram lets them be edited for 48 hours.
    places_kept_days: int = between(2, 365, 2)
    #: Who looked at what.
    looks_kept_days: int = between(180, 3650, 1095)
    #: What people sent about a child without a running case: notes, photos, voice.
    files_kept_days: int = between(365, 36500, 1825)
    #: What messages said and where they stood; that they were sent, to whom and when, stays.
    messages_kept_days: int = between(90, 3650, 365)
    #: What people said in their own words in the journal and in replies, but in running cases.
    words_kept_days: int = between(365, 36500, 1825)
    #: Lines of the age-eligible list, after the child has come of age to leave school.
    listed_kept_days: int = between(0, 3650, 365)


@dataclass(frozen=True)
class Reconciliation:
    """rules.md 8: register and rosters compared at the beginning of a term."""

    #: Every school's comparison is done so long after the first school day of the term.
    due_after: Span = field(default=Span(14, Unit.DAYS))
    #: In autumn at the latest so many working days before the yearly package.
    working_days_before_package: int = between(0, 20, 2)
    #: Until then a new pupil of grade 1 or 7 waits for the registration, from the first day on.
    register_new_by: Span = field(default=Span(30, Unit.DAYS))
    #: A grade-6 leaver whom no junior school has by then is a case.
    leavers_late_after: Span = field(default=_school_days(3))


@dataclass(frozen=True)
class Reaching:
    """Plan 二(二)1: whether families can be reached, and the question of the term."""

    #: A family of which nothing was heard for so long is on the repair list.
    silent_after_days: int = between(7, 366, 90)
    #: On this school day of a term everybody on a chat is asked whether number and address hold.
    asked_on_school_day: int = between(1, 60, 3)
    asked_at: time = time(16, 30)
    #: Who has not answered that for so long is on the repair list.
    unanswered_after_days: int = between(1, 90, 7)


@dataclass(frozen=True)
class Intake:
    """rules.md 8: the age-eligible list, and who has to be in school."""

    #: A child is due in grade 1 in the autumn of the year in which it is so old by this day.
    entry_age: int = between(5, 8, 6)
    entry_month: int = between(1, 12, 8)
    entry_day: int = between(1, 31, 31)
    #: And stays due until the end of this grade.
    last_grade: int = between(1, 12, 9)
    #: Whoever is due in grade 1 is not looked for before the first rosters have come.
    newcomers_wait: Span = field(default=_school_days(10))
