"""`case N --papers`: every paper of a case in a folder, for printing and for the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.keeping import keep_private, own_folder
from bot.cli.opening import County, Refused

if TYPE_CHECKING:
    from rules.model.case import Case
    from rules.model.ladder import Paper
    from rules.model.official import PrivatePart
    from storage.work import Reading

_ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}


async def write_papers(county: County, number: int, folder: Path, *, is_full: bool) -> str:
    """Write all papers; what to tell about it.

    The look is on record before anything is written (privacy D5).
    """
    case = await _looked_at(county, number, is_full=is_full)
    async with county.database.read() as read:
        found = await _files(county, read, case, is_full=is_full)
    own_folder(folder)
    for name, content in found:
        keep_private(folder / name, content)
    edition = "full" if is_full else "plain"
    return county.say(f"papers.{edition}", n=len(found), folder=folder)


async def _looked_at(county: County, number: int, *, is_full: bool) -> Case:
    from sqlalchemy import select

    from rules.model.case import Case
    from storage.access_log import note_look
    from storage.tables.cases import cases

    async with county.database.work(county.clock.now()) as work:
        case = await work.one(select(cases).where(cases.c.id == number), Case)
        if case is None:
            raise Refused("no_case", id=number)
        what = "papers_full" if is_full else "papers"
        await note_look(work, None, case.student_id, what, f"case:{number}")
        return case


async def _files(
    county: County, read: Reading, case: Case, *, is_full: bool
) -> list[tuple[str, bytes]]:
    """Everything that belongs to the papers of the case, in the order they were prepared."""
    from storage.attachments import keep_under
    from storage.papers import papers_of_case, private_of, services_of_case

    keep_under(county.settings.data_dir)
    private = await private_of(read, case.student_id) if is_full else None
    served = {one.paper_id: one.proof_file_id for one in await services_of_case(read, case.id)}
    files: list[tuple[str, bytes]] = []
    for place, paper in enumerate(await papers_of_case(read, case.id), 1):
        stem = f"{place:02d}-{await _stem(read, county, paper)}"
        files += await _docx(county, read, paper, stem, private)
        files += await _stored(read, paper.stamped_file_id, county.say("papers.stamped", of=stem))
        files += await _stored(read, served.get(paper.id), county.say("papers.proof", of=stem))
    return files


async def _stem(read: Reading, county: County, paper: Paper) -> str:
    """What the paper is called; a unit's name never becomes part of a path."""
    from papers.official_words import word
    from rules.model.ladder import PaperState
    from rules.official import number_of

    kind = word("kind", paper.kind.value)
    if paper.number is None:
        state = "void" if paper.state is PaperState.VOID else "draft"
        return f"{kind}-{county.say(f'papers.{state}')}"
    return f"{kind}-{number_of('', paper.kind, paper.year or 0, paper.number)}"


async def _docx(
    county: County, read: Reading, paper: Paper, stem: str, private: PrivatePart | None
) -> list[tuple[str, bytes]]:
    """The docx as it was stored, or the full edition of what it says."""
    from bot.ticks.papers import TEMPLATES
    from papers.official import write_paper
    from rules.book import Book
    from rules.official import from_json
    from storage.papers import content_of, issue_of

    stored = await _stored(read, paper.file_id or paper.draft_file_id, stem)
    if private is None and stored:
        return stored
    book = Book(county.policy, await county.calendars.current(read))
    if paper.content is not None:
        content = from_json(paper.content)
    else:
        found = await content_of(read, paper, book, county.clock.now())
        if found is None:
            return []
        content = found
    issue = await issue_of(read, paper, book)
    written = write_paper(content, county.settings.data_dir / TEMPLATES, issue, private)
    name = stem if private is None else county.say("papers.full_edition", of=stem)
    return [(f"{name}.docx", written.content)]


async def _stored(read: Reading, file_id: int | None, stem: str) -> list[tuple[str, bytes]]:
    """A stored file under a name of ours; one that was removed or lost is left out."""
    from papers.official import MEDIA_TYPE
    from storage.attachments import attachment_by_id, content_of

    row = await attachment_by_id(read, file_id) if file_id else None
    if row is None or row.removed_at is not None:
        return []
    ending = {**_ENDINGS, MEDIA_TYPE: ".docx"}.get(row.media_type, "")
    try:
        return [(f"{stem}{ending}", await content_of(read, row))]
    except FileNotFoundError:
        return []
