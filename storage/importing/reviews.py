"""The review list: rows that only a person can match."""

from __future__ import annotations

import hashlib

from storage.importing.batch import Batch
from storage.importing.county import County
from storage.importing.matching import Match
from storage.importing.records import Review
from storage.importing.values import ChildRow

SAME, NEW = "same", "new"


def decided(county: County, row: ChildRow, found: Match) -> Match:
    """What somebody decided about this very row; the doubt itself while nobody has."""
    review = county.reviews.get(_fingerprint(county, row))
    if review is None or review.decision not in (SAME, NEW):
        return found
    if review.decision == NEW:
        return Match()
    child = county.children.get(review.student_id or 0)
    return Match(child) if child else found


def hold(county: County, batch: Batch, row: ChildRow, school_id: int, found: Match) -> bool:
    """Put the row on the list; whether it was not there."""
    mark = _fingerprint(county, row)
    if mark in county.reviews:
        return False
    body = {
        "name": row.name,
        "class": list(row.class_key),
        "id_number": row.id_number,
        "register_number": row.register_number,
        "birth_on": row.birth_on.isoformat() if row.birth_on else None,
    }
    child_id = found.child.id if found.child else None
    county.reviews[mark] = batch.add(
        Review(0, "child", school_id, child_id, mark, body, found.doubt or "", county.now)
    )
    return True


def _fingerprint(county: County, row: ChildRow) -> str:
    """The same for the same row, however often it comes."""
    parts = (row.school, row.class_key, row.name, row.id_number, row.register_number, row.birth_on)
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()
    return county.vault.fingerprint(digest, "review")
