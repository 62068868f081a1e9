"""Papers as bytes: written into a folder that goes at once, for chats, zips and other files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path


def content_of(write: Callable[[Path], object]) -> bytes:
    """What `write` puts at the path that it is given."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper"
        write(path)
        return path.read_bytes()
