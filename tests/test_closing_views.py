"""The cards of an ending without a return, as both languages say them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from handlers.ladder.closings import ClosingAskView
from rules.model.ladder import ClosingReason
from storage.views.closing_card import ClosingCardView, ClosingDecidedView, TransferCardView
from storage.views.tasks import TaskLine
from templates.render import render
from templates.screen import Screen
from templates.words import LANGUAGES, label, table

NOW = datetime(2026, 9, 17, 2, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"
TASK = TaskLine(
    task_id=12,
    kind="closing_approval",
    child="Li Yi",
    grade=3,
    number=2,
    school="Qingshi",
    owner="Zhang Min",
    opened_at=NOW,
    due_at=NOW + timedelta(days=1),
    is_overdue=False,
    age=timedelta(),
    student_id=5,
)
CARD = ClosingCardView(
    task=TASK,
    state="open",
    outcome=None,
    by=None,
    at=None,
    is_mine=True,
    may=(),
    may_stand_in=False,
    reason="transferred",
    words=None,
    until_on=None,
    has_proof=True,
    receiving=None,
    confirmed_by=None,
    confirmed_at=None,
    asked_by="Wang Fang",
    asked_at=NOW,
    head_by=None,
    head_at=None,
    case_id=3,
    stage="persuade",
    first_absent_on=date(2026, 9, 7),
    counted=7,
    untaken=0,
)


def labels(screen: Screen) -> list[str]:
    return [key.label for row in screen.keys for key in row]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", list(ClosingReason))
def test_each_reason_says_which_proof_it_needs(language: str, reason: ClosingReason) -> None:
    needed = table(language, "phrases")["closing_proof_of"][reason.value]
    asked = render("closing_ask", ClosingAskView("proof", "Li Yi", reason.value), language, ZONE)
    decided = render("closing_card", replace(CARD, reason=reason.value), language, ZONE)
    assert needed in unescape(asked.text)
    assert needed in unescape(decided.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_names_every_reason_once(language: str) -> None:
    screen = render("closing_ask", ClosingAskView("reason", "Li Yi"), language, ZONE)
    expected = {label(language, f"close_{reason.value}") for reason in ClosingReason}
    assert set(labels(screen)) == expected | {label(language, "close_drop")}
    assert len(labels(screen)) == len(ClosingReason) + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_schools_word_stands_on_the_heads_card(language: str) -> None:
    card = replace(CARD, has_proof=False, receiving="Baishi", confirmed_by="Lin", confirmed_at=NOW)
    screen = render("closing_card", card, language, ZONE)
    assert "Baishi" in screen.text
    assert "Lin" in screen.text
    assert label(language, "see_papers") not in labels(screen)
    assert label(language, "approve") in labels(screen)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_can_be_pressed_once_it_is_decided(language: str) -> None:
    card = replace(CARD, state="done", outcome="approved", by="Zhang Min", at=NOW, is_mine=False)
    screen = render("closing_card", card, language, ZONE)
    assert label(language, "approve") not in labels(screen)
    assert "Zhang Min" in screen.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receiving_school_reads_what_it_needs_to_find_the_child(language: str) -> None:
    view = TransferCardView(
        task=replace(TASK, kind="transfer_confirm", school="Baishi"),
        state="open",
        outcome=None,
        by=None,
        at=None,
        is_mine=True,
        may=(),
        sender="Qingshi",
        asked_by="Wang Fang",
        first_absent_on=date(2026, 9, 7),
    )
    screen = render("transfer_card", view, language, ZONE)
    assert all(word in screen.text for word in ("Li Yi", "Qingshi", "Baishi", "Wang Fang"))
    assert labels(screen) == [label(language, "attends_here"), label(language, "not_here")]
    assert labels(render("transfer_card", replace(view, is_mine=False), language, ZONE)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_asked_reads_how_it_ended(language: str) -> None:
    view = ClosingDecidedView("Li Yi", 3, 2, 3, "transferred", True, None, "Baishi")
    granted = render("closing_decided", view, language, ZONE).text
    refused = replace(view, is_granted=False)
    returned = render("closing_decided", replace(refused, comment="too dark"), language, ZONE).text
    denied = render("closing_decided", refused, language, ZONE).text
    assert "✅" in granted
    assert "too dark" in returned
    assert "Baishi" in denied
    assert len({granted, returned, denied}) == 3
