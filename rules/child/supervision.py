"""督办函: what the bureau leader writes about a task that is overdue goes out on paper."""

from __future__ import annotations

from dataclasses import replace

from rules.child import papers
from rules.child.draft import Draft
from rules.model.case import Task
from rules.model.ladder import Paper, PaperKind, PaperState


def supervise(draft: Draft, task: Task, words: str) -> Paper | None:
    """[批示] on an overdue task of a case from `persuade` on: a numbered 督办函 with these words.

    Writing is signing: it needs nobody else's approval.  The section prints, stamps and sends it.
    None where nothing is overdue; then the words are only passed on.
    """
    if draft.now <= task.due_at or not draft.facts.is_persuaded or draft.by is None:
        return None
    paper = papers.prepare(draft, PaperKind.SUPERVISION, None, words)
    number = draft.next_number(paper.unit_id, paper.kind)
    year = draft.facts.today.year
    facts = {"kind": paper.kind.value, "year": year, "number": number, "about": task.kind}
    draft.note("paper_approved", facts)
    return draft.keep_paper(
        replace(
            paper,
            state=PaperState.APPROVED,
            year=year,
            number=number,
            approved_by=draft.by,
            approved_at=draft.now,
        )
    )
