"""Files that people send and open again: checked by content, freed of metadata, kept sealed."""

from __future__ import annotations

import mimetypes
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from handlers.context import Context, Enclosure
from papers.attachments import check_attachment
from papers.refusals import PaperRefused
from rules.refusals import BadInput, NotNow
from storage.access_log import note_look
from storage.attachments import Attachment, Parcel, content_of, keep, link
from storage.facts.on_paper import generated_files
from storage.tables.plumbing import attachments

LATEST = 5


@dataclass(frozen=True)
class FileView:
    """What stands under a file that is opened again."""

    received_at: datetime
    child: str


async def keep_enclosure(
    context: Context, enclosure: Enclosure, student_id: int, case_id: int | None = None
) -> int:
    """Store the file that came with this message; its number.  NotNow or BadInput says what is
    wrong."""
    row = await keep_paper(context, enclosure)
    await link(context.work, row.id, student_id, case_id)
    return row.id


async def keep_paper(context: Context, enclosure: Enclosure) -> Attachment:
    """Store a file that is about no child; NotNow or BadInput says what is wrong with it."""
    if enclosure.content is None:
        raise NotNow(enclosure.problem or "refusals.file_unread")
    try:
        checked = check_attachment(enclosure.content)
    except PaperRefused as refused:
        raise BadInput("file") from refused
    parcel = Parcel(checked.content, checked.sha256, checked.mime, enclosure.name)
    return await keep(context.work, parcel, context.actor_id)


async def open_files(
    context: Context, student_id: int, child: str, papers: Collection[int] = ()
) -> int:
    """Send the speaker these papers and the latest files about a child, as they were stored; how
    many.

    Whoever calls has checked that the child may be seen; each look is logged.
    """
    query = select(attachments).where(attachments.c.removed_at.is_(None))
    about = attachments.c.student_id == student_id
    generated = await generated_files(context.work, student_id)
    others = query.where(about, attachments.c.id.not_in({*generated, *papers}))
    newest = others.order_by(attachments.c.received_at.desc()).limit(LATEST)
    found = await context.work.all(query.where(attachments.c.id.in_(papers)), Attachment)
    found += reversed(await context.work.all(newest, Attachment))
    for row in found:
        content = await content_of(context.work, row)
        await note_look(context.work, context.actor_id, student_id, "attachment", row.sha256[:16])
        view = FileView(row.received_at, child)
        await context.hand_over(_name(row), content, "opened_file", view)
    return len(found)


def _name(row: Attachment) -> str:
    """A name of our own, by the kind of content: names from outside never become paths."""
    ending = mimetypes.guess_extension(row.media_type) or ".bin"
    return f"{row.received_at:%Y%m%d-%H%M}{ending}"
