"""What was expected and whether it happened: the story checks itself."""

from __future__ import annotations

from dataclasses import dataclass, field


class NotAsTold(Exception):
    """Something expected did not happen, or something forbidden did; the story ends here."""


@dataclass
class Checks:
    """Counts what held; the first thing that does not hold ends the story."""

    held: int = 0
    failed: list[str] = field(default_factory=list)

    def hold(self, what: str, is_so: bool) -> None:
        """Count a check that holds; NotAsTold names one that does not."""
        if is_so:
            self.held += 1
        else:
            self.fail(what)

    def fail(self, what: str) -> None:
        """Keep what went wrong, and end the story."""
        self.failed.append(what)
        raise NotAsTold(what)
