"""The machinery of the story: a folder, the Bot API on loopback, the bot, and its commands."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.cli.opening import keys_again
from bot.clock import SystemClock
from bot.rehearsal import NoBot, ask_to_move
from bot.settings import Settings
from bot.story.pace import own_policy
from bot.story.texts import SPOKEN
from playground.server import BotApi
from storage.database import Database

#: Settings of the surroundings that must not leak into the story.
OURS = (
    "BOT_TOKEN",
    "BOT_API_URL",
    "DATABASE_URL",
    "DATA_DIR",
    "FIELD_KEY",
    "FIELD_KEY_FILE",
    "JOURNAL_KEY",
    "JOURNAL_KEY_FILE",
    "POLICY_FILE",
    "TIMEZONE",
    "LOCALE",
    "UPDATES",
    "OPS_LISTEN",
    "LOG_FORMAT",
)
STOP_WITHIN = 12.0
STARTS_WITHIN = 30.0


class CommandFailed(Exception):
    """A command of the program ended with something else than 0."""


@dataclass
class Stage:
    """One rehearsal county in a folder of its own."""

    folder: Path
    api: BotApi
    policy_file: Path
    process: asyncio.subprocess.Process | None = None
    moved: list[datetime] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        """What the commands of this county need in the environment."""
        data = self.folder / "data"
        return {
            "BOT_TOKEN": self.api.token,
            "BOT_API_URL": self.api.url,
            "DATABASE_URL": f"sqlite+aiosqlite:///{data / 'guixiao.db'}",
            "DATA_DIR": str(data),
            "POLICY_FILE": str(self.policy_file),
            "LOCALE": SPOKEN,
        }

    @property
    def how_to(self) -> dict[str, str]:
        """What another terminal needs to work with this county."""
        lines = (f"export {name}={shlex.quote(value)}" for name, value in self.settings.items())
        return {"settings": "\n".join(lines), "folder": str(self.folder), "url": self.api.url}

    async def command(self, *words: str) -> str:
        """Run `guixiao words…` to its end; what it printed."""
        process = await self._start(*words, stdout=asyncio.subprocess.PIPE)
        out, problem = await process.communicate()
        if process.returncode:
            said = problem.decode(errors="replace").strip()
            raise CommandFailed(f"guixiao {' '.join(words)}: {said}")
        return out.decode()

    async def answer(self, *words: str) -> Any:
        """What a command says with --json."""
        return json.loads(await self.command(*words, "--json"))

    async def start_bot(self, at: datetime) -> None:
        """Start `run --rehearsal`, and wait until it has found the Bot API."""
        with (self.folder / "bot.log").open("wb") as log:
            self.process = await self._start(
                "run", "--rehearsal", "--start", at.isoformat(), stdout=log, stderr=log
            )
        async with asyncio.timeout(STARTS_WITHIN):
            while not len(self.api.calls):
                self._refuse_if_gone()
                await asyncio.sleep(0.05)
        self.moved.append(at)

    async def to(self, at: datetime) -> None:
        """Move the county's clock through everything that is due until then.

        As `guixiao clock to` does it, but for a process of its own, of which a story needs dozens.
        """
        self._refuse_if_gone()
        settings = Settings.model_validate({name.lower(): v for name, v in self.settings.items()})
        database = await Database.open(settings.database_url, keys_again(settings))
        try:
            await ask_to_move(database, SystemClock(), at)
        except NoBot:
            raise CommandFailed(f"guixiao run: {self.log()}") from None
        finally:
            await database.close()
        self.moved.append(at)

    async def stop_bot(self) -> None:
        """End the bot the way a service manager does; by force if it does not listen."""
        process, self.process = self.process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_WITHIN):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def log(self, lines: int = 12) -> str:
        """The last lines of what the bot wrote."""
        path = self.folder / "bot.log"
        said = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        return "\n".join(said.splitlines()[-lines:])

    def _refuse_if_gone(self) -> None:
        if self.process is not None and self.process.returncode is not None:
            raise CommandFailed(f"guixiao run: {self.log()}")

    async def _start(
        self, *words: str, stdout: Any = None, stderr: Any = asyncio.subprocess.PIPE
    ) -> asyncio.subprocess.Process:
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            cwd=self.folder,
            env=inherited | self.settings | {"PYTHONPATH": _source()},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )


def _source() -> str:
    """Where the program stands, for a process that starts in another folder."""
    return str(Path(__file__).resolve().parents[2])


@asynccontextmanager
async def a_stage(policy_file: Path | None = None, keep: bool = False) -> AsyncIterator[Stage]:
    """A new folder with its stage; at the end the bot is stopped and the folder removed."""
    folder = Path(tempfile.mkdtemp(prefix="guixiao-"))
    try:
        async with BotApi() as api:
            stage = Stage(folder, api, own_policy(folder, policy_file))
            try:
                yield stage
            finally:
                await stage.stop_bot()
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
