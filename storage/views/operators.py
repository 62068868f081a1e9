"""What an administrator has to mend."""

from __future__ import annotations

from storage.views import OutboxRow, view
from storage.work import Reading

#: Notices with words of their own.
WORDED = (
    *("late_inbox", "late_outbox", "late_tasks"),
    *("unsayable", "update_set_aside", "calendar_unknown", "paper_template"),
)


@view("operator_notice")
async def operator_notice(read: Reading, row: OutboxRow) -> dict[str, object]:
    """The phrase `operator.LINE` and what it is about."""
    line, about = row.more.get("line", ""), row.more.get("about", "")
    return {"line": line, "about": about, "known": WORDED}
