from __future__ import annotations

import re

import pytest

from papers.problems import Problem, sentence, sentences
from rules.identity import Flaw


def all_flaws() -> list[Flaw]:
    return [flaw for kind in Flaw.__subclasses__() for flaw in kind]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_problem_has_words(language: str) -> None:
    for flaw in all_flaws():
        detail = (("key", "name"), ("value", "x"), ("row", "4"))
        text = sentence(Problem("姓名", flaw, detail), language)

        assert text
        assert "{" not in text


def test_both_languages_say_the_same_things() -> None:
    places = [
        {key: set(re.findall(r"{\w+}", text)) for key, text in sentences(language).items()}
        for language in ("zh", "en")
    ]

    assert places[0] == places[1]
