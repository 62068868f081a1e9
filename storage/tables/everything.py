"""The MetaData with every table in it, for what must know all of them."""

from __future__ import annotations

import importlib
import pkgutil

from storage import tables
from storage.tables.metadata import metadata

__all__ = ["metadata"]

for _module in pkgutil.iter_modules(tables.__path__, "storage.tables."):
    if _module.name != __name__:
        importlib.import_module(_module.name)
