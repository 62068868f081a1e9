"""Official papers: what the record says becomes a docx, off the loop and outside any lock."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.operators import tell_operators
from bot.ticks.base import TRIES, RowTick
from papers.official import MEDIA_TYPE, Written, file_name, write_paper
from rules.book import Book
from rules.decision import Decision, Entry
from rules.messages.ladder import PaperFile
from rules.model.ladder import Paper, PaperState
from rules.model.official import Issue, PaperContent
from rules.official import from_json, to_json
from storage.attachments import Attachment, Parcel, keep, link
from storage.carrying import carry_out
from storage.database import Database
from storage.errors import Conflict
from storage.facts.paper_readers import readers_of
from storage.papers import ORDERED, content_of, issue_of, paper_by_id
from storage.work import Reading, Work

#: Where a county puts templates of its own, in the data folder.
TEMPLATES = "templates"
_WRITTEN_IN = (PaperState.SUBMITTED, PaperState.APPROVED)


@dataclass(frozen=True)
class _Order:
    """What is to be written; `content` None: the paper is not needed any more."""

    paper: Paper
    book: Book
    content: PaperContent | None
    issue: Issue | None


class Papers(RowTick):
    """Drafts as they are laid before somebody, and the numbered papers that came of them."""

    name = "papers"

    async def due(
        self, read: Reading, now: datetime, limit: int, skipped: Collection[int]
    ) -> Sequence[int]:
        """Whatever has been prepared or approved and is not on paper yet."""
        return await ORDERED.at(read, now, limit, skipped)

    async def earliest(self, read: Reading, skipped: Collection[int]) -> datetime | None:
        """The paper that waits longest."""
        return await ORDERED.first_at(read, skipped)

    async def attend(self, database: Database, now: datetime, row_id: int) -> None:
        """Read, write, keep; a paper that was changed meanwhile is read and written anew."""
        for left in reversed(range(TRIES)):
            async with database.read() as read:
                order = await self._order(read, row_id, now)
            if order is None:
                return
            written = await asyncio.to_thread(_write, order, self.templates)
            try:
                async with database.work(now) as work:
                    await _keep(work, order, written)
                return
            except Conflict:
                if not left:
                    raise

    @property
    def templates(self) -> Path:
        """The county's own templates."""
        return self.means.settings.data_dir / TEMPLATES

    async def _order(self, read: Reading, paper_id: int, now: datetime) -> _Order | None:
        paper = await paper_by_id(read, paper_id)
        if paper is None or paper.render_at is None or paper.render_at > now:
            return None
        book = Book(self.means.policy, await self.means.calendars.current(read))
        content = await _content(read, paper, book, now)
        return _Order(paper, book, content, await issue_of(read, paper, book))


async def _content(read: Reading, paper: Paper, book: Book, now: datetime) -> PaperContent | None:
    """An approved paper is what was shown; a draft says what the record says now."""
    if paper.state not in _WRITTEN_IN:
        return None
    if paper.state is PaperState.APPROVED and paper.content is not None:
        return from_json(paper.content)
    return await content_of(read, paper, book, now)


def _write(order: _Order, templates: Path) -> Written | None:
    if order.content is None:
        return None
    return write_paper(order.content, templates, order.issue)


async def _keep(work: Work, order: _Order, written: Written | None) -> None:
    """The file, the paper at the version that was read, the journal, and who is to have it."""
    paper = replace(order.paper, render_at=None)
    if order.content is None or written is None:
        await carry_out(work, Decision(records=(paper,)))
        return
    file = await _stored(work, order, written)
    is_final = order.issue is not None
    paper = replace(
        paper,
        content=paper.content if is_final and paper.content else to_json(order.content),
        draft_file_id=paper.draft_file_id if is_final else file.id,
        file_id=file.id if is_final else paper.file_id,
    )
    today = order.book.calendar.local_date(work.now)
    readers = await readers_of(work, paper, today)
    messages = tuple(_message(paper, file, one, is_final=is_final) for one in readers)
    await carry_out(work, Decision((paper,), messages, (_entry(paper, file, is_final=is_final),)))
    if written.problem:
        await tell_operators(work, "paper_template", today, written.problem)


async def _stored(work: Work, order: _Order, written: Written) -> Attachment:
    assert order.content is not None
    sha256 = hashlib.sha256(written.content).hexdigest()
    name = file_name(order.content, order.issue)
    file = await keep(work, Parcel(written.content, sha256, MEDIA_TYPE, name), None)
    await link(work, file.id, order.paper.student_id, order.paper.case_id)
    return file


def _message(paper: Paper, file: Attachment, reader: int, *, is_final: bool) -> PaperFile:
    return PaperFile(
        to=reader,
        item=paper.id,
        round=f"f{file.id}",
        student_id=paper.student_id,
        case_id=paper.case_id,
        more={"final": int(is_final)},
    )


def _entry(paper: Paper, file: Attachment, *, is_final: bool) -> Entry:
    return Entry(
        "paper_written",
        f"case:{paper.case_id}",
        None,
        {
            "child": paper.student_id,
            "kind": paper.kind.value,
            "year": paper.year if is_final else None,
            "number": paper.number if is_final else None,
            "sha256": file.sha256,
        },
    )
