"""The yearly package (plan 三(一), rules.md 9): what is in it, and what its signature says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from rules.decision import Decision, Entry
from rules.ledgers import Ledger
from rules.model.packages import SignedRoster, WorkPlan
from rules.model.reports import ReportDue
from rules.model.school import Confirmation
from rules.policy.reports import Reports
from rules.refusals import NotNow
from rules.reports.signing import Signature, sign

#: 辍学 (confirmed only), 无学籍, 籍在人不在 (without the children of the first).
ROSTERS = (Ledger.DROPOUT, Ledger.UNREGISTERED, Ledger.REGISTERED_NOT_PRESENT)
#: By what a child of two rosters is known to be the same, the surest first.
_KNOWN_BY = (("register_number",), ("id_number",), ("school", "name", "birth_on"))

Row = tuple[object, ...]


@dataclass(frozen=True)
class Roster:
    """One roster as it stands; nothing in it is a zero roster, and is signed too."""

    ledger: Ledger
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def for_package(found: Mapping[Ledger, Roster]) -> tuple[Roster, ...]:
    """The three rosters of the package, out of the ledgers of that moment.

    Dropouts are those whom the school has confirmed.  Whoever stands there is left out of those
    who are registered and not present, so that no child is counted twice.
    """
    dropouts, unregistered, missing = (found[one] for one in ROSTERS)
    at = dropouts.columns.index("confirmation")
    confirmed = tuple(row for row in dropouts.rows if row[at] == Confirmation.CONFIRMED)
    dropouts = replace(dropouts, rows=confirmed)
    known = {mark for row in confirmed for mark in _marks(dropouts, row)}
    others = tuple(row for row in missing.rows if not known & _marks(missing, row))
    return dropouts, unregistered, replace(missing, rows=others)


def _marks(roster: Roster, row: Row) -> set[tuple[object, ...]]:
    cells = dict(zip(roster.columns, row, strict=True))
    marks = {(names, *(cells.get(name) for name in names)) for names in _KNOWN_BY}
    return {mark for mark in marks if all(mark[1:])}


def hand_in_plan(due: ReportDue, plan: WorkPlan) -> Decision:
    """The unit's 工作方案 is there; before the signature a newer one takes its place."""
    public = {"sha256": plan.sha256, "unit": due.unit_id, "period": due.period}
    entry = Entry("work_plan_filed", f"report:{due.id}", plan.by, public)
    changed = replace(due, prepared_by=due.prepared_by or plan.by, is_changed=due.number > 0)
    return Decision((plan, changed), entries=(entry,))


def sign_package(
    due: ReportDue,
    signature: Signature,
    rosters: Sequence[Roster],
    plan: WorkPlan | None,
    rules: Reports,
) -> Decision:
    """The head signs all three rosters, zero rosters too, exactly as they stand now.

    NotNow without a work plan; else as `sign` refuses.  The rows are kept as they were signed, and
    the journal has their digests.
    """
    if plan is None:
        raise NotNow("refusals.no_work_plan")
    signed = sign(due, signature, rules)
    kept = tuple(_kept(due, one, signature.now, -20 - n) for n, one in enumerate(rosters))
    public = {
        "number": due.number + 1,
        "work_plan": plan.sha256,
        "rosters": {one.ledger.value: [len(one.cells), one.digest] for one in kept},
    }
    entry = Entry("package_signed", f"report:{due.id}", signature.by, public)
    return signed + Decision(kept, entries=(entry,))


def _kept(due: ReportDue, roster: Roster, at: datetime, placeholder: int) -> SignedRoster:
    cells = tuple(tuple(spell(one) for one in row) for row in roster.rows)
    text = json.dumps([roster.columns, cells], ensure_ascii=False, separators=(",", ":"))
    return SignedRoster(
        id=placeholder,
        due_id=due.id,
        number=due.number + 1,
        ledger=roster.ledger,
        columns=roster.columns,
        cells=cells,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        at=at,
    )


def spell(cell: object) -> str:
    """A cell as text that says what it was: `read` gives it back."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"t:{cell.isoformat()}"
    if isinstance(cell, date):
        return f"d:{cell.isoformat()}"
    if isinstance(cell, StrEnum):
        return f"s:{cell.value}"
    if isinstance(cell, int):
        return f"n:{cell:d}"
    return f"s:{cell}"


def read(text: str) -> object:
    """What `spell` wrote; codes come back as their text."""
    sort, _, rest = text.partition(":")
    if sort == "t":
        return datetime.fromisoformat(rest)
    if sort == "d":
        return date.fromisoformat(rest)
    if sort == "n":
        return int(rest)
    return rest or None


def rows_of(roster: SignedRoster) -> tuple[Row, ...]:
    """The rows as they were signed."""
    return tuple(tuple(read(one) for one in row) for row in roster.cells)
