"""Carrying out a decision: records, messages, withdrawals and journal lines in one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any

from sqlalchemy import Table

from rules.decision import Decision, Entry
from rules.messages.base import Message
from rules.model.attendance import Leave, Mark, Question, Reply, RollCall
from rules.model.case import Case, Contact, Safety, Task
from rules.model.drill import Drill
from rules.model.eligible import Doorstep, Eligible, Village
from rules.model.ladder import Closing, Paper, Referral, Service
from rules.model.packages import SignedRoster, WorkPlan
from rules.model.people import (
    Consent,
    Deputy,
    Guardianship,
    Invite,
    Pairing,
    Person,
    Post,
)
from rules.model.reconciling import ClassList, DoubtPair, FoundLine, Reconciliation
from rules.model.reports import Report, ReportDue
from rules.model.school import Category, SchoolClass, StatusChange, Student, Unit, WeekSentence
from storage import outgoing
from storage.links import keep_state
from storage.tables import (
    attendance,
    cases,
    drills,
    eligible,
    ladder,
    packages,
    people,
    reconciling,
    reports,
    school,
)
from storage.work import Work

TABLES: dict[type[Any], Table] = {
    Person: people.people,
    Post: people.posts,
    Pairing: people.pairings,
    Deputy: people.deputies,
    Guardianship: people.guardianships,
    Invite: people.invites,
    Consent: people.consents,
    Unit: school.units,
    SchoolClass: school.classes,
    Student: school.students,
    StatusChange: school.status_changes,
    WeekSentence: school.week_sentences,
    RollCall: attendance.roll_calls,
    Mark: attendance.marks,
    Leave: attendance.leaves,
    Question: attendance.questions,
    Reply: attendance.replies,
    Case: cases.cases,
    Contact: cases.contacts,
    Task: cases.tasks,
    Safety: cases.safety,
    Paper: ladder.papers,
    Service: ladder.services,
    Referral: ladder.referrals,
    Closing: ladder.closings,
    Category: ladder.categories,
    ClassList: reconciling.class_lists,
    Reconciliation: reconciling.reconciliations,
    FoundLine: reconciling.findings,
    DoubtPair: reconciling.doubts,
    Village: eligible.villages,
    Eligible: eligible.eligible,
    Doorstep: eligible.doorsteps,
    Drill: drills.drills,
    WorkPlan: packages.work_plans,
    SignedRoster: packages.signed_rosters,
    ReportDue: reports.report_dues,
    Report: reports.reports,
}

Known = Mapping[int, int]
_PLACEHOLDER = re.compile(r"-\d+")


async def carry_out(work: Work, decision: Decision) -> tuple[Any, ...]:
    """Write everything that was decided; the records as they now stand, in their order.

    Withdrawals come before messages, so that a decision may put a message in place of others.
    StaleVersion and KeyTaken: somebody was faster; load again and decide anew.
    """
    known: dict[int, int] = {}
    stored = [await _store(work, record, known) for record in decision.records]
    for withdrawal in decision.withdrawals:
        await outgoing.withdraw(work, withdrawal.key_prefix, withdrawal.cause)
    await outgoing.post(work, [_resolved_message(one, known) for one in decision.messages])
    for entry in decision.entries:
        work.journal(_resolved_entry(entry, known))
    return tuple(stored)


async def _store(work: Work, record: Any, known: dict[int, int]) -> Any:
    table = TABLES.get(type(record))
    if table is None:
        raise TypeError(f"no table for {type(record).__name__}")
    if isinstance(record, Guardianship) and record.id > 0:
        await keep_state(work, record)
    stored = await work.save(table, _resolved(record, known))
    if record.id < 0:
        known[record.id] = stored.id
    return stored


def _resolved(record: Any, known: Known) -> Any:
    """The record with the stored ids in place of placeholders."""
    changes = _changes(record, known)
    subject = getattr(record, "subject", None)
    if isinstance(subject, str):
        changes["subject"] = _resolved_subject(subject, known)
    return replace(record, **changes) if changes else record


def _resolved_message(message: Message, known: Known) -> Message:
    changes = _changes(message, known)
    for name in ("item", "to"):
        if getattr(message, name) < 0:
            changes[name] = _stored_id(getattr(message, name), known)
    return replace(message, **changes) if changes else message


def _changes(record: Any, known: Known) -> dict[str, Any]:
    kind: Any = type(record)
    pointers = {name: getattr(record, name) for name in _pointers(kind)}
    return {
        name: _stored_id(number, known)
        for name, number in pointers.items()
        if isinstance(number, int) and number < 0
    }


@cache
def _pointers(kind: Any) -> tuple[str, ...]:
    names = (one.name for one in fields(kind))
    return tuple(name for name in names if name.endswith("_id") and name != "chat_id")


def _resolved_entry(entry: Entry, known: Known) -> Entry:
    return replace(entry, subject=_resolved_subject(entry.subject, known))


def _resolved_subject(subject: str, known: Known) -> str:
    """A placeholder may stand anywhere in it: case:-2, case:-2:leader."""
    if ":-" not in subject:
        return subject
    parts = (
        str(_stored_id(int(part), known)) if _PLACEHOLDER.fullmatch(part) else part
        for part in subject.split(":")
    )
    return ":".join(parts)


def _stored_id(placeholder: int, known: Known) -> int:
    try:
        return known[placeholder]
    except KeyError:
        raise LookupError(f"no record {placeholder} stands before what points to it") from None
