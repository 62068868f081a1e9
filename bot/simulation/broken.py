"""What did not hold, said without a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Broken:
    """One thing that was not as it must be: `what` of `subject` (`child:12`), and when."""

    what: str
    subject: str
    at: datetime
    detail: str = ""
