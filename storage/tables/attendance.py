"""Roll calls, marks, leave, questions to families and their replies."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint, text

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
from storage.tables.metadata import metadata

roll_calls = Table(
    "roll_calls",
    metadata,
    key(),
    ref("class_id", "classes"),
    ref("school_id", "units"),
    day("on", needed=True),
    word("session"),
    instant("ask_at", needed=True),
    instant("due_at", needed=True),
    word("state"),
    listing("picks"),
    instant("submitted_at"),
    number("submitted_by", needed=False),
    instant("release_at"),
    instant("next_at"),
    number("page", needed=False),
    version(),
    UniqueConstraint("class_id", "on", "session"),
    Index(None, "school_id", "on"),
)
Index(
    "ix_roll_calls_due",
    roll_calls.c.next_at,
    sqlite_where=text("next_at IS NOT NULL"),
    postgresql_where=text("next_at IS NOT NULL"),
)

marks = Table(
    "marks",
    metadata,
    key(),
    ref("student_id", "students"),
    day("on", needed=True),
    word("session"),
    word("kind"),
    number("recorded_by", needed=False),
    instant("recorded_at", needed=True),
    word("claim", needed=False),
    number("seen_by", needed=False),
    instant("seen_at"),
    flag("late"),
    flag("void"),
    sealed("reason"),
    version(),
    UniqueConstraint("student_id", "on", "session"),
    Index(None, "on"),
)

leaves = Table(
    "leaves",
    metadata,
    key(),
    ref("student_id", "students", indexed=True),
    word("kind"),
    day("from_on", needed=True),
    day("back_on"),
    number("asked_by", needed=False),
    number("noted_by", needed=False),
    word("way"),
    instant("asked_at", needed=True),
    word("state"),
    number("decided_by", needed=False),
    instant("decided_at"),
    flag("has_proof"),
    number("approved_level"),
    version(),
    Index(None, "kind", "state", "back_on"),
)

questions = Table(
    "questions",
    metadata,
    key(),
    ref("student_id", "students"),
    ref("case_id", "cases", needed=False),
    day("on", needed=True, indexed=True),
    instant("asked_at", needed=True),
    flag("is_automatic"),
    instant("second_at"),
    instant("answered_at"),
    number("answered_by", needed=False),
    word("answer", needed=False),
    instant("confirm_at"),
    version(),
    UniqueConstraint("student_id", "on"),
)
for _column in ("second_at", "confirm_at"):
    Index(
        f"ix_questions_due_{_column}",
        questions.c[_column],
        sqlite_where=text(f"{_column} IS NOT NULL"),
        postgresql_where=text(f"{_column} IS NOT NULL"),
    )

replies = Table(
    "replies",
    metadata,
    key(),
    ref("student_id", "students", needed=False, indexed=True),
    ref("person_id", "people", indexed=True),
    ref("question_id", "questions", needed=False, indexed=True),
    ref("case_id", "cases", needed=False, indexed=True),
    word("kind"),
    instant("at", needed=True),
    sealed("body"),
    ref("attachment_id", "attachments", needed=False),
    sealed("detail"),
    word("classified_as", needed=False),
    number("classified_by", needed=False),
    version(),
)
