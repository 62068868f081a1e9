"""The panel beside the phones has a word for every code that it can meet."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo.texts import found
from rules.messages.base import Lane
from rules.messages.catalogue import by_kind
from rules.model.case import CaseState, Stage, TaskState
from rules.model.people import GuardianState, Level, Relation, Role
from storage.outbox import State

ROOT = Path(__file__).parents[1]
ROOMS = ("rules", "storage", "handlers", "bot")
POLICY = tomllib.loads((ROOT / "policy.toml").read_text(encoding="utf-8"))


def named_in(call: str) -> set[str]:
    """The codes that the source gives to this call as its first argument."""
    return {code for room in ROOMS for code in _codes(ROOT / room, call)}


def _codes(room: Path, call: str) -> Iterator[str]:
    for path in room.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == call and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


CODES: dict[str, set[str]] = {
    "message": set(by_kind()),
    "task": set(POLICY["tasks"]),
    "moment": named_in("Entry"),
    "cause": named_in("Unwanted"),
    "lane": {str(one) for one in Lane},
    "sent": {str(one) for one in State},
    "stage": {str(one) for one in Stage},
    "state": {str(one) for one in CaseState},
    "task_state": {*map(str, TaskState), "late"},
    "level": {one.name.lower() for one in Level},
    "role": {str(one) for one in Role if one is not Role.GUARDIAN},
    "relation": {str(one) for one in Relation},
    "relative": {str(one) for one in Relation},
    "reach": {str(one) for one in GuardianState} | {"blocked", "nobody"},
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("section", sorted(CODES))
def test_every_code_has_a_word(language: str, section: str) -> None:
    codes = CODES[section]
    assert codes
    assert [one for one in sorted(codes) if found(language, section, one) is None] == []
