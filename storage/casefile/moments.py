"""The timeline of a case from the journal, line by line with its place in the chain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import and_, or_, select

from rules.masking import masked_text
from rules.model.case import Case
from rules.model.dossier import Facts, MomentLine, StageLine
from storage.casefile.sight import PROTECTED_TASKS, Sight
from storage.facts.overdue import HIDDEN, names_of
from storage.journaling import DETAILS_AAD
from storage.tables.plumbing import journal, journal_details
from storage.tables.school import units
from storage.work import Reading

#: What only those hear who lead (rules.md 5: whether the teacher came).
_LED = frozenset({"visit_confirmed"})
#: What families must never come across, and nobody needs on paper: flags, danger.
_SECRET = ("danger", "flag", "contact_flag")
_PEOPLE = frozenset({"silent", "acting_for", "owner", "to_person", "by"})
#: Told in the place of words whose period is over.
REMOVED = "words_removed"
_SPOKEN = frozenset({"comment", "words", "reason", "text", "note", "line", "responsible"})


@dataclass(frozen=True)
class JournalLine:
    """One line with its public facts, and what may be told of the personal ones."""

    number: int
    at: datetime
    kind: str
    by: int | None
    public: Mapping[str, Any]
    spoken: Facts


async def journal_of(
    read: Reading, case: Case, until: datetime, sight: Sight
) -> list[JournalLine]:
    """The lines of the case, and those of its child while it ran, in their order."""
    mine = or_(
        journal.c.subject == f"case:{case.id}",
        and_(
            journal.c.subject == f"child:{case.student_id}",
            journal.c.at.between(case.opened_at, until),
        ),
    )
    columns = (journal.c.number, journal.c.at, journal.c.kind, journal.c.by, journal.c.public)
    query = select(*columns, journal_details.c.content, journal.c.digest).outerjoin(
        journal_details, journal_details.c.number == journal.c.number
    )
    rows = (await read.execute(query.where(mine).order_by(journal.c.number))).rows
    lines = [
        JournalLine(number, at, kind, by, json.loads(public), _spoken(read, content, digest))
        for number, at, kind, by, public, content, digest in rows
    ]
    return [one for one in lines if _is_told(one, sight)]


def _spoken(read: Reading, content: str | None, digest: str | None) -> Facts:
    """The words that somebody said, out of what is kept apart for as long as the policy says."""
    if content is None:
        return () if digest is None else ((REMOVED, ""),)
    personal = json.loads(read.vault.open(content, DETAILS_AAD))
    return tuple(
        (name, masked_text(value))
        for name, value in personal.items()
        if name in _SPOKEN and isinstance(value, str) and value
    )


def _is_told(line: JournalLine, sight: Sight) -> bool:
    kind = line.public.get("kind")
    if line.kind.startswith(_SECRET) or kind in HIDDEN:
        return False
    if line.kind in _LED:
        return sight.leads
    return sight.protected or kind not in PROTECTED_TASKS


async def moment_lines(
    read: Reading, lines: list[JournalLine], zone: tzinfo
) -> tuple[MomentLine, ...]:
    """The timeline: when, what, who, in whose place, and the facts that belong to it."""
    ids = [one.public[name] for one in lines for name in _PEOPLE & one.public.keys()]
    known = [one for one in ids if isinstance(one, int)]
    names = await names_of(read, [*known, *(one.by for one in lines)])
    places = await _townships(read, lines)
    return tuple(
        MomentLine(
            number=one.number,
            at=one.at,
            on=one.at.astimezone(zone).date(),
            kind=one.kind,
            by=names.get(one.by or 0),
            acting_for=names.get(one.public.get("acting_for") or 0),
            facts=(*_facts(one.public, names, places), *one.spoken),
        )
        for one in lines
    )


def _facts(
    public: Mapping[str, Any], names: Mapping[int, str], places: Mapping[int, str]
) -> Facts:
    told = []
    for name, value in public.items():
        if value is None or name in ("child", "acting_for", "content", "sha256"):
            continue
        if name in _PEOPLE and value in names:
            told.append((name, names[value]))
        elif name == "township" and value in places:
            told.append((name, places[value]))
        elif isinstance(value, str | int | bool):
            told.append((name, str(value)))
    return tuple(told)


async def _townships(read: Reading, lines: list[JournalLine]) -> dict[int, str]:
    ids = {one.public["township"] for one in lines if "township" in one.public}
    query = select(units.c.id, units.c.name).where(
        units.c.id.in_([one for one in ids if isinstance(one, int)])
    )
    return {row[0]: row[1] for row in (await read.execute(query)).rows}


async def stage_lines(
    read: Reading, case: Case, lines: list[JournalLine]
) -> tuple[StageLine, ...]:
    """From stage to stage, and whose silence was passed."""
    silent = [one.public.get("silent") for one in lines if one.kind == "went_on"]
    names = await names_of(read, [*silent, *(one.by for one in lines)])
    told = [StageLine(case.opened_at, "verify", None, None, None)]
    for one in lines:
        if one.kind == "stage":
            who = names.get(one.by or 0)
            told.append(StageLine(one.at, one.public.get("to"), one.public.get("why"), None, who))
        elif one.kind == "went_on":
            who = names.get(one.public.get("silent") or 0)
            told.append(StageLine(one.at, None, None, one.public.get("mark"), who))
    return tuple(told)
