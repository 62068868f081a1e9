from __future__ import annotations

import pytest

from playground.entities import commands_in, parse
from playground.refusals import Refused


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("a &lt;b&gt; &amp;amp; &quot;c&quot;", 'a <b> &amp; "c"'),
        ("&#20013;&#x6587; &nbsp; & b", "中文 &nbsp; & b"),
        ("  <b> 小明 </b>\n", "小明"),
        ("<blockquote expandable>a</blockquote>", "a"),
        ('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>', "ab"),
        ("<b>a</>", "a"),
    ],
)
def test_tags_and_escapes_are_read(html: str, plain: str) -> None:
    assert parse(html, "HTML")[0] == plain


def test_entities_are_counted_in_utf16_and_nest() -> None:
    html = '\U0001f600<b>a<i>b</i></b> <a href="https://example.org">c</a>'

    _, entities = parse(html, "html")

    assert entities == [
        {"type": "bold", "offset": 2, "length": 2},
        {"type": "italic", "offset": 3, "length": 1},
        {"type": "text_link", "offset": 5, "length": 1, "url": "https://example.org"},
    ]


def test_entities_move_when_the_text_is_trimmed() -> None:
    assert parse("\n <b> a </b> ", "HTML") == ("a", [{"type": "bold", "offset": 0, "length": 1}])


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("中<br/>", 'Unsupported start tag "br/" at byte offset 3'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("a <3 b>", 'Unsupported start tag "3" at byte offset 2'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a ="x">a</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ],
)
def test_bad_html_is_refused_in_telegrams_words(html: str, complaint: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse(html, "HTML")

    assert refusal.value.description == f"Bad Request: can't parse entities: {complaint}"


def test_without_a_mode_nothing_is_a_tag() -> None:
    assert parse("<b>1 < 2", "") == ("<b>1 < 2", [])


def test_commands_are_found() -> None:
    assert commands_in("你好 /help@playground_bot, a/b") == [
        {"type": "bot_command", "offset": 3, "length": 20}
    ]
