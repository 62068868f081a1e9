"""Papers on both engines: from the act that asks for one to the file in somebody's hands."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from sqlalchemy import select

from bot.clock import RehearsalClock
from bot.settings import Settings
from bot.ticks import papers as paper_tick
from bot.ticks.base import Means
from papers.official import Written, write_paper
from rules.child import joint, notices, reports
from rules.child import papers as paper_rules
from rules.child.draft import Draft
from rules.child.ladder import enter, pass_silence
from rules.model.case import CaseState, Stage
from rules.model.ladder import PaperKind, PaperState
from rules.model.official import PaperContent
from rules.official import from_json
from rules.policy import Policy
from storage import attachments
from storage.attachments import attachment_by_id, content_of
from storage.calendars import Calendars
from storage.database import Database
from storage.tables.cases import tasks
from storage.tables.people import guardianships, pairings, posts
from storage.tables.plumbing import access_log
from tests.support.county import found_county
from tests.support.on_paper import CHILD, PaperDesk, at, found_case
from tests.support.world import ZONE, a_world

WORDS = "孩子说 <不想> & {{ 念了 }}"


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path) -> None:
    """Files of this test lie in its own folder."""
    attachments.keep_under(tmp_path / "data")


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> PaperDesk:
    settings = Settings(data_dir=tmp_path / "data")
    means = Means(settings, Policy(), Calendars(ZONE), RehearsalClock(at(18)))
    async with database.work(at(7, "07:00")) as work:
        county = await found_county(work)
        await found_case(work, county)
    return PaperDesk(database, means, county)


def ask(draft: Draft) -> None:
    """[申请发通知书]."""
    notices.ask_for_notice(draft, WORDS)


def grant(draft: Draft) -> None:
    """[批准] by the head."""
    task = draft.facts.task("notice_approval")
    assert task is not None
    notices.approve(draft, task)


async def test_a_draft_is_written_frozen_and_laid_before_the_head(desk: PaperDesk) -> None:
    await desk.act("teacher", ask, at(18))

    assert await desk.write(at(18)) == 1
    assert await desk.write(at(18)) == 0

    paper = await desk.paper(PaperKind.NOTICE)
    text = await desk.text(paper.draft_file_id)
    assert (paper.render_at, paper.file_id, paper.state) == (None, None, PaperState.SUBMITTED)
    assert paper.content is not None
    said = from_json(paper.content)
    assert (said.words, said.child.name, said.absence.counted) == (WORDS, CHILD, 7)
    assert (said.absence.untaken, len(said.absence.days)) == (4, 7)
    assert [one.acting_for for one in said.contacts] == [None, "李强"]
    assert said.status.confirmed_by == "李强"
    assert WORDS in text
    assert "草　稿" in text
    assert "990000201501010013" not in text + paper.content
    assert "桃花村" not in text + paper.content
    assert await desk.handed_to() == ["head"]


async def test_the_approved_paper_is_what_was_shown_with_its_number(desk: PaperDesk) -> None:
    await desk.act("teacher", ask, at(18))
    await desk.write(at(18))
    shown = (await desk.paper(PaperKind.NOTICE)).content
    await desk.act("head", grant, at(21, "15:00"))

    await desk.write(at(21, "15:00"))

    paper = await desk.paper(PaperKind.NOTICE)
    text = await desk.text(paper.file_id)
    assert paper.content == shown
    assert "青石中小劝〔2026〕1号" in text
    assert "2026年9月21日" in text
    assert "草" not in text
    assert await desk.handed_to() == ["head", "teacher"]
    drafted, final = (json.loads(one) for one in await desk.journalled("paper_written"))
    async with desk.database.read() as read:
        row = await attachment_by_id(read, paper.file_id or 0)
        assert row is not None
        content = await content_of(read, row)
    assert final["sha256"] == hashlib.sha256(content).hexdigest() == row.sha256
    assert (final["kind"], final["number"], drafted["number"]) == ("notice", 1, None)
    (approved,) = (json.loads(one) for one in await desk.journalled("paper_approved"))
    assert approved["content"] == hashlib.sha256((shown or "").encode()).hexdigest()


async def test_the_report_names_who_was_silent_and_goes_to_head_and_section(
    desk: PaperDesk,
) -> None:
    head = desk.county.people["head"]
    await desk.act("teacher", ask, at(18))

    def go_on(draft: Draft) -> None:
        pass_silence(draft, "notice_unapproved", head)
        reports.open_stage(draft, "not_served")

    def sign(draft: Draft) -> None:
        task = draft.facts.task("report_signature")
        assert task is not None
        reports.sign(draft, task)

    await desk.act(None, go_on, at(28))
    await desk.write(at(28))
    await desk.act("head", sign, at(28, "11:00"))
    await desk.write(at(28, "11:00"))

    paper = await desk.paper(PaperKind.REPORT)
    text = await desk.text(paper.file_id)
    assert "《劝返通知书》未经批准（责任人：张敏；2026年9月28日）" in text
    assert "疑似辍学（2026年9月17日起，李强于2026年9月18日确认）" in text
    assert "王芳（代李强）" in text
    assert "不想念了" not in text
    assert await desk.handed_to() == ["head", "head", "section"]
    notice = await desk.paper(PaperKind.NOTICE)
    assert (notice.state, notice.render_at) == (PaperState.VOID, None)


async def test_the_bureaus_papers_go_to_who_issues_and_who_sends(desk: PaperDesk) -> None:
    def begin(draft: Draft) -> None:
        joint.open_stage(draft, "acknowledged")

    def issue(draft: Draft) -> None:
        task = draft.facts.task("joint_issue")
        assert task is not None
        joint.issue(draft, task)

    await desk.act(None, begin, at(21))
    assert await desk.write(at(21)) == 3
    await desk.act("bureau", issue, at(22))
    assert await desk.write(at(22)) == 3

    assert await desk.handed_to() == ["bureau"] * 3 + ["section"] * 3
    kinds = (PaperKind.TOWNSHIP, PaperKind.COUNTY, PaperKind.HANDOVER)
    texts = [await desk.text((await desk.paper(kind)).file_id) for kind in kinds]
    numbers = ("县教体通〔2026〕1号", "县教体呈〔2026〕1号", "县教体交〔2026〕1号")
    assert all(number in text for number, text in zip(numbers, texts, strict=True))
    assert "青石乡人民政府" in texts[0]
    assert "县人民政府" in texts[1]


async def test_a_supervision_letter_lists_what_is_late(desk: PaperDesk) -> None:
    def urge(draft: Draft) -> None:
        draft.open("home_visit", draft.facts.responsible_id, due_at=at(16))
        draft.open("danger", draft.facts.responsible_id, due_at=at(16))
        paper_rules.prepare(draft, PaperKind.SUPERVISION, None)

    await desk.act(None, urge, at(18))
    await desk.write(at(18))

    text = await desk.text((await desk.paper(PaperKind.SUPERVISION)).draft_file_id)
    assert "家访\n2026年9月16日\n王芳" in text
    assert "其他应办事项" not in text


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[], Coroutine[Any, Any, None]]
) -> list[str | None]:
    """Let somebody act once, while the first docx is written; the words of each that was."""
    loop = asyncio.get_running_loop()
    seen: list[str | None] = []

    def write(content: PaperContent, *more: Any) -> Written:
        seen.append(content.words)
        if len(seen) == 1:
            asyncio.run_coroutine_threadsafe(act(), loop).result(30)
        return write_paper(content, *more)

    monkeypatch.setattr(paper_tick, "write_paper", write)
    return seen


async def test_a_paper_sent_back_while_it_is_written_stays_unwritten(
    desk: PaperDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send_back(draft: Draft) -> None:
        task = draft.facts.task("notice_approval")
        assert task is not None
        notices.send_back(draft, task, "写清楚一点")

    await desk.act("teacher", ask, at(18))
    seen = meanwhile(monkeypatch, lambda: desk.act("head", send_back, at(18)))
    await desk.write(at(18))

    paper = await desk.paper(PaperKind.NOTICE)
    assert seen == [WORDS]
    assert (paper.state, paper.draft_file_id, paper.render_at) == (PaperState.RETURNED, None, None)
    assert await desk.handed_to() == []
    assert await desk.journalled("paper_written") == []


async def test_a_paper_changed_while_it_is_written_is_written_anew(
    desk: PaperDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_words(draft: Draft) -> None:
        (paper,) = draft.facts.ladder.papers
        draft.keep_paper(replace(paper, words="后来补充的话"))

    await desk.act("teacher", ask, at(18))
    seen = meanwhile(monkeypatch, lambda: desk.act("teacher", other_words, at(18)))
    await desk.write(at(18))

    paper = await desk.paper(PaperKind.NOTICE)
    assert seen == [WORDS, "后来补充的话"]
    assert "后来补充的话" in await desk.text(paper.draft_file_id)
    assert await desk.handed_to() == ["head"]


async def test_no_unit_of_work_is_open_while_a_paper_is_written(
    desk: PaperDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.act("teacher", ask, at(18))
    open_works = 0
    at_writing: list[int] = []
    real = Database.work

    class Counted:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        async def __aenter__(self) -> Any:
            nonlocal open_works
            open_works += 1
            return await self.inner.__aenter__()

        async def __aexit__(self, *error: Any) -> Any:
            nonlocal open_works
            open_works -= 1
            return await self.inner.__aexit__(*error)

    def watched(*values: Any) -> Written:
        at_writing.append(open_works)
        return write_paper(*values)

    monkeypatch.setattr(Database, "work", lambda self, now: Counted(real(self, now)))
    monkeypatch.setattr(paper_tick, "write_paper", watched)
    await desk.write(at(18))

    assert at_writing == [0]


async def test_a_case_that_is_over_needs_no_paper(desk: PaperDesk) -> None:
    def end(draft: Draft) -> None:
        paper_rules.prepare(draft, PaperKind.NOTICE, None)
        draft.case(state=CaseState.CLOSED)

    await desk.act(None, end, at(18))
    await desk.write(at(18))

    paper = await desk.paper(PaperKind.NOTICE)
    assert (paper.render_at, paper.content, paper.draft_file_id) == (None, None, None)


async def test_a_countys_own_template_is_used_and_a_broken_one_is_told_once(
    desk: PaperDesk, tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "templates"
    folder.mkdir(parents=True)
    own = docx.Document()
    own.add_paragraph("本县样式 {{ number }} {{ child }}")
    own.save(str(folder / "notice.docx"))
    await desk.act("teacher", ask, at(18))
    await desk.write(at(18))
    first = await desk.paper(PaperKind.NOTICE)
    assert "本县样式 （草稿，未编号） 李一" in await desk.text(first.draft_file_id)
    assert await desk.notices() == 0

    (folder / "notice.docx").write_text("broken", encoding="utf-8")
    await desk.act("head", grant, at(18, "11:00"))
    await desk.write(at(18, "11:00"))

    paper = await desk.paper(PaperKind.NOTICE)
    assert "送达回证" in await desk.text(paper.file_id)
    assert await desk.notices() == 1


async def test_the_next_paper_is_asked_for(desk: PaperDesk) -> None:
    async with desk.database.read() as read:
        assert await desk.tick.next_at(read) is None
    await desk.act("teacher", ask, at(18))

    async with desk.database.read() as read:
        assert await desk.tick.next_at(read) == at(18)


async def test_a_paper_comes_protected_and_goes_after_a_day(database: Database) -> None:
    async with a_world(database, "10:00", on=at(18).date()) as world:
        async with database.work(world.stage.clock.now()) as work:
            await found_case(work, world.county)
        head = world.phone("head")
        await world.decide(CHILD, ask)

        (call,) = world.stage.api.calls.of("sendDocument", head.chat_id)
        caption = call.params["caption"]
        assert call.params["protect_content"] in (True, "true")
        assert call.params["disable_notification"] in (True, "true")
        assert "劝返通知书" in caption
        assert CHILD in caption
        assert "仅供 张敏 查看　9月18日 10:00" in caption
        assert "草稿" in caption
        async with database.read() as read:
            looks = await read.execute(_looks())
        assert [tuple(one) for one in looks.rows] == [
            (world.county.people["head"], world.county.children[CHILD], "paper_file")
        ]

        await world.to("10:05", on=at(18).date() + timedelta(days=1))
        removed = world.stage.api.calls.of("deleteMessage", head.chat_id)
        assert [one.ok for one in removed] == [True]


def _looks() -> Any:
    columns = (access_log.c.person_id, access_log.c.student_id, access_log.c.what)
    return select(*columns)


async def test_a_paper_is_not_handed_to_somebody_who_may_not_see_the_child(
    database: Database,
) -> None:
    async with a_world(database, "21:00", on=at(18).date()) as world:
        async with database.work(world.stage.clock.now()) as work:
            await found_case(work, world.county)
        await world.decide(CHILD, ask)
        assert world.stage.api.calls.of("sendDocument") == []
        async with database.work(world.stage.clock.now()) as work:
            await work.execute(_leave_the_school(world.county.people["head"]))
            await work.execute(_other_owner(world.county.people))

        await world.to("08:01", on=at(19).date())

        assert world.stage.api.calls.of("sendDocument") == []


def _leave_the_school(person_id: int) -> Any:
    return posts.delete().where(posts.c.person_id == person_id)


def _other_owner(people: dict[str, int]) -> Any:
    return (
        tasks.update().where(tasks.c.owner_id == people["head"]).values(owner_id=people["leader"])
    )


async def test_a_draft_of_a_stage_that_is_left_is_not_written(desk: PaperDesk) -> None:
    await desk.act("teacher", ask, at(18))

    def leave(draft: Draft) -> None:
        enter(draft, Stage.PERSUADE, "asked")

    await desk.act(None, leave, at(18))

    assert await desk.write(at(18)) == 0


async def test_a_case_of_which_nobody_knows_anything_has_its_papers(desk: PaperDesk) -> None:
    async with desk.database.work(at(18)) as work:
        for table in (posts, pairings, guardianships):
            await work.execute(table.delete())

    def everything(draft: Draft) -> None:
        joint.open_stage(draft, "acknowledged")
        for kind in (PaperKind.NOTICE, PaperKind.REPORT, PaperKind.SUPERVISION):
            paper_rules.prepare(draft, kind, None)

    await desk.act(None, everything, at(18))
    assert await desk.write(at(18)) == len(PaperKind)

    for kind in PaperKind:
        text = await desk.text((await desk.paper(kind)).draft_file_id)
        assert "None" not in text
        assert CHILD in text
    assert await desk.handed_to() == []
