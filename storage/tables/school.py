"""Units, classes, children, enrolment history, the school calendar."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from storage.tables.columns import (
    day,
    flag,
    instant,
    key,
    number,
    ref,
    sealed,
    text,
    version,
    word,
)
from storage.tables.metadata import metadata

units = Table(
    "units",
    metadata,
    key(),
    word("kind"),
    word("name", size=120, indexed=True),
    word("code", needed=False, indexed=True),
    word("school_kind", needed=False),
    ref("parent_id", "units", needed=False, indexed=True),
    ref("township_id", "units", needed=False, indexed=True),
    ref("merged_into_id", "units", needed=False),
    version(),
    UniqueConstraint("kind", "name"),
)

#: Old school codes and other names of a unit.
unit_aliases = Table(
    "unit_aliases",
    metadata,
    key(),
    ref("unit_id", "units"),
    word("alias", size=120),
    version(),
    UniqueConstraint("alias"),
)

classes = Table(
    "classes",
    metadata,
    key(),
    ref("school_id", "units"),
    number("grade"),
    number("number"),
    instant("live_binding_until"),
    day("since"),
    version(),
    UniqueConstraint("school_id", "grade", "number"),
)

students = Table(
    "students",
    metadata,
    key(),
    ref("school_id", "units"),
    ref("class_id", "classes", indexed=True),
    word("name", size=80),
    word("sex", size=1, needed=False),
    day("birth_on"),
    word("id_kind", size=4),
    sealed("id_number"),
    word("id_hash", size=64, needed=False, indexed=True),
    sealed("register_number"),
    word("register_hash", size=64, needed=False, indexed=True),
    word("seat", size=8, needed=False),
    flag("boards"),
    word("left_behind", needed=False),
    sealed("health"),
    sealed("disability"),
    sealed("address"),
    word("status"),
    day("status_on"),
    word("confirmation"),
    day("suspected_on"),
    flag("on_roster"),
    instant("since"),
    version(),
    Index(None, "school_id", "name"),
    Index(None, "status", "school_id"),
)

#: What the register said of a child until it was corrected; what it says now stands at the child.
past_pupils = Table(
    "past_pupils",
    metadata,
    key(),
    ref("student_id", "students", indexed=True),
    instant("until", needed=True),
    word("name", size=80),
    word("sex", size=1, needed=False),
    day("birth_on"),
    sealed("id_number"),
    sealed("register_number"),
    sealed("disability"),
    word("left_behind", needed=False),
    version(),
)

#: Where a child was until it moved; the present place stands at the child.
past_places = Table(
    "past_places",
    metadata,
    key(),
    ref("student_id", "students", indexed=True),
    ref("school_id", "units", indexed=True),
    ref("class_id", "classes"),
    instant("until", needed=True),
    version(),
)

status_changes = Table(
    "status_changes",
    metadata,
    key(),
    ref("student_id", "students", indexed=True),
    ref("case_id", "cases", needed=False, indexed=True),
    word("old"),
    word("new"),
    day("effective_on", needed=True),
    instant("at", needed=True),
    number("by", needed=False),
    number("confirmed_by", needed=False),
    instant("confirmed_at"),
    sealed("objection"),
    version(),
)

terms = Table(
    "terms",
    metadata,
    key(),
    word("name", size=80),
    day("starts_on", needed=True),
    day("ends_on", needed=True),
    ref("school_id", "units", needed=False),
    version(),
)

#: Calendar days that differ from Monday to Friday: official (seeded), county, school.
days = Table(
    "days",
    metadata,
    key(),
    day("on", needed=True, indexed=True),
    word("scope"),  # official | county | school
    ref("school_id", "units", needed=False),
    flag("is_open"),
    word("label", size=80),
    word("source", size=80),
    number("entered_by", needed=False),
    version(),
)

#: Rows of an import that a person has to look at: near matches, two children for one number.
reviews = Table(
    "reviews",
    metadata,
    key(),
    word("kind"),
    ref("school_id", "units", needed=False),
    ref("student_id", "students", needed=False),
    word("fingerprint", size=64, indexed=True),
    sealed("body"),
    text("reason"),
    instant("opened_at", needed=True),
    instant("decided_at"),
    number("decided_by", needed=False),
    word("decision", needed=False),
    version(),
)

#: What the class teacher adds to the Friday total, once a week and class.
week_sentences = Table(
    "week_sentences",
    metadata,
    key(),
    ref("class_id", "classes"),
    day("on", needed=True),
    sealed("text"),
    ref("by", "people"),
    instant("at", needed=True),
    version(),
    UniqueConstraint("class_id", "on"),
)
