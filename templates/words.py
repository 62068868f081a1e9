"""Labels and short phrases per language, from toml files beside the templates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")
FILES = ("labels", "phrases")


@cache
def table(language: str, name: str) -> Mapping[str, Any]:
    """The words of one group: `NAME.toml` and every `NAME_*.toml` of that language, merged."""
    merged: dict[str, Any] = {}
    for path in sorted((HERE / language).glob(f"{name}*.toml")):
        for section, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if isinstance(value, dict):
                merged.setdefault(section, {}).update(value)
            else:
                merged[section] = value
    return merged


def label(language: str, name: str, /, **values: object) -> str:
    """The words on a key; a missing label is a KeyError naming it."""
    words = table(language, "labels").get(name)
    if not isinstance(words, str):
        raise KeyError(f"no label {name!r} in {language}")
    return words.format(**values)


def phrase(language: str, name: str, /, **values: object) -> str:
    """A short text such as a toast; `name` is 'section.key'."""
    section, _, key = name.partition(".")
    words = table(language, "phrases").get(section, {}).get(key)
    if not isinstance(words, str):
        raise KeyError(f"no phrase {name!r} in {language}")
    return words.format(**values)


def label_names(language: str) -> Mapping[str, str]:
    """Label text to its name, for the persistent keyboard's plain-text presses."""
    return {words: name for name, words in table(language, "labels").items()}
