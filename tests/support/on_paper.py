"""A case that has come as far as its papers, in a database."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import docx
from sqlalchemy import select

from bot.ticks.base import Means
from bot.ticks.papers import Papers
from rules.book import Book
from rules.child.draft import Draft
from rules.model.attendance import Mark, MarkKind, Session
from rules.model.case import Case, CaseState, Contact, Stage
from rules.model.ladder import Paper, PaperKind
from rules.model.school import Confirmation, EnrolmentStatus, StatusChange
from rules.policy import Policy
from storage.attachments import attachment_by_id, content_of
from storage.carrying import carry_out
from storage.database import Database
from storage.facts.child import draft_about
from storage.tables.attendance import marks
from storage.tables.cases import cases, contacts
from storage.tables.ladder import papers
from storage.tables.plumbing import journal, outbox
from storage.tables.school import status_changes, students
from storage.work import Work
from tests.support.county import County, add_guardian
from tests.support.world import ZONE

CHILD = "李一"
FIRST = date(2026, 9, 10)


def at(day: int, clock: str = "10:00") -> datetime:
    """An instant of September 2026; the 7th is a Monday."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 9, day, hour, minute, tzinfo=ZONE)


async def found_case(work: Work, county: County) -> int:
    """The child has been away since the 10th, is suspected, and its father was visited."""
    child = county.children[CHILD]
    await add_guardian(work, county, CHILD, "李大")
    case_id = await work.insert(cases, _case(county, child))
    for day in (10, 11, 14):
        moment = at(day, "08:30")
        mark = Mark(0, child, moment.date(), Session.MORNING, MarkKind.ABSENT, None, moment)
        await work.insert(marks, mark)
    for contact in _contacts(county, child, case_id):
        await work.insert(contacts, contact)
    await work.execute(
        students.update()
        .where(students.c.id == child)
        .values(
            status=EnrolmentStatus.SUSPECTED.value,
            status_on=date(2026, 9, 17),
            suspected_on=date(2026, 9, 17),
            confirmation=Confirmation.CONFIRMED.value,
            address=work.vault.seal("东岭县青石乡桃花村 3 组", "students.address"),
            id_number=work.vault.seal("990000201501010013", "students.id_number"),
        )
    )
    change = StatusChange(
        0,
        child,
        case_id,
        EnrolmentStatus.ENROLLED,
        EnrolmentStatus.SUSPECTED,
        date(2026, 9, 17),
        at(17),
        None,
        county.people["leader"],
        at(18),
    )
    await work.insert(status_changes, change)
    return case_id


def _case(county: County, child: int) -> Case:
    return Case(
        0,
        child,
        county.school_id,
        Stage.PERSUADE,
        CaseState.OPEN,
        at(10),
        FIRST,
        Policy().to_json(),
        counted=7,
        last_reached_at=at(14),
        visited_home=True,
        round=1,
    )


def _contacts(county: County, child: int, case_id: int) -> tuple[Contact, ...]:
    teacher, leader = county.people["teacher"], county.people["leader"]
    return (
        Contact(0, child, case_id, teacher, at(11), "phone", False),
        Contact(
            0,
            child,
            case_id,
            teacher,
            at(14),
            "visit",
            True,
            "父亲",
            None,
            "refuses",
            note="<b>不想念了</b>",
            acting_for=leader,
        ),
    )


@dataclass
class PaperDesk:
    """Acts about the child, and the duty that writes what they ask for."""

    database: Database
    means: Means
    county: County

    def __post_init__(self) -> None:
        """The duty that is tested."""
        self.tick = Papers(self.means)

    async def act(self, by: str | None, act: Callable[[Draft], Any], now: datetime) -> None:
        """Somebody does something about the child."""
        async with self.database.work(now) as work:
            book = Book(Policy(), await self.means.calendars.current(work))
            who = self.county.people[by] if by else None
            draft = await draft_about(work, self.county.children[CHILD], book, by=who)
            act(draft)
            await carry_out(work, draft.decision())

    async def write(self, now: datetime) -> int:
        """Let the duty do what is due."""
        return await self.tick.run(self.database, now)

    async def paper(self, kind: PaperKind) -> Paper:
        """The newest paper of a kind."""
        query = select(papers).where(papers.c.kind == kind.value).order_by(papers.c.id.desc())
        async with self.database.read() as read:
            found = await read.one(query, Paper)
        assert found is not None
        return found

    async def text(self, file_id: int | None) -> str:
        """Everything that a stored docx says."""
        async with self.database.read() as read:
            row = await attachment_by_id(read, file_id or 0)
            assert row is not None
            assert row.case_id is not None
            content = await content_of(read, row)
        document = docx.Document(io.BytesIO(content))
        cells = [c.text for table in document.tables for r in table.rows for c in r.cells]
        top = [one.text for one in document.sections[0].header.paragraphs]
        return "\n".join([*top, *(one.text for one in document.paragraphs), *cells])

    async def handed_to(self) -> list[str]:
        """Who has been sent a paper, in order."""
        names = {number: name for name, number in self.county.people.items()}
        query = select(outbox.c.person_id).where(outbox.c.kind == "paper_file")
        async with self.database.read() as read:
            return [names[one] for one in await read.scalars(query.order_by(outbox.c.id))]

    async def notices(self) -> int:
        """How many notices the operators have been sent."""
        query = select(outbox.c.id).where(outbox.c.kind == "operator_notice")
        async with self.database.read() as read:
            return len(await read.scalars(query))

    async def journalled(self, kind: str) -> list[str]:
        """The public part of the journal's lines of a kind."""
        query = select(journal.c.public).where(journal.c.kind == kind)
        async with self.database.read() as read:
            return await read.scalars(query.order_by(journal.c.number))
