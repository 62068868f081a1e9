"""The cards of papers and the line about a stage, as both languages say them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rules.child.ladder import LADDER_TASKS
from rules.model.ladder import PaperKind, PaperState, Service, ServiceWay
from rules.model.official import Silence
from storage.facts.on_paper import PAPERS_OF
from storage.views.paper_card import PaperCardView, PaperLine
from storage.views.stage_reached import StageReachedView
from storage.views.task_card import Tried
from storage.views.tasks import TaskLine
from templates.render import render
from templates.screen import Screen
from templates.words import LANGUAGES, phrase, table

NOW = datetime(2026, 9, 17, 2, 0, tzinfo=UTC)
LINE = PaperLine(
    kind="notice",
    state="submitted",
    number=None,
    township=None,
    is_stamped=False,
    words=None,
    comment=None,
    returns=0,
)


def a_card(kind: str = "notice_approval", **changes: Any) -> PaperCardView:
    task = TaskLine(
        task_id=12,
        kind=kind,
        child="Li Yi",
        grade=3,
        number=2,
        school="Qingshi",
        owner="Zhang Min",
        opened_at=NOW - timedelta(days=1),
        due_at=NOW,
        is_overdue=False,
        age=timedelta(days=1),
        student_id=5,
    )
    view = PaperCardView(
        task=task,
        state="open",
        outcome=None,
        by=None,
        at=None,
        level=0,
        is_mine=True,
        may=(),
        may_stand_in=False,
        may_hand_in=False,
        waits_for=None,
        paper=LINE,
        papers=(LINE,),
        township=None,
        declined=None,
        case_id=7,
        first_absent_on=date(2026, 9, 7),
        counted=8,
        untaken=2,
        seen_on=None,
        status="suspected",
        confirmation="awaited",
        confirmed_by=None,
        tried=(Tried(NOW, "visit", False, None),),
        contacts=3,
        visited_home=True,
        service=None,
        notice_until=None,
        silences=(),
    )
    return replace(view, **changes)


def labels(screen: Screen) -> list[str]:
    return [key.label for row in screen.keys for key in row]


def shown(language: str = "zh", kind: str = "notice_approval", **changes: Any) -> Screen:
    return render("paper_card", a_card(kind, **changes), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_task_of_the_upper_stages_has_a_name(language: str) -> None:
    assert {kind for kind in LADDER_TASKS if not phrase(language, f"task.{kind}")} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(PAPERS_OF))
def test_a_card_of_every_kind_says_the_facts(language: str, kind: str) -> None:
    screen = shown(language, kind)

    for words in ("Li Yi", "Qingshi", "Zhang Min", "8", "2"):
        assert words in screen.text
    assert phrase(language, "confirmation.awaited") in screen.text
    assert labels(screen)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [one.value for one in PaperState])
@pytest.mark.parametrize("kind", [one.value for one in PaperKind])
def test_a_paper_of_every_kind_in_every_state(language: str, state: str, kind: str) -> None:
    line = replace(LINE, kind=kind, state=state, township="Qingshi")

    text = shown(language, "joint_issue", paper=line, papers=(line,)).text

    assert phrase(language, f"paper.{kind}") in text
    assert phrase(language, f"paper_state.{state}") in text


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("notice_prepare", ["交校长审批"]),
        ("notice_approval", ["批准", "退回修改"]),
        ("notice_service", ["上传盖章件"]),
        ("report_signature", ["批准", "退回修改"]),
        ("report_acknowledgement", ["签收", "退回补充"]),
        ("joint_issue", ["签发", "退回修改"]),
        ("township_delivery", ["已送乡镇"]),
        ("county_delivery", ["已报县政府"]),
    ],
)
def test_the_keys_of_whose_turn_it_is(kind: str, wanted: list[str]) -> None:
    assert labels(shown(kind=kind)) == [*wanted, "查看材料", "看经过"]
    assert labels(shown(kind=kind, is_mine=False)) == ["查看材料", "看经过"]


def test_the_section_has_its_key_only_when_it_may_stand_in() -> None:
    found = labels(shown(is_mine=False, may_stand_in=True))

    assert found[:2] == ["代批", "退回修改"]


def test_a_returned_paper_shows_its_comment_and_no_deciding_keys() -> None:
    line = replace(LINE, state="returned", comment="补家访", returns=2)
    for_head = shown(paper=line, papers=(line,), waits_for="王芳")
    for_teacher = shown(paper=line, papers=(line,), is_mine=False, may_hand_in=True)

    assert "第 2 次退回：补家访" in for_head.text
    assert "等王芳改好重新提交" in for_head.text
    assert "批准" not in labels(for_head)
    assert labels(for_teacher)[0] == "交校长审批"


@pytest.mark.parametrize("way", list(ServiceWay))
def test_service_and_silences_stand_on_the_card(way: ServiceWay) -> None:
    service = Service(1, 1, 7, 5, way, date(2026, 9, 14), 3, NOW, 9)
    silences = (Silence("school_unsigned", date(2026, 9, 24), "张敏"),)

    text = shown(
        kind="report_acknowledgement",
        service=service,
        notice_until=date(2026, 9, 21),
        silences=silences,
    ).text

    assert f"9月14日 {phrase('zh', f'service_way.{way.value}')}，劝返期限到 9月21日" in text
    assert "标记：学校未签（张敏）" in text


def test_words_from_outside_are_escaped() -> None:
    line = replace(LINE, words="<b>x</b>", comment="a & b", returns=1)

    text = shown(paper=line, papers=(line,)).text

    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "a &amp; b" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", sorted(table("zh", "phrases")["stage_why"]))
def test_the_line_about_a_stage_says_by_whom(language: str, why: str) -> None:
    view = StageReachedView(
        child="Li Yi",
        grade=3,
        number=2,
        case_id=7,
        stage="report",
        why=why,
        by="Wang Fang",
        silent="Zhang Min",
        next_task="report_signature",
        owner="Zhang Min",
        due_at=NOW,
    )
    by_itself = replace(view, by=None)
    unnamed = replace(by_itself, silent=None, next_task=None, owner=None, due_at=None)

    texts = [render("stage_reached", one, language).text for one in (view, by_itself, unnamed)]

    assert "Wang Fang" in texts[0]
    assert ("自动往下走" if language == "zh" else "by itself") in texts[1]
    assert "Zhang Min" in texts[1]
    assert "Zhang Min" not in texts[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_missing_thing_has_a_short_name(language: str) -> None:
    asked = ("not_persuading", "no_contact", "no_visit", "seen")
    reported = ("failures", "failed_visit", "was_reached")

    for one in (*asked, *reported):
        assert phrase(language, f"missing.{one}")
        assert phrase(language, f"refusals.missing_{one}")
