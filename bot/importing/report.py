"""What an import did or would do, as `guixiao import --json` says it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.importing.taking import Taken
from papers.problems import Problem, sentence
from papers.reading import Row
from storage.importing.flaws import Fate, Flawed, Verdict


@dataclass
class Report:
    """Counts, and the rows with problems by file."""

    language: str
    counts: dict[Fate, int] = field(default_factory=lambda: dict.fromkeys(Fate, 0))
    errors: list[dict[str, Any]] = field(default_factory=list)
    noted: dict[Path, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def take(self, path: Path, row: Taken, verdict: Verdict | None) -> None:
        """One row; no verdict where it could not be read."""
        self.counts[verdict.fate if verdict else Fate.REFUSED] += 1
        found = [problem_of(one, self.language) for one in (verdict.flaws if verdict else ())]
        problems = (*row.problems, *found)
        if problems:
            self.noted[path].append(Row(row.sheet, row.number, None, problems))
        for one in problems:
            if not one.is_warning:
                self._error(path, row, one)

    def plain(self) -> dict[str, Any]:
        """The fixed form that programs read."""
        counted = (Fate.NEW, Fate.CHANGED, Fate.UNCHANGED)
        return {**{fate.value: self.counts[fate] for fate in counted}, "errors": self.errors}

    def note(self, path: Path, sheet: str, problem: str) -> None:
        """Something about a sheet as a whole."""
        self.errors.append(
            {"file": str(path), "sheet": sheet, "row": 0, "column": "", "problem": problem}
        )

    def _error(self, path: Path, row: Taken, problem: Problem) -> None:
        self.errors.append(
            {
                "file": str(path),
                "sheet": row.sheet,
                "row": row.number,
                "column": problem.column,
                "problem": sentence(problem, self.language),
            }
        )

    def write_copies(self) -> list[Path]:
        """An annotated copy beside each file that has errors."""
        from papers.annotated import annotate

        wrong = {error["file"] for error in self.errors if error["row"]}
        copies = []
        for path, rows in self.noted.items():
            if str(path) in wrong:
                copy = copy_of(path)
                annotate(path, copy, rows, self.language)
                copies.append(copy)
        return copies


def copy_of(path: Path) -> Path:
    """Where the annotated copy of a file goes."""
    return path.with_name(f"{path.stem}.errors.xlsx")


def problem_of(flaw: Flawed, language: str) -> Problem:
    """A problem found in matching, as one found in reading."""
    from papers.problems import sentences

    name = sentences(language).get(f"_{flaw.column}", flaw.column)
    return Problem(name, flaw.what)
