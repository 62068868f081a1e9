"""What a case file holds, for whom, and that it is one page by itself."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from rules.calendar import Calendar
from rules.danger import Danger
from rules.model.case import Contact
from rules.model.dossier import Dossier
from rules.model.people import Pairing, PairingLevel, PairingScope
from rules.refusals import NotYours
from storage import attachments
from storage.access_log import note_look
from storage.actors import actor_as
from storage.calendars import Calendars
from storage.casefile.proof import lines_proof, whole_proof
from storage.casefile.reading import case_by_id, dossier_of
from storage.casefile.sight import OFFICE, Sight, sight_of
from storage.database import Database
from storage.facts.danger import keep_danger
from storage.tables.cases import contacts
from storage.tables.people import pairings
from storage.tables.plumbing import journal
from templates.casefile import write_case_file
from templates.words import phrase
from tests.support.county import County
from tests.support.databases import KEYS
from tests.support.long_case import CHILD, ID_NUMBER, PHONE, ZONE, LongCase, at, case_id

LATER = date(2026, 10, 9)
Told = tuple[Path, County]


@pytest.fixture
async def story(told_story: Told, tmp_path: Path) -> AsyncIterator[LongCase]:
    shutil.copy(told_story[0], tmp_path / "story.db")
    attachments.keep_under(tmp_path)
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/story.db", KEYS)
    yield LongCase(database, deepcopy(told_story[1]), 100)
    await database.close()


async def dossier(story: LongCase, sight: Sight = OFFICE, on: date = LATER) -> Dossier:
    async with story.database.read() as read:
        calendar: Calendar = await Calendars(ZONE).current(read)
        case = await case_by_id(read, await case_id(read))
        return await dossier_of(
            read,
            case,
            sight,
            calendar,
            at(on, "17:00"),
            lambda numbers: whole_proof(read, KEYS.journal, numbers),
        )


async def sight(story: LongCase, who: str) -> Sight:
    async with story.database.read() as read:
        actor = await actor_as(read, story.county.people[who], LATER)
        return await sight_of(read, actor, await case_id(read), LATER)


def page(found: Dossier, language: str = "zh") -> str:
    return write_case_file(found, language, "Asia/Shanghai")


async def test_the_whole_story_stands_in_order(story: LongCase) -> None:
    found = await dossier(story)

    assert len(found.moments) > 60
    assert [one.number for one in found.moments] == sorted(one.number for one in found.moments)
    assert [one.stage or one.mark for one in found.stages] == [
        "verify",
        "persuade",
        "notice",
        "report",
        "school_unsigned",
        "joint",
    ]
    assert [one.counts for one in found.days if one.counts] == list(range(1, 20))
    assert [one.answer for one in found.replies] == ["dont_know", "unwilling", "text"]
    assert {one.means for one in found.contacts} == {"phone", "visit"}
    assert found.statuses[0].confirmed_by == "李强"
    assert [one.kind for one in found.papers][:2] == ["notice", "report"]
    assert found.services[0].witnesses == "村干部周建国、李强"
    assert found.referrals[0].accepted_by == "吴敏"
    assert found.closings[0].comment == "没有接收学校的证明。"
    assert found.searches[0].ended_by == "李强"
    assert [one.who for one in found.looks or ()] == ["李强", "张敏", "赵刚"]
    assert found.proof.broken_by is None
    assert found.proof.of_case == len(found.moments)


async def test_numbers_are_masked_everywhere(story: LongCase) -> None:
    text = page(await dossier(story))

    assert ID_NUMBER not in text
    assert PHONE not in text
    assert "990***********0013" in text
    assert "138****5678" in text  # in what the father wrote


async def test_who_acted_for_somebody_else_is_said(story: LongCase) -> None:
    found = await dossier(story)

    assert {one.acting_for for one in found.moments} == {None, "刘洋"}
    assert page(found).count("代刘洋") == 2


class _Outside(HTMLParser):
    """Whatever a page would fetch, or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag in ("script", "link", "img", "iframe") or names & {"src", "href", "onload"}:
            self.found.append(tag)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_page_stands_by_itself(story: LongCase, language: str) -> None:
    text = page(await dossier(story), language)
    outside = _Outside()
    outside.feed(text)

    assert outside.found == []
    assert "url(" not in text
    assert "@page { size: A4" in text


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_everything_in_the_story_has_words(story: LongCase, language: str) -> None:
    text = page(await dossier(story), language)

    assert f">{phrase(language, 'casefile.unknown')}<" not in text
    assert not re.search(r"<td>[a-z]+_[a-z_]+", text)


