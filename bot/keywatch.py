"""A running bot notices a new field key by itself, so that keys can be rotated beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from storage.meta import SEALS_WITH, remember
from storage.sealing import Vault
from storage.work import Work

_log = structlog.get_logger(__name__)


@dataclass
class KeyWatch:
    """Looks at the key file once a second, and tells which key is in use."""

    vault: Vault
    path: Path
    _seen: int | None = None
    _told: str = ""

    async def look(self, work: Work) -> None:
        """Read the keys again if their file has changed; what is written from now on has them.

        It is told in the same unit of work, so that whoever rotates knows.
        """
        stamp = self.path.stat().st_mtime_ns if self.path.exists() else 0
        if stamp != self._seen and self.vault.refresh():
            _log.info("a new field key", action="key_noticed", key=self.vault.current_id.hex())
        self._seen = stamp
        if self._told != (current := self.vault.current_id.hex()):
            await remember(work, SEALS_WITH, current)
            work.on_commit(lambda: self._remember_told(current))

    def _remember_told(self, current: str) -> None:
        self._told = current
