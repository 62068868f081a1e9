"""Official papers (plan 二(二)4): a docx from what a paper says, by our template or the county's.

A county replaces a template by putting a file of the same name into DATA_DIR/templates.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from papers.official_context import context_of
from papers.official_words import word
from rules.model.ladder import PaperKind
from rules.model.official import Issue, PaperContent, PrivatePart

BUILT_IN = Path(__file__).parent / "docx"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PROBLEM_LENGTH = 80


@dataclass(frozen=True)
class Written:
    """A finished docx; `problem` says why the county's own template could not be used."""

    content: bytes
    problem: str | None = None


def template_name(kind: PaperKind) -> str:
    """The file name by which a county replaces a template."""
    return f"{kind.value}.docx"


def write_paper(
    content: PaperContent,
    county_templates: Path | None = None,
    issue: Issue | None = None,
    private: PrivatePart | None = None,
) -> Written:
    """The paper as docx; without `issue` it is visibly a draft.

    With `private` it is the full edition, with ID number, address and phones, which is for the
    command line alone; without, these are lines to fill in by hand.
    """
    values = context_of(content, issue, private)
    name = template_name(content.kind)
    own = county_templates / name if county_templates else None
    problem = None
    if own is not None and own.is_file():
        try:
            return Written(_rendered(own, values))
        except Exception as error:  # a file from outside fails in any way it likes
            problem = f"{name}: {_plainly(error)}"
    return Written(_rendered(BUILT_IN / name, values), problem)


def file_name(content: PaperContent, issue: Issue | None) -> str:
    """劝返通知书-青石中小劝〔2026〕3号.docx: never the child's name."""
    kind = word("kind", content.kind.value)
    return f"{kind}-{issue.number}.docx" if issue else f"{kind}-{word('form', 'draft')}.docx"


def _rendered(template: Path, values: dict[str, Any]) -> bytes:
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    document = DocxTemplate(str(template))
    rules = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    document.render(values, rules, autoescape=True)
    finished = io.BytesIO()
    document.save(finished)
    return finished.getvalue()


def _plainly(error: Exception) -> str:
    """What an administrator can act on, and nothing of what the paper says."""
    from jinja2 import TemplateSyntaxError, UndefinedError

    if isinstance(error, TemplateSyntaxError | UndefinedError):
        return str(error).splitlines()[0][:_PROBLEM_LENGTH]
    return type(error).__name__
