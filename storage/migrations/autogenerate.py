"""Writes the next version file: `python -m storage.migrations.autogenerate "message"`.

The tables as they are now are compared with an empty database brought to the newest version.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from storage.migrate import migrate, write_revision

VERSIONS = Path(__file__).parent / "versions"


async def autogenerate(message: str) -> None:
    """Write `versions/NNNN_message.py`."""
    number = len(list(VERSIONS.glob("[0-9]*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/newest.db"
        await migrate(url)
        await write_revision(url, f"{number:04}", message)


if __name__ == "__main__":
    asyncio.run(autogenerate(sys.argv[1]))
