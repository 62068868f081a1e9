"""What a process and those that it starts take together: memory at its highest, processor time."""

from __future__ import annotations

import asyncio
import resource
import time
from pathlib import Path

PAGE = resource.getpagesize()
LOOKS_EVERY = 0.02


async def highest(pid: int) -> float:
    """The most memory (MB) that was resident at one moment, until cancelled or over."""
    most = 0.0
    while resident := sum(map(_resident, _family(pid))):
        most = max(most, resident / 1024 / 1024)
        await asyncio.sleep(LOOKS_EVERY)
    return most


def processor_time() -> float:
    """Of this process and of those that it started and that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in _family(int(child)))]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0
