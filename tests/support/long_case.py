"""One child's case over two months, from the first missed morning to the township, on record."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from rules import status_decisions
from rules.book import Book
from rules.child import (
    closings,
    contacts,
    joint,
    notices,
    replies,
    reports,
    safety_lane,
    townships,
)
from rules.child.draft import Draft
from rules.child.rollcall import record_absence, see_child
from rules.child.settle import settle
from rules.decision import Decision
from rules.model.attendance import Answer, Reply
from rules.model.case import Case, Contact, Reason, Task
from rules.model.ladder import (
    Closing,
    ClosingReason,
    ClosingState,
    Paper,
    PaperState,
    Referral,
    Service,
    ServiceWay,
)
from rules.model.people import Post, Role
from rules.model.school import StatusChange, Student
from rules.policy import Policy
from storage import attachments as files
from storage.access_log import note_look
from storage.calendars import Calendars
from storage.carrying import carry_out
from storage.database import Database
from storage.facts.child import draft_about
from storage.tables.cases import cases
from storage.tables.ladder import papers, referrals
from storage.tables.people import posts
from storage.tables.plumbing import outbox
from storage.tables.school import status_changes, students
from tests.support.county import County, add_guardian, add_person, found_county
from tests.support.databases import KEYS, run_apart

ZONE = ZoneInfo("Asia/Shanghai")
CHILD = "李一"
ID_NUMBER = "990000201501010013"
PHONE = "13812345678"
FIRST = date(2026, 9, 7)
Act = Callable[[Draft], Any]


@dataclass
class LongCase:
    """The county, and what happens to one of its children, act by act."""

    database: Database
    county: County
    _files: int = 0

    async def act(self, on: date, clock: str, act: Act, by: str | None = None) -> Any:
        """Somebody, or time itself, does something about the child."""
        async with self.database.work(at(on, clock)) as work:
            book = Book(Policy(), await Calendars(ZONE).current(work))
            person = self.county.people[by] if by else None
            draft = await draft_about(work, self.county.children[CHILD], book, by=person)
            found = act(draft)
            decision = found if isinstance(found, Decision) else draft.decision()
            await carry_out(work, decision)
            return found

    async def missed(self, on: date) -> None:
        """A morning without the child."""
        await self.act(
            on,
            "08:20",
            lambda draft: record_absence(draft, on, "absent", at(on, "09:00")),
            "teacher",
        )
        await self.act(on, "09:00", settle)

    async def says(self, on: date, clock: str, answer: Answer, body: str | None = None) -> None:
        """The father answers."""
        reply = Reply(
            0,
            self.county.children[CHILD],
            self.county.people["李父"],
            None,
            None,
            answer,
            at(on, clock),
            body,
        )
        await self.act(
            on,
            clock,
            lambda draft: replies.accept_reply(
                draft,
                replace(
                    reply,
                    question_id=draft.facts.question.id if draft.facts.question else None,
                    case_id=draft.case_id,
                ),
            ),
            "李父",
        )

    async def contact(
        self,
        on: date,
        clock: str,
        means: str,
        result: str | None,
        by: str = "teacher",
        **more: Any,
    ) -> None:
        """A line of the contact log; without a result nobody was reached."""
        line = Contact(
            0,
            self.county.children[CHILD],
            None,
            self.county.people[by],
            at(on, clock),
            means,
            result is not None,
            result=result,
            **more,
        )
        await self.act(on, clock, lambda draft: contacts.log_contact(draft, line), by)

    async def confirm_status(self, on: date, clock: str, by: str) -> None:
        """[确认疑似辍学]."""
        async with self.database.read() as read:
            query = select(status_changes).order_by(status_changes.c.id.desc())
            change = await read.one(query, StatusChange)
        await self.act(
            on,
            clock,
            lambda draft: status_decisions.confirm(draft, task(draft, "status_confirm"), change),
            by,
        )

    async def file(self, on: date, clock: str, by: str | None, media: str = "image/jpeg") -> int:
        """Somebody sends a file about the child; its number."""
        self._files += 1
        content = f"file {self._files}".encode()
        parcel = files.Parcel(content, hashlib.sha256(content).hexdigest(), media)
        async with self.database.work(at(on, clock)) as work:
            person = self.county.people[by] if by else None
            row = await files.keep(work, parcel, person)
            await files.link(work, row.id, self.county.children[CHILD], await case_id(work))
            return row.id

    async def written(self, on: date, clock: str) -> None:
        """The docx of every paper that waits for it is written."""
        async with self.database.read() as read:
            waiting = await read.all(select(papers).where(papers.c.render_at.is_not(None)), Paper)
        for paper in waiting:
            number = await self.file(on, clock, None, "application/vnd.docx")
            final = paper.state is PaperState.APPROVED
            changed = {"file_id": number} if final else {"draft_file_id": number, "content": "{}"}
            async with self.database.work(at(on, clock)) as work:
                await work.save(papers, replace(paper, render_at=None, **changed))

    async def sent(self, on: date, clock: str) -> None:
        """Everything that waited has gone out."""
        async with self.database.work(at(on, clock)) as work:
            await work.execute(
                outbox.update()
                .where(outbox.c.state == "waiting")
                .values(state="delivered", delivered_at=work.now)
            )

    async def look(self, on: date, clock: str, who: str, what: str) -> None:
        """Somebody looks at the child's record."""
        async with self.database.work(at(on, clock)) as work:
            await note_look(work, self.county.people[who], self.county.children[CHILD], what)


