"""The official papers: every one renders, nothing is empty, words from outside are only words."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from papers.official import BUILT_IN, Written, file_name, template_name, write_paper
from papers.official_context import context_of
from papers.official_words import words
from papers.templates_src import official as source
from rules.model.case import Reason
from rules.model.ladder import OF_BUREAU, PaperKind, ServiceWay
from rules.model.official import Issue, PaperContent, PrivatePart, Silence, StatusPart
from rules.model.people import Relation
from rules.model.school import Confirmation, EnrolmentStatus
from rules.official import LETTER, from_json, number_of, to_json
from tests.support.official import ISSUE, PRIVATE, full, sparse

Make = Callable[[PaperKind], PaperContent]
KINDS = list(PaperKind)
#: A label with nothing after it, or a sentence that lacks its value.
EMPTY = re.compile(r"[：（](?:[，。；、）]|$)|None|，，|。。|；；")
#: What is followed by something else than a value on its own line.
COMPLETE = ("）：", "学：", "如下：", "逾期：", "成员：", "政府：", "教体局：", "家长：", "__：")


def lines_of(written: Written) -> list[str]:
    """Every line and cell of the document, headers too."""
    document = docx.Document(io.BytesIO(written.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    top = [one.text for one in document.sections[0].header.paragraphs]
    return [*top, *(one.text for one in document.paragraphs), *cells]


def text_of(written: Written) -> str:
    return "\n".join(lines_of(written))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [full, sparse])
@pytest.mark.parametrize("private", [None, PRIVATE], ids=["chat", "full edition"])
@pytest.mark.parametrize("issue", [None, ISSUE], ids=["draft", "issued"])
def test_every_paper_says_something_in_every_place(
    kind: PaperKind, make: Make, private: PrivatePart | None, issue: Issue | None
) -> None:
    written = write_paper(make(kind), None, issue, private)

    lines = lines_of(written)[1:]
    assert written.problem is None
    assert all(line.strip() for line in lines)
    assert not [one for one in lines if "{{" in one or "{%" in one]
    assert not [one for one in lines if EMPTY.search(one) and not one.endswith(COMPLETE)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_without_number_is_visibly_a_draft(kind: PaperKind) -> None:
    draft, issued = write_paper(full(kind)), write_paper(full(kind), None, ISSUE)

    assert text_of(draft).count("草") >= 2
    assert "草" not in text_of(issued)
    assert ISSUE.number in text_of(issued)
    assert "2026年9月23日" in text_of(issued)


@pytest.mark.parametrize("kind", KINDS)
def test_number_address_phone_health_and_poverty_stay_out_of_the_chat(kind: PaperKind) -> None:
    chat = text_of(write_paper(full(kind), None, ISSUE))
    whole = text_of(write_paper(full(kind), None, ISSUE, PRIVATE))

    protected = ["990000201501010013", "桃花村", "13900000000", "家庭经济困难", "家里只有奶奶"]
    assert not [one for one in protected if one in chat]
    expected = {
        PaperKind.NOTICE: {"桃花村"},
        PaperKind.REPORT: set(protected),
        PaperKind.HANDOVER: set(protected),
        PaperKind.TOWNSHIP: {"桃花村"},
    }
    assert {one for one in protected if one in whole} == expected.get(kind, set())


@pytest.mark.parametrize("reason", [Reason.SICK, Reason.MENTAL_HEALTH, Reason.DISABILITY])
def test_health_is_a_line_to_fill_in(reason: Reason) -> None:
    content = full(PaperKind.REPORT)
    contacts = (replace(content.contacts[1], reason=reason, result="sick"),)
    content = replace(content, contacts=contacts)

    row = context_of(content, None, None)["contacts"][0]
    assert (row["reason"], row["result"][:4]) == ("____", "已联系上")
    assert context_of(content, None, PRIVATE)["contacts"][0]["result"].startswith("称孩子生病")


@pytest.mark.parametrize("kind", KINDS)
def test_words_from_outside_are_only_words(kind: PaperKind) -> None:
    nasty = "阿<b>&amp;{{ 7*7 }}{% raw %}\x00\x0b\ufffe娜"
    content = full(kind)
    content = replace(
        content,
        child=replace(content.child, name=nasty),
        words=nasty,
        school=nasty,
        class_teacher=nasty,
        contacts=tuple(replace(one, whom=nasty) for one in content.contacts),
    )

    text = text_of(write_paper(content, None, ISSUE, PRIVATE))

    assert "阿<b>&amp;{{ 7*7 }}{% raw %}娜" in text
    assert "49" not in text.replace("2149", "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [full, sparse])
def test_what_a_paper_says_comes_back_as_it_was(kind: PaperKind, make: Make) -> None:
    content = make(kind)

    again = from_json(to_json(content))

    assert again == content
    assert to_json(again) == to_json(content)


def test_what_an_older_program_kept_can_still_be_read() -> None:
    kept = to_json(full(PaperKind.NOTICE)).replace('"words":', '"unknown":')

    assert from_json(kept).words is None


def test_the_log_stands_in_the_report_line_by_line() -> None:
    text = lines_of(write_paper(full(PaperKind.REPORT), None, ISSUE))

    row = text.index("2026.9.18")
    assert text[row - 1 : row + 6] == [
        "3",
        "2026.9.18",
        "家访",
        "李强",
        "父亲李大",
        "学习困难、厌学",
        "拒绝返校",
    ]
    assert "王芳（代李强）" in text


def test_the_silent_person_is_named() -> None:
    text = text_of(write_paper(full(PaperKind.TOWNSHIP), None, ISSUE))

    assert "股室未签收" in text
    assert "责任人：陈勇；2026年10月14日" in text


def test_a_silence_without_a_person_names_none() -> None:
    content = replace(
        full(PaperKind.TOWNSHIP), silences=(Silence("bureau_unissued", ISSUE.on, None),)
    )

    assert "局领导未签发：已直接告知乡镇（2026年9月23日）" in text_of(write_paper(content))


@pytest.mark.parametrize(
    ("confirmation", "by", "expected"),
    [
        (Confirmation.AWAITED, None, "疑似辍学（2026年9月17日起，待确认：学校尚未确认）"),
        (Confirmation.OBJECTED, None, "疑似辍学（2026年9月17日起，有异议：正在裁定）"),
        (Confirmation.CONFIRMED, "李强", "疑似辍学（2026年9月17日起，李强于2026年9月18日确认）"),
        (Confirmation.CONFIRMED, None, "疑似辍学（2026年9月17日起，已确认）"),
    ],
)
def test_the_status_says_who_confirmed_it(
    confirmation: Confirmation, by: str | None, expected: str
) -> None:
    known = full(PaperKind.COUNTY).status
    status = StatusPart(
        EnrolmentStatus.SUSPECTED,
        confirmation,
        known.since,
        by,
        known.confirmed_on if by else None,
    )
    content = replace(full(PaperKind.COUNTY), status=status)

    assert context_of(content, None, None)["status"] == expected


@pytest.mark.parametrize("way", list(ServiceWay))
def test_the_report_says_how_the_notice_was_served(way: ServiceWay) -> None:
    content = full(PaperKind.REPORT)
    assert content.service is not None
    content = replace(content, service=replace(content.service, way=way, receiver="李大"))

    said = context_of(content, None, None)["service"]

    assert {"signed": "由李大签收", "refused": "陈二、周五见证", "posted": "邮寄送达"}[way] in said
    assert "送达人：王芳" in said


@pytest.mark.parametrize(
    ("bureau", "government"),
    [("东岭县教体局", "东岭县人民政府"), ("教育局", "县人民政府"), ("县教体局", "县人民政府")],
)
def test_the_report_goes_to_the_government_of_the_county(bureau: str, government: str) -> None:
    content = replace(full(PaperKind.COUNTY), bureau=bureau)

    assert context_of(content, None, None)["government"] == government


def test_each_unit_and_kind_has_a_series_of_its_own() -> None:
    assert number_of("青石中心小学", PaperKind.NOTICE, 2026, 3) == "青石中小劝〔2026〕3号"
    assert number_of("东岭县教体局", PaperKind.COUNTY, 2026, 1) == "东岭县教体呈〔2026〕1号"
    assert number_of("桃花小学", PaperKind.REPORT, 2027, 12) == "桃花小学报〔2027〕12号"
    assert len(set(LETTER.values())) == len(PaperKind) == len(LETTER)
    assert set(OF_BUREAU) < set(LETTER)


def test_the_file_name_is_no_childs_name() -> None:
    assert file_name(full(PaperKind.NOTICE), ISSUE) == "劝返通知书-青石中小劝〔2026〕3号.docx"
    assert file_name(full(PaperKind.NOTICE), None) == "劝返通知书-草稿.docx"


def test_every_code_has_a_word() -> None:
    sections = {
        "reason": {one.value for one in Reason},
        "relation": {one.value for one in Relation},
        "status": {one.value for one in EnrolmentStatus},
        "way": {one.value for one in ServiceWay},
        "kind": {one.value for one in PaperKind},
    }

    assert {name: codes - set(words()[name]) for name, codes in sections.items()} == {
        name: set() for name in sections
    }


@pytest.mark.parametrize("kind", KINDS)
def test_the_templates_are_what_their_source_says(kind: PaperKind, tmp_path: Path) -> None:
    source.main(tmp_path)

    def body(path: Path) -> list[str]:
        return lines_of(Written(path.read_bytes()))

    name = template_name(kind)
    assert body(tmp_path / name) == body(BUILT_IN / name)


def a_template(folder: Path, kind: PaperKind, text: str) -> Path:
    """A county's own template."""
    document = docx.Document()
    document.add_paragraph(text)
    path = folder / template_name(kind)
    document.save(str(path))
    return path


