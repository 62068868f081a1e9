"""What was said to the family and by it, what was tried, and the searches."""

from __future__ import annotations

from sqlalchemy import or_, select

from rules.masking import masked_text
from rules.messages.catalogue import audience_of
from rules.model.attendance import Answer, Reply
from rules.model.case import Case, Contact, Safety
from rules.model.dossier import ContactLine, ReplyLine, SearchLine, SentLine
from rules.quiet import Audience
from storage.casefile.files import sha256_of
from storage.casefile.sight import PROTECTED_REASONS, Sight
from storage.facts.overdue import names_of
from storage.outbox import Outgoing
from storage.tables.attendance import replies
from storage.tables.cases import contacts, safety
from storage.tables.plumbing import outbox
from storage.work import Reading


async def sent_lines(read: Reading, case: Case) -> tuple[SentLine, ...]:
    """Every message to a guardian, whether it went out, or why not."""
    query = select(outbox).where(outbox.c.case_id == case.id, outbox.c.person_id.is_not(None))
    found = [
        one
        for one in await read.all(query.order_by(outbox.c.created_at, outbox.c.id), Outgoing)
        if audience_of(one.kind) is Audience.GUARDIANS and one.created_at is not None
    ]
    names = await names_of(read, [one.person_id for one in found])
    return tuple(
        SentLine(
            at=one.delivered_at or one.created_at or case.opened_at,
            kind=one.kind,
            to=names.get(one.person_id or 0, ""),
            state=one.state.value,
            cause=one.cause,
        )
        for one in found
    )


async def reply_lines(read: Reading, case: Case) -> tuple[ReplyLine, ...]:
    """Everything the guardians said, in their words."""
    query = select(replies).where(replies.c.case_id == case.id)
    found = await read.all(query.order_by(replies.c.at, replies.c.id), Reply)
    names = await names_of(read, [one.person_id for one in found])
    sums = await sha256_of(read, [one.attachment_id for one in found])
    return tuple(
        ReplyLine(
            at=one.at,
            who=names[one.person_id],
            answer=(one.classified_as or one.kind).value,
            body=masked_text(one.body) if one.body else None,
            sha256=sums.get(one.attachment_id or 0),
            is_emptied=one.kind is Answer.TEXT and one.body is None,
        )
        for one in found
    )


async def contact_lines(read: Reading, case: Case, sight: Sight) -> tuple[ContactLine, ...]:
    """The contact log (劝返记录) with home visits and what townships tried."""
    query = select(contacts).where(contacts.c.case_id == case.id)
    found = await read.all(query.order_by(contacts.c.at, contacts.c.id), Contact)
    names = await names_of(read, [n for one in found for n in (one.by, one.acting_for)])
    sums = await sha256_of(read, [one.attachment_id for one in found])
    return tuple(
        ContactLine(
            at=one.at,
            by=names[one.by],
            acting_for=names.get(one.acting_for or 0),
            means=one.means,
            reached=one.reached,
            whom=masked_text(one.whom) if one.whom else None,
            result=one.result,
            reason=_reason(one, sight),
            agreed_on=one.agreed_on,
            note=masked_text(one.note) if one.note else None,
            sha256=sums.get(one.attachment_id or 0),
        )
        for one in found
    )


def _reason(contact: Contact, sight: Sight) -> str | None:
    reason = contact.reason.value if contact.reason else None
    return "protected" if reason in PROTECTED_REASONS and not sight.protected else reason


async def search_lines(read: Reading, case: Case) -> tuple[SearchLine, ...]:
    """The runs of the safety lane."""
    query = select(safety).where(
        or_(
            safety.c.case_id == case.id,
            (safety.c.student_id == case.student_id) & (safety.c.opened_at >= case.opened_at),
        )
    )
    found = await read.all(query.order_by(safety.c.opened_at), Safety)
    if case.ended_at is not None:
        found = [one for one in found if one.case_id == case.id or one.opened_at <= case.ended_at]
    names = await names_of(read, [one.ended_by for one in found])
    return tuple(
        SearchLine(
            why=one.why,
            opened_at=one.opened_at,
            last_seen=one.last_seen,
            rounds=one.rounds,
            ended_at=one.ended_at,
            ended_by=names.get(one.ended_by or 0),
            ended_as=one.ended_as,
            found_note=masked_text(one.found_note) if one.found_note else None,
        )
        for one in found
    )