def told_once(template: Path, folder: Path) -> tuple[Path, County]:
    """The story in a SQLite file of its own, for tests to copy."""
    path = Path(shutil.copy(template, folder / "story.db"))
    files.keep_under(folder)

    async def all_of_it() -> County:
        database = await Database.open(f"sqlite+aiosqlite:///{path}", KEYS)
        try:
            return (await tell(database)).county
        finally:
            await database.close()

    return path, run_apart(all_of_it())


def at(on: date, clock: str) -> datetime:
    """An instant by the county's clock."""
    hour, minute = clock.split(":")
    return datetime(on.year, on.month, on.day, int(hour), int(minute), tzinfo=ZONE)


def task(draft: Draft, kind: str) -> Task:
    """The open task of a kind."""
    found = draft.facts.task(kind)
    assert found is not None, (kind, [one.kind for one in draft.facts.tasks])
    return found


async def case_id(read: Any) -> int:
    """The one case there is."""
    found = await read.one(select(cases).order_by(cases.c.id), Case)
    assert found is not None
    return int(found.id)


async def tell(database: Database) -> LongCase:
    """Two months of one child: calls, visits, a served notice, a report that the head did not
    sign, a township, a search, and a request to close."""
    async with database.work(at(FIRST, "08:00")) as work:
        county = await found_county(work)
        await add_guardian(work, county, CHILD, "李父", is_carer=False)
        await add_guardian(work, county, CHILD, "李奶奶", is_carer=True)
        contact_id = await add_person(work, county, "township", "吴敏")
        await work.insert(posts, Post(0, contact_id, Role.TOWNSHIP, county.township_id))
        await add_person(work, county, "deputy", "刘洋")
        child = await work.one(students.select().where(students.c.name == CHILD), Student)
        assert child is not None
        await work.save(
            students, replace(child, id_number=ID_NUMBER, register_number=f"G{ID_NUMBER}", sex="m")
        )
    story = LongCase(database, county)
    await _first_weeks(story)
    await _on_paper(story)
    await _township(story)
    return story


async def _first_weeks(story: LongCase) -> None:
    for day in (7, 8, 9, 10, 11, 14):
        await story.missed(date(2026, 9, day))
        if day == 7:
            await story.sent(FIRST, "08:24")
            await story.says(FIRST, "08:50", Answer.DONT_KNOW)
            await story.act(FIRST, "08:58", safety_lane.confirm_absent, "teacher")
            await story.act(FIRST, "10:10", lambda d: safety_lane.end(d, "found_safe"), "leader")
            await story.says(FIRST, "19:40", Answer.UNWILLING)
            await story.says(
                FIRST, "19:42", Answer.TEXT, f"孩子说不想读了，我电话换成{PHONE}了，您晚上打给我。"
            )
            await story.contact(
                FIRST,
                "20:15",
                "phone",
                "refuses",
                whom="父亲",
                reason=Reason.LEARNING,
                note="父亲说孩子跟不上，坐不住。",
            )
        if day == 9:
            await story.contact(
                date(2026, 9, 9),
                "17:30",
                "visit",
                "again",
                whom="奶奶",
                agreed_on=date(2026, 9, 11),
                note="奶奶带着孩子在家，说等爸爸回来再商量。",
                reason=Reason.POVERTY,
                acting_for=story.county.people["deputy"],
            )
        if day == 11:
            await story.contact(date(2026, 9, 11), "16:20", "phone", None)
    await story.confirm_status(date(2026, 9, 14), "15:30", "leader")
    await story.look(date(2026, 9, 14), "15:40", "leader", "case")
    await story.contact(
        date(2026, 9, 14),
        "18:10",
        "visit",
        "refuses",
        by="leader",
        whom="父亲",
        note="校领导家访，父亲仍不同意。",
    )


