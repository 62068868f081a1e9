"""How people behave: which key somebody presses, from what is on the phone and what is true."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from bot.simulation.truth import Why
from templates.presses import Press, UnreadablePress
from templates.presses_all import PRESSES

LEAVE = "leave"
AT_SCHOOL = "at_school"
GUARDIAN, STAFF = "guardian", "staff"


@cache
def table(role: str, mood: str) -> Mapping[str, float]:
    """Weight by key; what is true of the child goes before what is usual."""
    whole = habits()[role]
    plain = {name: value for name, value in whole.items() if not isinstance(value, dict)}
    true: dict[str, float] = whole.get(mood, {})
    return {**plain, **true}


@cache
def habits() -> Mapping[str, Mapping[str, Any]]:
    """Everything that stands in habits.toml."""
    path = Path(__file__).with_name("habits.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def press_of(data: str) -> Press | None:
    """What a key stands for."""
    kind = PRESSES.get(data.partition(":")[0])
    try:
        return kind.read(data) if kind else None
    except UnreadablePress:
        return None


def mood_of(why: Why | None) -> str:
    """The section of the habits."""
    return why.value if why else AT_SCHOOL


def weight(press: Press, habit: Mapping[str, float]) -> float:
    """How gladly this key is pressed: by its longest name that stands among the habits."""
    words = [str(value) for name in fields(press) if _is_word(value := getattr(press, name.name))]
    for length in range(len(words), -1, -1):
        name = ":".join([press.verb, *words[:length]])
        if name in habit:
            return float(habit[name])
    return 0.0


def choose(chance: Random, weights: Sequence[float], leave: float) -> int | None:
    """The place of one of them, or None: the phone is put away."""
    if not any(weights):
        return None
    places: list[int | None] = [*range(len(weights)), None]
    return chance.choices(places, [*weights, leave])[0]


def _is_word(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return True
    return False
