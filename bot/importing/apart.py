"""Files read in a process of their own: while one part is matched and written, the next is read.

The other process gets the paths as arguments and answers each line with frames, up to one that is
empty.  It has no key and no database, and goes when its pipe is closed.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from bot.collecting import seldom_collecting
from bot.importing.desk import Desk, Files, Look, OwnDesk
from bot.importing.frames import LENGTH, content_of, frame_of, packed, unpacked
from bot.importing.taking import Taken
from papers.headers import Kind
from papers.refusals import PaperRefused

#: Files with fewer bytes are read sooner than a process has started.
WORTH_A_PROCESS = 1024 * 1024
#: So many bytes that are read already may wait for whoever writes.
AHEAD = 1024 * 1024
LOOK = "look"


class ReaderBrokeOff(Exception):
    """The process that reads has ended before the file did."""


@asynccontextmanager
async def desk_for(paths: Sequence[Path]) -> AsyncIterator[Desk]:
    """Where these files are read: large ones apart."""
    if sum(path.stat().st_size for path in paths) < WORTH_A_PROCESS:
        yield OwnDesk(paths)
        return
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.importing.apart"),
        *(str(path.absolute()) for path in paths),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=AHEAD,
    )
    try:
        yield DeskApart(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class DeskApart:
    """Files read by another process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Use `desk_for` instead."""
        self.process = process

    async def look(self) -> list[Look]:
        """What the files hold, in their order."""
        return [look async for look in self._answers(LOOK)]

    async def parts(self, place: int, kind: Kind) -> AsyncIterator[Sequence[Taken]]:
        """The rows of one kind in the file at this place, a part at a time."""
        async for part in self._answers(f"{place} {kind.value}"):
            yield unpacked(part)

    async def _answers(self, wish: str) -> AsyncIterator[Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{wish}\n".encode())
        while (answer := await self._frame()) is not None:
            if isinstance(answer, PaperRefused):
                raise answer
            yield answer

    async def _frame(self) -> Any:
        assert self.process.stdout is not None
        try:
            (length,) = LENGTH.unpack(await self.process.stdout.readexactly(LENGTH.size))
            return content_of(await self.process.stdout.readexactly(length))
        except asyncio.IncompleteReadError as error:
            raise ReaderBrokeOff from error


def _answer(files: Files, wish: str) -> Iterable[object]:
    if wish == LOOK:
        return files.look()
    place, kind = wish.split()
    return (packed(part) for part in files.parts(int(place), Kind(kind)))


def _serve(paths: Sequence[Path]) -> None:
    """Answer every wish; a file that is refused ends its answer."""
    files, out = Files(paths), sys.stdout.buffer
    for line in sys.stdin:
        try:
            for content in _answer(files, line.strip()):
                out.write(frame_of(content))
        except PaperRefused as refusal:
            out.write(frame_of(refusal))
        out.write(frame_of(None))
        out.flush()


def main() -> None:
    """For the process that reads; whoever started it decides when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError), seldom_collecting():
        _serve([Path(name) for name in sys.argv[1:]])


if __name__ == "__main__":
    main()
