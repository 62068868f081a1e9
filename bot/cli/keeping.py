"""Files with children's names that a command writes: for whoever ran it, and nobody else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.cli.opening import Refused


def own_folder(folder: Path) -> None:
    """Make a folder that others on this machine cannot look into; one that is there stays."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused("no_folder", file=folder, problem=error.strerror) from error


@contextmanager
def private_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file that others on this machine cannot read; Refused when it cannot be written."""
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            yield file
    except OSError as error:
        raise Refused("no_folder", file=path, problem=error.strerror) from error


def keep_private(path: Path, content: bytes) -> None:
    """Write such a file in one go."""
    with private_file(path) as file:
        file.write(content)
