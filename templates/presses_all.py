"""Every press by its verb; one module of presses per errand stands beside this one."""

from __future__ import annotations

import importlib
import pkgutil

import templates
from templates.presses import Press


def _load() -> dict[str, type[Press]]:
    for module in pkgutil.iter_modules(templates.__path__):
        if module.name.startswith("presses_") and module.name != "presses_all":
            importlib.import_module(f"templates.{module.name}")
    return {press.verb: press for press in Press.__subclasses__()}


PRESSES = _load()
