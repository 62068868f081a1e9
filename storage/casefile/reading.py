"""All of a case file, put together for one reader."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from rules.calendar import Calendar
from rules.model.case import Case
from rules.model.dossier import Dossier, Proof
from rules.model.school import SchoolClass
from rules.refusals import NotYours
from storage.casefile.child import case_sheet, child_sheet, student_of_case
from storage.casefile.days import day_lines, last_day, leave_lines
from storage.casefile.duties import duty_lines, status_lines, task_lines
from storage.casefile.files import file_lines, look_lines
from storage.casefile.ladder import closing_lines, paper_lines, referral_lines, service_lines
from storage.casefile.moments import journal_of, moment_lines, stage_lines
from storage.casefile.sight import Sight
from storage.casefile.talk import contact_lines, reply_lines, search_lines, sent_lines
from storage.tables.cases import cases
from storage.tables.school import classes
from storage.work import Reading

Prove = Callable[[list[int]], Awaitable[Proof]]


async def case_by_id(read: Reading, case_id: int) -> Case:
    """The case; NotYours when there is none."""
    case = await read.one(select(cases).where(cases.c.id == case_id), Case)
    if case is None:
        raise NotYours
    return case


async def dossier_of(
    read: Reading, case: Case, sight: Sight, calendar: Calendar, now: datetime, prove: Prove
) -> Dossier:
    """Everything about one case that this reader may see; `prove` checks its lines."""
    child = await student_of_case(read, case)
    taught = await read.one(select(classes).where(classes.c.id == child.class_id), SchoolClass)
    days = calendar.school(child.school_id, taught.grade if taught else 1)
    last_on = last_day(case, days, now)
    until = days.day_ends(last_on) + timedelta(days=1)
    lines = await journal_of(read, case, until, sight)
    return Dossier(
        case=await case_sheet(read, case),
        child=await child_sheet(read, child, sight),
        duties=await duty_lines(read, case, child, last_on),
        tasks=await task_lines(read, case, sight),
        statuses=await status_lines(read, case, child),
        stages=await stage_lines(read, case, lines),
        days=await day_lines(read, case, child, days, now),
        leaves=await leave_lines(read, child, (case.first_absent_on, last_on)),
        sent=await sent_lines(read, case),
        replies=await reply_lines(read, case),
        contacts=await contact_lines(read, case, sight),
        papers=await paper_lines(read, case),
        services=await service_lines(read, case),
        referrals=await referral_lines(read, case),
        closings=await closing_lines(read, case),
        searches=await search_lines(read, case),
        files=await file_lines(read, case, until),
        looks=await look_lines(read, case, until) if sight.leads else None,
        moments=await moment_lines(read, lines, calendar.zone),
        proof=await prove([one.number for one in lines]),
        reader=sight.reader,
        made_at=now,
    )
