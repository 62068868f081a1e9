"""The press under a case that asks for its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class CaseFilePress(Press):
    """[导出一生一案]."""

    verb: ClassVar[str] = "casefile"
    case_id: int
