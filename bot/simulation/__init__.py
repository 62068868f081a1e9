"""What `guixiao simulate` does: a whole term in a minute, with invented people and all faults."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from bot.clock import SystemClock
from bot.simulation.loop import TermLoop
from bot.simulation.scene import Asked, Scene, a_scene
from bot.simulation.term import Report, TermRun

#: Where files cost no disk: nothing of this has to outlive the machine.
IN_MEMORY = Path("/dev/shm")

__all__ = ["Asked", "Report", "live", "simulate"]


def simulate(asked: Asked, policy_file: Path | None = None) -> Report:
    """Live through the term in a folder that is gone afterwards."""
    watch, memory = SystemClock(), IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    began = watch.monotonic()
    with tempfile.TemporaryDirectory(prefix="guixiao-", dir=memory) as folder:
        report = live(Path(folder), asked, policy_file).report
    report.seconds = watch.monotonic() - began
    return report


def live(folder: Path, asked: Asked, policy_file: Path | None = None) -> TermRun:
    """Live through the term; its database stays in `folder`, closed."""
    scene = asyncio.run(_founded(folder, asked, policy_file))
    with asyncio.Runner(loop_factory=TermLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, TermLoop)
        term = TermRun(scene, asked, loop)
        runner.run(term.run())
    return term


async def _founded(folder: Path, asked: Asked, policy_file: Path | None) -> Scene:
    async with a_scene(folder, asked, policy_file) as scene:
        return scene
