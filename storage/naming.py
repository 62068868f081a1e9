"""The one place where a view for staff takes a child's name from (privacy.md D2)."""

from __future__ import annotations

from rules.model.school import Student
from rules.naming import shown_name
from storage.work import Reading


def child_name(read: Reading, child: Student) -> str:
    """The child as this county names it to staff; families' messages do not come here."""
    return shown_name(child, read.staff_names)
