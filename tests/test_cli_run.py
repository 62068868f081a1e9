"""`guixiao run` as a process: rehearsals, refusals, and stopping."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
TOKEN = "7000000000:PLAYGROUND-token-for-loopback-only"
#: Of the system's own header files.
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
SAYS = (
    "Cannot be used just now: {}. See free space, rights and other programs, then start again; "
    "nothing is lost."
)
START = ("--rehearsal", "--start", "2026-09-07T07:40")


class Machine:
    """One database, and processes that work on it in front of a Bot API on loopback."""

    def __init__(self, folder: Path, api_url: str) -> None:
        clean = {k: v for k, v in os.environ.items() if k.lower() not in Settings.model_fields}
        self._settings = {
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": api_url,
            "LOCALE": "en",
            "PYTHONPATH": str(ROOT),
        }
        self._env = clean | self._settings
        self._folder = folder
        self.running: list[subprocess.Popen[str]] = []

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=self._folder,
            env=self._env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def call_with(self, spell: Callable[[], None]) -> subprocess.CompletedProcess[str]:
        """`run`, in a process that has been put under a spell first."""
        return subprocess.run(
            [sys.executable, "-m", "bot", "run"],
            cwd=self._folder,
            env=self._env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=spell,
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        """`run`, until it says that it runs."""
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", *words],
            cwd=self._folder,
            env=self._env | {"LOG_FORMAT": "json"},
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        assert process.stderr is not None
        for line in process.stderr:
            if json.loads(line).get("action") == "running":
                break
        threading.Thread(target=process.stderr.read, daemon=True).start()
        return process

    def stop(self, process: subprocess.Popen[str], by: signal.Signals) -> int:
        """The exit code after a signal."""
        process.send_signal(by)
        return process.wait(timeout=15)


@pytest.fixture(scope="module")
def api_url() -> Iterator[str]:
    """A Bot API on loopback, in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "playground", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def machine(tmp_path: Path, api_url: str) -> Iterator[Machine]:
    made = Machine(tmp_path, api_url)
    yield made
    for process in made.running:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def test_a_rehearsal_moves_only_while_it_runs_and_resumes_where_it_stood(
    machine: Machine,
) -> None:
    first = machine.start(*START)
    assert machine.call("clock", "show").stdout.strip() == "2026-09-07T07:40:00"
    assert machine.call("clock", "advance", "2h").returncode == 0
    assert machine.call("clock", "to", "2026-09-07T07:00").returncode == 1
    assert machine.stop(first, signal.SIGTERM) == 0
    alone = machine.call("clock", "advance", "1h")
    assert (alone.returncode, "No bot" in alone.stderr) == (1, True)

    machine.start("--rehearsal", "--start", "2030-01-01T00:00")

    assert machine.call("clock", "show").stdout.strip() == "2026-09-07T09:40:00"


def test_one_run_at_a_time_and_each_database_of_one_kind(machine: Machine) -> None:
    running = machine.start(*START)
    second = machine.call("run", "--rehearsal")
    assert (second.returncode, "already run" in second.stderr) == (1, True)
    machine.stop(running, signal.SIGINT)

    real = machine.call("run")

    assert (real.returncode, "rehearsal" in real.stderr) == (1, True)


def test_a_real_database_never_rehearses_and_stops_in_time(machine: Machine) -> None:
    running = machine.start()
    began = time.monotonic()
    assert machine.stop(running, signal.SIGTERM) == 0
    assert time.monotonic() - began < 10

    refused = machine.call("run", "--rehearsal")

    assert refused.returncode == 1


def test_codes_of_the_set_up_run_from_the_start_of_the_rehearsal(
    machine: Machine, tmp_path: Path
) -> None:
    (tmp_path / "staff.csv").write_text("姓名,单位,角色\n孙丽,县教体局,管理员\n", encoding="utf-8")
    assert machine.call("import", "staff.csv", "--yes").returncode == 0
    machine.call("invite", "--json")
    machine.start(*START)

    figures = json.loads(machine.call("status", "--json").stdout)
    entry = json.loads(machine.call("invite", "--json").stdout)[0]

    assert figures["bindings"]["admin"] == {"bound": 0, "invited": 1}
    assert entry["link"] == f"https://t.me/playground_bot?start={entry['code']}"


def like_anybody() -> None:
    """Root writes into every file; without these powers it asks for the rights like others."""
    for power in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, power, 0, 0, 0)


def without_room() -> None:
    """No file may grow beyond a page."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


@pytest.mark.parametrize("places", [("guixiao.db",), (".",), ("guixiao.db", ".")])
def test_started_on_a_read_only_database_it_says_so_and_ends(
    machine: Machine, tmp_path: Path, places: tuple[str, ...]
) -> None:
    machine.stop(machine.start(), signal.SIGTERM)
    for place in places:
        (tmp_path / "data" / place).chmod(0o555)

    ended = machine.call_with(like_anybody)

    for place in places:
        (tmp_path / "data" / place).chmod(0o755)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [SAYS.format("attempt to write a readonly database")]
    assert machine.stop(machine.start(), signal.SIGTERM) == 0


def test_started_without_room_it_says_so_and_ends(machine: Machine) -> None:
    machine.stop(machine.start(), signal.SIGTERM)

    ended = machine.call_with(without_room)

    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [SAYS.format("disk I/O error")]
    assert machine.stop(machine.start(), signal.SIGTERM) == 0


def test_a_first_start_where_nothing_can_be_made_names_the_place(
    machine: Machine, tmp_path: Path
) -> None:
    tmp_path.chmod(0o555)

    ended = machine.call_with(like_anybody)

    tmp_path.chmod(0o755)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [SAYS.format("Permission denied: data")]


def test_a_refused_token_ends_the_run(machine: Machine) -> None:
    machine._env["BOT_TOKEN"] = "7000000001:NOT-a-token-anybody-knows-of-at-all"

    refused = machine.call("run")

    assert refused.returncode == 1
    assert "NOT-a-token" not in refused.stderr + refused.stdout


def test_updates_may_be_brought_instead_of_asked_for(machine: Machine) -> None:
    machine._env |= {
        "UPDATES": "webhook",
        "WEBHOOK_URL": "http://127.0.0.1:18443",
        "WEBHOOK_LISTEN": "127.0.0.1:18443",
        "WEBHOOK_SECRET": "a-secret-of-32-characters-for-us",
    }
    running = machine.start()
    assert machine.stop(running, signal.SIGTERM) == 0

    machine._env["WEBHOOK_SECRET"] = "too short"
    refused = machine.call("run")

    assert (refused.returncode, "webhook_secret" in refused.stderr.lower()) == (1, True)
