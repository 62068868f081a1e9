"""Attachments of a case by their SHA-256, and who looked at the child's record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select

from rules.model.case import Case
from rules.model.dossier import FileLine, LookLine
from storage.access_log import Look
from storage.attachments import Attachment
from storage.facts.overdue import names_of
from storage.tables.danger import dangers
from storage.tables.plumbing import access_log, attachments
from storage.work import Reading


async def sha256_of(read: Reading, ids: Iterable[int | None]) -> dict[int, str]:
    """The SHA-256 of some attachments, by their number."""
    wanted = {one for one in ids if one is not None}
    found = await read.all(select(attachments).where(attachments.c.id.in_(wanted)), Attachment)
    return {one.id: one.sha256 for one in found}


async def file_lines(read: Reading, case: Case, until: datetime) -> tuple[FileLine, ...]:
    """What people sent about the child while the case ran; nothing that belongs to a danger."""
    secret = select(dangers.c.receipt_file_id).where(dangers.c.receipt_file_id.is_not(None))
    query = select(attachments).where(
        or_(
            attachments.c.case_id == case.id,
            (attachments.c.student_id == case.student_id)
            & attachments.c.received_at.between(case.opened_at, until),
        ),
        attachments.c.id.not_in(secret),
    )
    found = await read.all(query.order_by(attachments.c.received_at, attachments.c.id), Attachment)
    names = await names_of(read, [one.person_id for one in found])
    return tuple(
        FileLine(
            received_at=one.received_at,
            by=names.get(one.person_id or 0),
            media_type=one.media_type,
            size=one.size,
            sha256=one.sha256,
            is_removed=one.removed_at is not None,
        )
        for one in found
    )


async def look_lines(read: Reading, case: Case, until: datetime) -> tuple[LookLine, ...]:
    """Who looked at the child's record while the case ran; nothing about danger."""
    query = select(access_log).where(
        access_log.c.student_id == case.student_id,
        access_log.c.at.between(case.opened_at, until),
        access_log.c.what.not_like("danger%"),
    )
    found = await read.all(query.order_by(access_log.c.at, access_log.c.id), Look)
    names = await names_of(read, [one.person_id for one in found])
    return tuple(LookLine(one.at, names.get(one.person_id or 0), one.what) for one in found)