def test_a_county_replaces_a_template(tmp_path: Path) -> None:
    a_template(tmp_path, PaperKind.NOTICE, "本县：{{ number }} {{ child }}")

    written = write_paper(full(PaperKind.NOTICE), tmp_path, ISSUE)

    assert lines_of(written)[-1] == "本县：青石中小劝〔2026〕3号 李一"
    assert "关于李一" in text_of(write_paper(full(PaperKind.REPORT), tmp_path, ISSUE))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ pupil }}", "notice.docx: 'pupil' is undefined"),
        ("{{ child ", "notice.docx: "),
        ("{{ child.__class__.__mro__ }}", "notice.docx: "),
        (None, "notice.docx: PackageNotFoundError"),
    ],
    ids=["unknown placeholder", "unfinished", "out of bounds", "no docx"],
)
def test_a_broken_template_gives_way_to_ours(
    tmp_path: Path, text: str | None, problem: str
) -> None:
    if text is None:
        (tmp_path / "notice.docx").write_text("no document", encoding="utf-8")
    else:
        a_template(tmp_path, PaperKind.NOTICE, text)

    written = write_paper(full(PaperKind.NOTICE), tmp_path, ISSUE)

    assert (written.problem or "").startswith(problem)
    assert "李一" not in (written.problem or "")
    assert "送达回证" in text_of(written)


@pytest.mark.parametrize("make", [full, sparse])
def test_every_placeholder_is_explained(make: Make) -> None:
    page = (Path(__file__).parents[2] / "docs" / "papers.md").read_text(encoding="utf-8")
    values = context_of(make(PaperKind.REPORT), None, None)
    inner = {
        name
        for one in values.values()
        if isinstance(one, list)
        for row in one
        for name in row
        if isinstance(row, dict)
    }

    explained = set(re.findall(r"`(\w+)`", page))
    assert set(values) | inner <= explained