async def test_what_people_wrote_is_text(story: LongCase) -> None:
    async with story.database.work(at(LATER, "12:00")) as work:
        first = await work.one(select(contacts).order_by(contacts.c.id), Contact)
        assert first is not None
        await work.save(contacts, replace(first, note="<script>alert(1)</script>"))

    text = page(await dossier(story))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


async def test_danger_never_appears(story: LongCase) -> None:
    county = story.county
    secret = await story.file(date(2026, 9, 20), "12:00", "teacher")
    async with story.database.work(at(date(2026, 9, 20), "12:00")) as work:
        await keep_danger(
            work,
            Danger(
                0,
                county.children[CHILD],
                county.people["teacher"],
                work.now,
                county.people["head"],
                county.people["section"],
                "有伤",
                receipt_file_id=secret,
            ),
        )
        await note_look(work, county.people["head"], county.children[CHILD], "danger:1")
        from rules.decision import Entry

        work.journal(Entry("danger_recorded", f"child:{county.children[CHILD]}"))
    before = await dossier(story)

    assert all("danger" not in one.kind for one in before.moments)
    assert all("danger" not in one.what for one in before.looks or ())
    assert len(before.files) == 14  # as without it
    assert "有伤" not in page(before)


async def test_a_teacher_sees_neither_lookers_nor_what_stays_in_the_office(
    story: LongCase,
) -> None:
    theirs = await dossier(story, await sight(story, "teacher"))

    assert theirs.looks is None
    assert {one.reason for one in theirs.contacts} == {"learning", "protected", None}
    assert all(one.kind != "poverty_support" for one in theirs.tasks)
    assert all(("kind", "poverty_support") not in one.facts for one in theirs.moments)
    assert "王芳 导出于" in page(theirs)


async def test_a_head_sees_who_looked(story: LongCase) -> None:
    theirs = await dossier(story, await sight(story, "head"))

    assert theirs.looks
    assert {one.reason for one in theirs.contacts} == {"learning", "protected", None}


@pytest.mark.parametrize("who", ["李父", "clerk_elsewhere"])
async def test_who_may_not_see_the_case_is_refused(story: LongCase, who: str) -> None:
    if who not in story.county.people:
        from tests.support.county import add_person

        async with story.database.work(at(LATER, "08:00")) as work:
            await add_person(work, story.county, who, "外校老师")
    with pytest.raises(NotYours):
        await sight(story, who)


async def test_it_says_who_was_responsible_when(story: LongCase) -> None:
    county = story.county
    async with story.database.work(at(LATER, "12:00")) as work:
        line = await work.one(
            select(pairings).where(
                pairings.c.scope == PairingScope.CLASS.value,
                pairings.c.level == PairingLevel.TEACHER.value,
            ),
            Pairing,
        )
        assert line is not None
        await work.save(pairings, replace(line, to_on=date(2026, 9, 20)))
        await work.insert(
            pairings,
            replace(line, id=0, person_id=county.people["deputy"], from_on=date(2026, 9, 21)),
        )
        await work.insert(
            pairings, replace(line, id=0, person_id=county.people["clerk"], to_on=date(2026, 9, 1))
        )
    found = [one for one in (await dossier(story)).duties if one.level == "teacher"]

    assert [(one.who, one.from_on, one.to_on) for one in found] == [
        ("王芳", None, date(2026, 9, 20)),
        ("刘洋", date(2026, 9, 21), None),
    ]


async def altered(work: Any, number: int) -> None:
    await work.execute(update(journal).where(journal.c.number == number).values(public="{}"))


async def removed(work: Any, number: int) -> None:
    await work.execute(delete(journal).where(journal.c.number == number))


@pytest.mark.parametrize("tamper", [altered, removed])
async def test_a_broken_chain_is_said_in_red(story: LongCase, tamper: Any) -> None:
    number = (await dossier(story)).moments[10].number
    async with story.database.work(at(LATER, "12:00")) as work:
        await tamper(work, number)
    found = await dossier(story)

    assert found.proof.broken_at == number
    assert f"第 {number} 条" in page(found)


@pytest.mark.parametrize("tamper", [altered, removed])
async def test_the_lines_of_a_case_are_checked_by_themselves(story: LongCase, tamper: Any) -> None:
    numbers = [one.number for one in (await dossier(story)).moments]
    async with story.database.read() as read:
        assert (await lines_proof(read, KEYS.journal, numbers)).broken_by is None
        assert (await lines_proof(read, b"x" * 32, numbers)).broken_at == 1
    async with story.database.work(at(LATER, "12:00")) as work:
        await tamper(work, numbers[10] - 1)
    async with story.database.read() as read:
        found = await lines_proof(read, KEYS.journal, numbers)
    assert found.broken_at == numbers[10] - 1
