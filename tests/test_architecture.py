"""The arrows between the rooms go one way (docs: architecture, house rule 1)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("rules", "storage", "templates", "papers", "handlers", "bot", "playground")
MAY_IMPORT = {
    "rules": set[str](),
    "storage": {"rules"},
    "templates": {"rules"},
    "papers": {"rules"},
    "handlers": {"rules", "storage", "templates", "papers"},
    "playground": set[str](),
    "bot": {"rules", "storage", "templates", "papers", "handlers", "playground"},
}
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The top-level packages that the module at `path` imports, wherever it does so."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]

    assert imported(path) & set(ROOMS) - {room} <= MAY_IMPORT[room]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "rules").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_rules_use_the_standard_library_only(path: Path) -> None:
    import sys

    assert imported(path) <= set(sys.stdlib_module_names) | {"rules"}
