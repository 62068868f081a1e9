"""A photo or file that proves an act: stamped copy, proof of service, receipt."""

from __future__ import annotations

from handlers.context import Context
from handlers.files import keep_enclosure
from handlers.staff.cards import Seen
from rules.refusals import BadInput, OldButton
from storage.attachments import Attachment, attachment_by_id

#: How a proof may be sent; a voice note proves nothing.
SORTS = ("photo", "document")


async def received(context: Context, seen: Seen, field: str) -> Attachment:
    """The file that came with this message, stored; BadInput says what was expected."""
    if context.enclosure is None or context.enclosure.sort not in SORTS:
        raise BadInput(field)
    if seen.task.student_id is None:
        raise OldButton
    student_id, case_id = seen.task.student_id, seen.task.case_id
    file_id = await keep_enclosure(context, context.enclosure, student_id, case_id)
    found = await attachment_by_id(context.work, file_id)
    if found is None:
        raise BadInput(field)
    return found
