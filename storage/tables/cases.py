"""Cases, tasks, the contact log, the safety lane."""

from __future__ import annotations

from sqlalchemy import Index, Table, text

from storage.tables.columns import (
    day,
    flag,
    instant,
    key,
    listing,
    number,
    ref,
    sealed,
    version,
    word,
)
from storage.tables.columns import text as long_text
from storage.tables.metadata import metadata

cases = Table(
    "cases",
    metadata,
    key(),
    ref("student_id", "students", indexed=True),
    ref("school_id", "units"),
    word("stage"),
    word("state"),
    instant("opened_at", needed=True),
    day("first_absent_on", needed=True),
    long_text("policy", needed=True),
    number("counted"),
    number("untaken"),
    number("responsible_id", needed=False),
    number("level"),
    instant("level_at"),
    day("seen_on"),
    day("signed_on"),
    instant("last_contact_at"),
    instant("last_reached_at"),
    day("agreed_on"),
    instant("refused_at"),
    number("failed_contacts"),
    flag("visited_home"),
    word("reason", needed=False),
    number("round"),
    instant("stage_at"),
    instant("stage_ends_at"),
    day("served_on"),
    day("notice_until"),
    listing("marks"),
    instant("review_at"),
    day("watch_until"),
    word("ended_as", needed=False),
    instant("ended_at"),
    number("ended_by", needed=False),
    version(),
    Index(None, "state", "school_id"),
)
Index(
    "uq_cases_one_open_per_child",
    cases.c.student_id,
    unique=True,
    sqlite_where=text("state <> 'closed'"),
    postgresql_where=text("state <> 'closed'"),
)
Index(
    "ix_cases_due",
    cases.c.review_at,
    sqlite_where=text("review_at IS NOT NULL"),
    postgresql_where=text("review_at IS NOT NULL"),
)

contacts = Table(
    "contacts",
    metadata,
    key(),
    ref("student_id", "students", indexed=True),
    ref("case_id", "cases", needed=False, indexed=True),
    number("by"),
    instant("at", needed=True),
    word("means"),
    flag("reached"),
    sealed("whom"),
    word("reason", needed=False),
    word("result", needed=False),
    day("agreed_on"),
    sealed("note"),
    ref("attachment_id", "attachments", needed=False),
    number("acting_for", needed=False),
    version(),
)

tasks = Table(
    "tasks",
    metadata,
    key(),
    word("kind"),
    word("subject", size=60),
    ref("owner_id", "people"),
    instant("opened_at", needed=True),
    instant("due_at", needed=True),
    ref("student_id", "students", needed=False, indexed=True),
    ref("case_id", "cases", needed=False, indexed=True),
    ref("school_id", "units", needed=False, indexed=True),
    ref("class_id", "classes", needed=False),
    number("level"),
    number("step"),
    instant("next_at"),
    word("state"),
    instant("done_at"),
    number("done_by", needed=False),
    number("acting_for", needed=False),
    word("outcome", needed=False),
    number("shift_s"),
    listing("noted_levels"),
    listing("paused_levels"),
    sealed("note"),
    version(),
    Index(None, "owner_id", "state"),
    Index(None, "state", "owner_id"),
)
Index(
    "ix_tasks_due",
    tasks.c.next_at,
    sqlite_where=text("next_at IS NOT NULL"),
    postgresql_where=text("next_at IS NOT NULL"),
)
#: At most one open task of a kind about one subject.
Index(
    "uq_tasks_one_open_per_subject",
    tasks.c.kind,
    tasks.c.subject,
    unique=True,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)

safety = Table(
    "safety",
    metadata,
    key(),
    ref("student_id", "students"),
    ref("case_id", "cases", needed=False),
    word("why"),
    word("state"),
    instant("opened_at", needed=True),
    instant("next_at"),
    sealed("last_seen"),
    listing("told"),
    listing("silenced"),
    number("rounds"),
    instant("ended_at"),
    number("ended_by", needed=False),
    word("ended_as", needed=False),
    sealed("found_note"),
    version(),
)
Index(
    "ix_safety_due",
    safety.c.next_at,
    sqlite_where=text("next_at IS NOT NULL"),
    postgresql_where=text("next_at IS NOT NULL"),
)
Index(
    "uq_safety_one_running_per_child",
    safety.c.student_id,
    unique=True,
    sqlite_where=text("state <> 'ended'"),
    postgresql_where=text("state <> 'ended'"),
)

#: Rhythms of the county (daily roll-call opening, digests, 09:20 line, sweeps): next instant each.
rhythms = Table(
    "rhythms",
    metadata,
    key(),
    word("name", size=60),
    instant("next_at", needed=True, indexed=True),
    version(),
    Index(None, "name", unique=True),
)
