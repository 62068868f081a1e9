"""The encoding of a text file, found by reading it once in pieces."""

from __future__ import annotations

import codecs
from pathlib import Path

_PIECE = 1024 * 1024


def encoding_of(path: Path) -> str | None:
    """`utf-8-sig` (with or without BOM), `utf-16` (with BOM) or `gb18030`; None: none of them."""
    with path.open("rb") as file:
        mark = file.read(2)
    if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    return next((name for name in ("utf-8-sig", "gb18030") if _decodes(path, name)), None)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
