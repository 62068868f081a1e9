"""What the register said of a child before this import: ledgers of past days print it."""

from __future__ import annotations

from rules.model.school import PastPupil, Student
from storage.importing.batch import Batch
from storage.importing.county import County
from storage.past import PRINTED


def keep_past(county: County, batch: Batch, before: Student, after: Student) -> None:
    """Keep what is changed, unless the county has not begun to work yet."""
    was = {name: getattr(before, name) for name in PRINTED}
    if county.is_new or was == {name: getattr(after, name) for name in PRINTED}:
        return
    batch.add(PastPupil(id=0, student_id=before.id, until=county.now, **was))
