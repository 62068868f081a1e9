"""The machine-readable description of the Bot API, to check calls against where there is one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from playground.calls import Call
from playground.refusals import bad_request

VARIABLE = "BOT_API_SPEC"
BESIDE_THE_PROJECT = Path(__file__).parents[1].parent / "shared/telegram-bot-api/api.min.json"
SCALARS: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str, int, float),
    "Boolean": (bool,),
}


class Spec:
    def __init__(self, source: dict[str, Any]) -> None:
        self._methods: dict[str, Any] = source["methods"]
        self._types: dict[str, Any] = source["types"]

    @classmethod
    def load(cls, path: str | Path) -> Spec:
        return cls(json.loads(Path(path).read_text(encoding="utf-8")))

    @classmethod
    def found(cls) -> Spec | None:
        """The description that the environment names or that lies beside the project."""
        path = Path(os.environ.get(VARIABLE) or BESIDE_THE_PROJECT)
        return cls.load(path) if path.is_file() else None

    def parameters_of(self, method: str) -> set[str]:
        return {field["name"] for field in self._methods[method].get("fields", [])}

    def refuse_if_wrong(self, call: Call) -> None:
        if complaint := self.complaint(call):
            raise bad_request(f"{call.method} is not as described: {complaint}")

    def complaint(self, call: Call) -> str:
        """What is wrong with the call; empty when nothing is."""
        fields = self._methods[call.method].get("fields", [])
        known = {field["name"]: field for field in fields}
        for name, value in call.fields.items():
            if name not in known:
                return f"there is no parameter {name}"
            if not any(self._fits_text(value, kind) for kind in known[name]["types"]):
                return f"{name} is no {' or '.join(known[name]['types'])}: {value!r}"
        missing = [name for name in known if known[name]["required"] and not call.has(name)]
        return f"without {', '.join(missing)}" if missing else ""

    def _fits_text(self, value: Any, kind: str) -> bool:
        """Whether a parameter fits; over HTTP all but strings are written as JSON."""
        if not isinstance(value, str) or kind in ("String", "InputFile"):
            return self._fits(value, kind)
        try:
            return self._fits(json.loads(value), kind)
        except ValueError:
            return False

    def _fits(self, value: Any, kind: str) -> bool:
        if kind in SCALARS:
            return isinstance(value, SCALARS[kind]) and isinstance(value, bool) == (
                kind == "Boolean"
            )
        if kind.startswith("Array of "):
            inner = kind.removeprefix("Array of ")
            return isinstance(value, list) and all(self._fits(item, inner) for item in value)
        if kind not in self._types or kind == "InputFile":
            return isinstance(value, str)
        return self._fits_type(value, self._types[kind])

    def _fits_type(self, value: Any, described: dict[str, Any]) -> bool:
        if "subtypes" in described:
            return any(self._fits(value, kind) for kind in described["subtypes"])
        if not isinstance(value, dict):
            return False
        fields = {field["name"]: field for field in described.get("fields", [])}
        if value.keys() - fields or any(
            fields[name]["required"] and name not in value for name in fields
        ):
            return False
        return all(
            any(self._fits(item, kind) for kind in fields[name]["types"])
            for name, item in value.items()
        )