async def _on_paper(story: LongCase) -> None:
    on = date(2026, 9, 15)
    await story.missed(on)
    await story.act(
        on,
        "10:00",
        lambda d: notices.ask_for_notice(d, "多次联系，家长拒绝送孩子返校。"),
        "teacher",
    )
    await story.written(on, "10:01")
    await story.act(
        on,
        "11:20",
        lambda d: notices.send_back(d, task(d, "notice_approval"), "请写清最近一次家访的日期。"),
        "head",
    )
    await story.act(
        on, "14:00", lambda d: notices.submit(d, "9月14日校领导家访，父亲仍不同意。"), "teacher"
    )
    await story.written(on, "14:01")
    await story.act(on, "15:05", lambda d: notices.approve(d, task(d, "notice_approval")), "head")
    await story.written(on, "15:06")
    await story.look(on, "15:30", "head", "phone")
    on = date(2026, 9, 16)
    await story.missed(on)
    stamped = await story.file(on, "09:40", "teacher")
    await story.act(on, "09:40", lambda d: notices.keep_stamped(d, stamped, "0" * 64), "teacher")
    proof = await story.file(on, "17:50", "teacher")
    service = Service(
        0,
        0,
        0,
        story.county.children[CHILD],
        ServiceWay.REFUSED,
        on,
        story.county.people["teacher"],
        at(on, "17:50"),
        proof,
        witnesses="村干部周建国、李强",
    )
    await story.act(on, "17:50", lambda d: notices.serve(d, service), "teacher")
    for day in (17, 18, 20, 21, 22, 23, 24):
        await story.missed(date(2026, 9, day))
    await story.act(date(2026, 9, 24), "09:05", settle)
    await story.written(date(2026, 9, 24), "09:06")
    for day in (25, 28, 29):
        await story.missed(date(2026, 9, day))
    await story.written(date(2026, 9, 29), "09:06")


async def _township(story: LongCase) -> None:
    on = date(2026, 9, 29)
    await story.act(
        on, "10:30", lambda d: reports.acknowledge(d, task(d, "report_acknowledgement")), "section"
    )
    await story.written(on, "10:31")
    await story.act(on, "15:00", lambda d: joint.issue(d, task(d, "joint_issue")), "bureau")
    await story.written(on, "15:01")
    receipt = await story.file(on, "16:00", "section", "application/pdf")
    sent = await referral(story)
    await story.act(
        on,
        "16:00",
        lambda d: joint.deliver(d, task(d, "township_delivery"), sent, receipt, "0" * 64),
        "section",
    )
    sent = await referral(story)
    on = date(2026, 9, 30)
    await story.missed(on)
    await story.act(
        on,
        "09:30",
        lambda d: townships.accept(d, task(d, "township_acceptance"), sent, "包村干部周建国"),
        "township",
    )
    await story.contact(
        on,
        "16:30",
        "visit",
        "will_come",
        by="township",
        whom="父亲和孩子",
        agreed_on=date(2026, 10, 8),
        note="包村干部同去，父亲答应假期后送孩子返校。",
    )
    proof = await story.file(on, "17:00", "teacher", "application/pdf")
    wanted = Closing(
        0,
        0,
        story.county.children[CHILD],
        ClosingReason.TRANSFERRED,
        ClosingState.AT_HEAD,
        story.county.people["teacher"],
        at(on, "17:00"),
        proof,
        words="父亲说要转到外地。",
    )
    await story.act(on, "17:00", lambda d: closings.ask_to_close(d, wanted), "teacher")
    await story.act(
        on,
        "17:40",
        lambda d: closings.refuse(d, task(d, "closing_approval"), "没有接收学校的证明。"),
        "head",
    )
    await story.look(on, "18:00", "bureau", "case")
    await story.missed(date(2026, 10, 8))
    await story.act(date(2026, 10, 9), "08:25", see_child, "teacher")
    await story.act(date(2026, 10, 9), "09:00", settle)
    await story.sent(date(2026, 10, 9), "09:05")


async def referral(story: LongCase) -> Referral:
    """The one township that has to do with the case."""
    async with story.database.read() as read:
        found = await read.one(select(referrals), Referral)
    assert found is not None
    return found
