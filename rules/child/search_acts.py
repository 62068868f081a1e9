"""What people say about a search beside its steps: not found yet, found where and by whom."""

from __future__ import annotations

from dataclasses import replace

from rules.child.draft import Draft
from rules.child.search_facts import Links
from rules.messages.protection import FoundLine
from rules.model.attendance import Mark, MarkKind
from rules.model.case import Safety, SafetyState


def say_not_found(draft: Draft) -> None:
    """[还没找到]: the record keeps who said so and when; the rounds go on."""
    safety = draft.facts.safety
    if safety is not None and safety.state is not SafetyState.ENDED:
        draft.note("safety_not_found")


def say_where_found(draft: Draft, search: Safety, line: str) -> None:
    """Where the child was found and by whom: into the record, and to all who were told."""
    draft.put(replace(search, found_note=line))
    draft.note("safety_found", None, {"line": line})
    draft.done("found_line", "told", f"safety:{search.id}")
    links = Links(student_id=draft.child_id, case_id=search.case_id)
    others = (person for person in search.told if person != draft.by)
    draft.say(*(FoundLine(to=person, item=search.id, **links) for person in others))


def see_tonight(draft: Draft, mark: Mark | None, *, is_late: bool) -> None:
    """A boarder who was missed this evening is there after all: the evening's mark says so."""
    if mark is not None:
        kind, now = MarkKind.PRESENT, draft.now
        draft.put(replace(mark, kind=kind, seen_by=draft.by, seen_at=now, late=is_late))
