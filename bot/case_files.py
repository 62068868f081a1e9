"""The file of a case as it leaves for a chat: facts read in one moment, the page written later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from rules.model.dossier import Dossier
from storage.calendars import Calendars
from storage.casefile.proof import lines_proof
from storage.casefile.reading import case_by_id, dossier_of
from storage.casefile.sight import CaseFile
from storage.work import Reading
from templates.casefile import write_case_file


@dataclass(frozen=True)
class CaseFileOrder:
    """A page that is written when no transaction is open any more."""

    dossier: Dossier = field(repr=False)
    language: str
    zone: str

    def write(self) -> bytes:
        """The page."""
        return write_case_file(self.dossier, self.language, self.zone).encode()


@dataclass(frozen=True)
class Archive:
    """What it takes to read a case whole: the county's zone, and the key of its journal."""

    zone: str
    journal_key: bytes = field(repr=False)

    async def order(
        self, read: Reading, wanted: CaseFile, language: str, now: datetime
    ) -> CaseFileOrder:
        """All that the page says.  Its own lines are checked one by one; the whole chain takes
        its time in a large county, and is walked by `guixiao verify`."""
        calendar = await Calendars(ZoneInfo(self.zone)).current(read)
        case = await case_by_id(read, wanted.case_id)
        dossier = await dossier_of(
            read,
            case,
            wanted.sight,
            calendar,
            now,
            lambda numbers: lines_proof(read, self.journal_key, numbers),
        )
        return CaseFileOrder(dossier, language, self.zone)
