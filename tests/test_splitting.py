from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from playground.entities import parse, utf16_length
from templates.splitting import length, split

PIECES = st.sampled_from(
    ["李一", "<b>王&lt;二&gt;</b>", "𠮷😀", "\n", "\n\n", "<i>三\n四</i>", "&amp;", "x" * 30, " "]
)


def plain(text: str) -> str:
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]*>", "", text)))


@given(st.lists(PIECES, max_size=60), st.integers(20, 80))
def test_every_part_fits_parses_and_nothing_is_lost(pieces: list[str], limit: int) -> None:
    text = "".join(pieces)

    parts = split(text, limit)

    assert all(utf16_length(parse(part, "HTML")[0]) <= limit for part in parts)
    assert "".join(map(plain, parts)) == plain(text)


def test_what_fits_is_left_alone() -> None:
    text = "<b>" + "字" * 4096 + "</b>"

    assert (length(text), split(text)) == (4096, (text,))


def test_it_is_cut_between_items() -> None:
    items = [f"<b>{n}</b>\n{'字' * 30}" for n in range(10)]

    parts = split("\n\n".join(items), 100)

    assert [part.count("<b>") for part in parts] == [2, 2, 2, 2, 2] or all(
        part.startswith("<b>") for part in parts
    )
