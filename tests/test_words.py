"""Every word in both languages, and what families never read."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from jinja2 import meta

from rules.messages.catalogue import audience_of, by_kind
from rules.quiet import Audience
from storage.views import kinds
from templates.presses import Press
from templates.presses_all import PRESSES
from templates.render import _environment
from templates.words import FILES, HERE, LANGUAGES, table

CJK = re.compile(r"[㐀-鿿豈-﫿]")
#: Marks that other programs look for, in every language.
FIXED = {("delivery", "rehearsal")}
#: Names of languages in themselves.
OWN_NAMES = {"language_zh"}
FORBIDDEN = ("监护人", "劝返", "个案")
PLACEHOLDER = re.compile(r"{(\w+)")


def templates_of(language: str) -> dict[str, Path]:
    return {path.stem: path for path in (HERE / language).glob("*.j2")}


def variables_of(path: Path) -> set[str]:
    """What a template takes from its view."""
    environment = _environment("zh", "Asia/Shanghai")
    found = meta.find_undeclared_variables(environment.parse(path.read_text("utf-8")))
    return found - set(environment.globals)


def flat(language: str, name: str) -> dict[str, str]:
    """Labels, or phrases as section.key."""
    found: dict[str, str] = {}
    for key, value in table(language, name).items():
        inner: dict[str, Any] = value if isinstance(value, dict) else {"": value}
        found |= {f"{key}.{one}".rstrip("."): str(text) for one, text in inner.items()}
    return found


def test_every_template_stands_in_every_language() -> None:
    names = {language: set(templates_of(language)) for language in LANGUAGES}

    assert names["zh"] ^ names["en"] == set()


@pytest.mark.parametrize("name", sorted(templates_of("zh")))
def test_a_template_takes_the_same_from_its_view_in_every_language(name: str) -> None:
    other = templates_of("en").get(name)
    assert other is not None, f"en/{name}.j2 is missing"

    assert variables_of(templates_of("zh")[name]) == variables_of(other)


@pytest.mark.parametrize("name", sorted(path.stem for path in (HERE / "keys").glob("*.j2")))
def test_keys_belong_to_a_text(name: str) -> None:
    assert name in templates_of("zh")


@pytest.mark.parametrize("name", FILES)
def test_every_label_and_phrase_stands_in_every_language(name: str) -> None:
    assert set(flat("zh", name)) ^ set(flat("en", name)) == set()


@pytest.mark.parametrize("name", FILES)
def test_a_label_or_phrase_takes_the_same_values_in_every_language(name: str) -> None:
    chinese, english = flat("zh", name), flat("en", name)
    differ = {
        key
        for key in set(chinese) & set(english)
        if not set(PLACEHOLDER.findall(english[key])) <= set(PLACEHOLDER.findall(chinese[key]))
    }

    assert differ == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FILES)
def test_no_word_is_defined_in_two_files(language: str, name: str) -> None:
    seen: Counter[str] = Counter()
    for path in (HERE / language).glob(f"{name}*.toml"):
        for key, value in tomllib.loads(path.read_text("utf-8")).items():
            seen.update([f"{key}.{one}" for one in value] if isinstance(value, dict) else [key])

    assert {key for key, times in seen.items() if times > 1} == set()


def test_no_two_presses_are_spelled_alike() -> None:
    ours = [one for one in Press.__subclasses__() if one.__module__.startswith("templates.")]

    assert len(PRESSES) == len(ours)


@pytest.mark.parametrize("name", FILES)
def test_no_chinese_stands_among_english_words(name: str) -> None:
    fixed = {".".join(one) for one in FIXED} | OWN_NAMES
    found = {key for key, text in flat("en", name).items() if CJK.search(text)}

    assert found <= fixed


@pytest.mark.parametrize("name", sorted(templates_of("en")))
def test_no_chinese_stands_in_english_templates(name: str) -> None:
    text = templates_of("en")[name].read_text("utf-8").replace("【紧急】", "")

    assert not CJK.search(text)


def guardians_words() -> dict[str, str]:
    """Everything that is written for families in Chinese."""
    screens = {path.stem for path in (HERE / "zh").glob("*.j2")} & _screens_of_guardians()
    texts = {name: templates_of("zh")[name].read_text("utf-8") for name in screens}
    for name in FILES:
        texts[name] = (HERE / "zh" / f"{name}_guardian.toml").read_text("utf-8")
    return texts


def _screens_of_guardians() -> set[str]:
    """The kinds of their messages, and the screens that their handlers show."""
    folder = Path(__file__).parent.parent / "handlers" / "guardian"
    source = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    shown = set(re.findall(r'\.(?:say|show|rendered)\(\s*"(\w+)"', source))
    mine = {kind for kind in by_kind() if audience_of(kind) is Audience.GUARDIANS}
    return shown | mine | {"alert_card", "answered"}


def test_families_never_read_the_words_of_the_office() -> None:
    found = {
        (name, word)
        for name, text in guardians_words().items()
        for word in FORBIDDEN
        if word in text
    }

    assert found == set()


@pytest.mark.parametrize(
    "kind", sorted(k for k in by_kind() if audience_of(k) is Audience.GUARDIANS)
)
def test_every_message_to_families_has_a_view_and_words(kind: str) -> None:
    assert kind in kinds()
    assert all(kind in templates_of(language) for language in LANGUAGES)


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_view_has_words_and_a_message(kind: str) -> None:
    assert kind in by_kind()
    assert all(kind in templates_of(language) for language in LANGUAGES)
