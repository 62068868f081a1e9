"""What an official paper says, read from the record of its case; and the papers themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from rules.attendance import DayState
from rules.book import Book
from rules.child.facts import ChildFacts
from rules.model.case import Case, Contact
from rules.model.ladder import Paper, PaperKind, PaperState, Referral, Service
from rules.model.official import (
    AbsencePart,
    ChildPart,
    ContactLine,
    Issue,
    OfficialPeriods,
    PaperContent,
    PrivatePart,
    Reference,
    Relative,
    ServicePart,
    StatusPart,
)
from rules.model.school import Confirmation, Student, Unit
from rules.official import number_of
from storage.due_rows import DueRows
from storage.facts.child import child_facts, guardians_of
from storage.facts.overdue import last_change, names_of
from storage.paper_delays import last_why, late_of, silences_of
from storage.tables.ladder import papers, services
from storage.tables.school import students, units
from storage.work import Reading


@dataclass(frozen=True)
class _Record:
    """Everything that is read once for one paper."""

    paper: Paper
    facts: ChildFacts
    case: Case
    units: dict[int, Unit]
    names: dict[int, str]
    now: datetime

    def day(self, at: datetime) -> date:
        """The civil date of an instant."""
        return self.facts.calendar.local_date(at)

    def unit(self, unit_id: int | None) -> str | None:
        """The name of a unit."""
        found = self.units.get(unit_id or 0)
        return found.name if found else None

    def name(self, person_id: int | None) -> str | None:
        """The name of a person."""
        return self.names.get(person_id or 0)

    @property
    def referral(self) -> Referral | None:
        """The township that the paper is for."""
        all_of_them = self.facts.ladder.referrals
        return next((one for one in all_of_them if one.id == self.paper.referral_id), None)


async def content_of(
    read: Reading, paper: Paper, book: Book, now: datetime
) -> PaperContent | None:
    """What the paper says as the record stands; None when its case is not running any more."""
    facts = await child_facts(read, paper.student_id, book, now)
    case = facts.case
    if case is None or case.id != paper.case_id:
        return None
    record = _Record(paper, facts, case, await _units(read, facts), await _names(read, facts), now)
    return PaperContent(
        kind=paper.kind,
        written_on=facts.today,
        child=_child(facts),
        absence=_absence(facts, now),
        status=await _status(read, record),
        periods=_periods(facts),
        relatives=tuple(
            Relative(one.person.name, one.link.relation, one.link.is_guardian, one.link.is_carer)
            for one in facts.guardians
        ),
        contacts=tuple(_contact(record, one) for one in facts.ladder.contacts),
        notice=_reference(record, PaperKind.NOTICE),
        service=await _service(read, record),
        report=_reference(record, PaperKind.REPORT),
        silences=await silences_of(read, case, record.day),
        late=await late_of(read, facts, record.referral, now),
        why=await last_why(read, case),
        words=paper.words,
        **_places(record),
        **_people(record),
    )


def _places(record: _Record) -> dict[str, Any]:
    ladder, referral = record.facts.ladder, record.referral
    school = record.unit(record.facts.student.school_id)
    township = record.unit(referral.township_id) if referral else None
    running = (record.unit(one.township_id) for one in ladder.running_referrals)
    known = tuple(dict.fromkeys(one for one in running if one))
    return {
        "school": school or "",
        "bureau": record.unit(ladder.bureau_unit_id) or "",
        "addressee": township or school,
        "is_to_township": referral is not None,
        "is_residence": referral is not None and referral.is_residence,
        "townships": known or tuple(one for one in [record.unit(ladder.township_id)] if one),
    }


def _people(record: _Record) -> dict[str, Any]:
    duties, referral = record.facts.duties, record.referral
    contacts = record.facts.ladder.township_contacts
    contact = contacts.get(referral.township_id) if referral else None
    return {
        "class_teacher": record.name(duties.class_teacher_id),
        "responsible": record.name(record.facts.responsible_id),
        "head": record.name(duties.head_id),
        "section_contact": record.name(duties.section_id),
        "township_contact": record.name(contact),
    }


async def _units(read: Reading, facts: ChildFacts) -> dict[int, Unit]:
    ladder = facts.ladder
    ids = {facts.student.school_id, ladder.bureau_unit_id, ladder.township_id}
    ids |= {one.township_id for one in ladder.referrals}
    found = await read.all(select(units).where(units.c.id.in_(ids - {None})), Unit)
    return {one.id: one for one in found}


async def _names(read: Reading, facts: ChildFacts) -> dict[int, str]:
    duties, ladder = facts.duties, facts.ladder
    logged = [n for one in ladder.contacts for n in (one.by, one.acting_for)]
    named = (duties.class_teacher_id, facts.responsible_id, duties.head_id, duties.section_id)
    return await names_of(read, [*logged, *named, *ladder.township_contacts.values()])


def _child(facts: ChildFacts) -> ChildPart:
    child, place = facts.student, facts.school_class
    return ChildPart(
        child.name, place.grade, place.number, child.sex, child.birth_on, child.boards
    )


def _absence(facts: ChildFacts, now: datetime) -> AbsencePart:
    """The days that make the count, as they are read today."""
    episode = facts.episode(now)
    first_on = facts.case.first_absent_on if facts.case else facts.today
    if episode is None:
        return AbsencePart(first_on, 0, 0)
    states = {day.on: day.state for day in facts.read(now)}
    untaken = tuple(on for on in episode.counted if states.get(on) is DayState.UNTAKEN)
    return AbsencePart(episode.first_on, episode.count, len(untaken), episode.counted, untaken)


async def _status(read: Reading, record: _Record) -> StatusPart:
    child = record.facts.student
    change = await last_change(read, child.id)
    is_confirmed = child.confirmation is Confirmation.CONFIRMED
    if change is None or not is_confirmed or change.confirmed_at is None:
        return StatusPart(child.status, child.confirmation, child.status_on)
    names = await names_of(read, [change.confirmed_by])
    by, on = names.get(change.confirmed_by or 0), record.day(change.confirmed_at)
    return StatusPart(child.status, child.confirmation, child.status_on, by, on)


def _periods(facts: ChildFacts) -> OfficialPeriods:
    case = facts.policy.case
    return OfficialPeriods(
        case.second_persuasion_days,
        case.township_accepts_within.amount,
        case.joint_persuasion_every.amount,
    )


def _contact(record: _Record, one: Contact) -> ContactLine:
    return ContactLine(
        on=record.day(one.at),
        means=one.means,
        by=record.name(one.by),
        reached=one.reached,
        acting_for=record.name(one.acting_for),
        whom=one.whom,
        reason=one.reason,
        result=one.result,
        agreed_on=one.agreed_on,
        note=one.note,
    )


def _reference(record: _Record, kind: PaperKind) -> Reference | None:
    """An earlier paper of this round, if it was approved."""
    paper = record.facts.ladder.paper(kind)
    if paper is None or paper.id == record.paper.id or paper.approved_at is None:
        return None
    unit = record.unit(paper.unit_id)
    if paper.state is not PaperState.APPROVED or unit is None or paper.number is None:
        return None
    number = number_of(unit, kind, paper.year or 0, paper.number)
    return Reference(number, record.day(paper.approved_at))


async def _service(read: Reading, record: _Record) -> ServicePart | None:
    notice = record.facts.ladder.paper(PaperKind.NOTICE)
    if notice is None or notice.id == record.paper.id:
        return None
    query = select(services).where(services.c.paper_id == notice.id)
    found = await read.one(query.order_by(services.c.id.desc()).limit(1), Service)
    if found is None:
        return None
    names = await names_of(read, [found.by, found.acting_for])
    return ServicePart(
        way=found.way,
        on=found.on,
        by=names.get(found.by),
        until=record.case.notice_until,
        receiver=found.receiver,
        witnesses=found.witnesses,
        acting_for=names.get(found.acting_for or 0),
    )


async def issue_of(read: Reading, paper: Paper, book: Book) -> Issue | None:
    """The number and date of an approved paper; None for a draft."""
    if paper.state is not PaperState.APPROVED or paper.number is None:
        return None
    unit = await read.scalar(select(units.c.name).where(units.c.id == paper.unit_id))
    names = await names_of(read, [paper.approved_by, paper.acting_for])
    at = paper.approved_at or paper.prepared_at
    return Issue(
        number=number_of(unit or "", paper.kind, paper.year or 0, paper.number),
        on=book.calendar.local_date(at),
        signed_by=names.get(paper.approved_by or 0),
        acting_for=names.get(paper.acting_for or 0),
    )


async def private_of(read: Reading, student_id: int) -> PrivatePart:
    """What only the edition of the command line has."""
    child = await read.one(select(students).where(students.c.id == student_id), Student)
    family = await guardians_of(read, student_id)
    phones = tuple((one.person.name, one.person.phone) for one in family if one.person.phone)
    return PrivatePart(
        child.id_number if child else None, child.address if child else None, phones
    )


async def paper_by_id(read: Reading, paper_id: int) -> Paper | None:
    """The paper as it stands now."""
    return await read.one(select(papers).where(papers.c.id == paper_id), Paper)


async def papers_of_case(read: Reading, case_id: int) -> list[Paper]:
    """All papers of a case, of every round, in the order they were prepared."""
    query = select(papers).where(papers.c.case_id == case_id)
    return await read.all(query.order_by(papers.c.id), Paper)


async def services_of_case(read: Reading, case_id: int) -> list[Service]:
    """How the notices of a case were served."""
    query = select(services).where(services.c.case_id == case_id)
    return await read.all(query.order_by(services.c.id), Service)


#: The papers that are to be written.
ORDERED = DueRows(
    select(papers.c.id).where(papers.c.render_at.is_not(None)), papers.c.id, papers.c.render_at
)
