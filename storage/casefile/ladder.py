"""The upper stages on paper: papers, service, townships, closings."""

from __future__ import annotations

from sqlalchemy import select

from rules.masking import masked_text
from rules.model.case import Case
from rules.model.dossier import ClosingLine, PaperLine, ReferralLine, ServiceLine
from rules.model.ladder import Closing, Paper, Referral, Service
from storage.casefile.files import sha256_of
from storage.facts.overdue import names_of
from storage.tables.ladder import closings, papers, referrals, services
from storage.tables.school import units
from storage.work import Reading


async def paper_lines(read: Reading, case: Case) -> tuple[PaperLine, ...]:
    """Notices, reports and the bureau's papers with number, approval and SHA-256."""
    query = select(papers).where(papers.c.case_id == case.id)
    found = await read.all(query.order_by(papers.c.prepared_at, papers.c.id), Paper)
    names = await names_of(
        read, [n for one in found for n in (one.prepared_by, one.approved_by, one.acting_for)]
    )
    sums = await sha256_of(
        read, [n for one in found for n in (one.file_id, one.draft_file_id, one.stamped_file_id)]
    )
    issuers = await _unit_names(read, {one.unit_id for one in found})
    return tuple(
        PaperLine(
            kind=one.kind.value,
            number=one.number,
            year=one.year,
            round=one.round,
            unit=issuers.get(one.unit_id, ""),
            state=one.state.value,
            prepared_by=names.get(one.prepared_by or 0),
            prepared_at=one.prepared_at,
            approved_by=names.get(one.approved_by or 0),
            approved_at=one.approved_at,
            acting_for=names.get(one.acting_for or 0),
            returns=one.returns,
            comment=_said(one.comment),
            sha256=sums.get(one.file_id or one.draft_file_id or 0),
            stamped_sha256=sums.get(one.stamped_file_id or 0),
        )
        for one in found
    )


async def service_lines(read: Reading, case: Case) -> tuple[ServiceLine, ...]:
    """How each notice was served (送达回证)."""
    query = select(services).where(services.c.case_id == case.id)
    found = await read.all(query.order_by(services.c.at, services.c.id), Service)
    names = await names_of(read, [n for one in found for n in (one.by, one.acting_for)])
    sums = await sha256_of(read, [one.proof_file_id for one in found])
    of = {one.paper_id for one in found}
    served = {
        one.id: one for one in await read.all(select(papers).where(papers.c.id.in_(of)), Paper)
    }
    return tuple(
        ServiceLine(
            number=served[one.paper_id].number,
            year=served[one.paper_id].year,
            way=one.way.value,
            on=one.on,
            by=names[one.by],
            acting_for=names.get(one.acting_for or 0),
            receiver=_said(one.receiver),
            witnesses=_said(one.witnesses),
            sha256=sums.get(one.proof_file_id),
        )
        for one in found
    )


async def referral_lines(read: Reading, case: Case) -> tuple[ReferralLine, ...]:
    """What the townships did."""
    query = select(referrals).where(referrals.c.case_id == case.id)
    found = await read.all(query.order_by(referrals.c.opened_at, referrals.c.id), Referral)
    names = await names_of(read, [n for one in found for n in (one.sent_by, one.accepted_by)])
    sums = await sha256_of(read, [one.receipt_file_id for one in found])
    named = await _unit_names(read, {one.township_id for one in found})
    return tuple(
        ReferralLine(
            township=named.get(one.township_id, ""),
            is_residence=one.is_residence,
            state=one.state.value,
            opened_at=one.opened_at,
            sent_at=one.sent_at,
            sent_by=names.get(one.sent_by or 0),
            accepted_at=one.accepted_at,
            accepted_by=names.get(one.accepted_by or 0),
            responsible=_said(one.responsible),
            declined_at=one.declined_at,
            reason=_said(one.reason),
            last_contact_at=one.last_contact_at,
            sha256=sums.get(one.receipt_file_id or 0),
        )
        for one in found
    )


async def closing_lines(read: Reading, case: Case) -> tuple[ClosingLine, ...]:
    """Requests to end the case without a return: proof, head, second person."""
    query = select(closings).where(closings.c.case_id == case.id)
    found = await read.all(query.order_by(closings.c.asked_at, closings.c.id), Closing)
    names = await names_of(
        read,
        [
            n
            for one in found
            for n in (one.asked_by, one.confirmed_by, one.head_by, one.section_by)
        ],
    )
    sums = await sha256_of(read, [one.proof_file_id for one in found])
    schools = await _unit_names(read, {one.receiving_id for one in found if one.receiving_id})
    return tuple(
        ClosingLine(
            reason=one.reason.value,
            state=one.state.value,
            asked_by=names[one.asked_by],
            asked_at=one.asked_at,
            words=_said(one.words),
            receiving=schools.get(one.receiving_id or 0),
            confirmed_by=names.get(one.confirmed_by or 0),
            confirmed_at=one.confirmed_at,
            head_by=names.get(one.head_by or 0),
            head_at=one.head_at,
            section_by=names.get(one.section_by or 0),
            section_at=one.section_at,
            comment=_said(one.comment),
            sha256=sums.get(one.proof_file_id or 0),
        )
        for one in found
    )


def _said(words: str | None) -> str | None:
    return masked_text(words) if words else None


async def _unit_names(read: Reading, unit_ids: set[int]) -> dict[int, str]:
    query = select(units.c.id, units.c.name).where(units.c.id.in_(unit_ids))
    return {row[0]: row[1] for row in (await read.execute(query)).rows}
