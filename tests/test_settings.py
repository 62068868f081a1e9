"""Settings: every one is documented, and no secret shows."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import logs
from bot.settings import Settings, is_exposed

ROOT = Path(__file__).parent.parent
TOKEN = "7000000000:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """The root logger, put back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    root.handlers[:] = handlers
    root.setLevel(level)


def test_every_setting_is_in_the_example() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))

    assert named == {name.upper() for name in Settings.model_fields}


def test_the_example_says_the_defaults(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text(), encoding="utf-8")

    assert Settings() == Settings(_env_file=None)  # type: ignore[call-arg]


def test_no_secret_is_in_the_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:hush@host/db")

    assert TOKEN not in repr(Settings())
    assert "hush" not in repr(Settings())


def test_a_wrong_value_is_named_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMEZONE", "Asia/Nowhere")

    with pytest.raises(ValidationError, match="timezone") as caught:
        Settings()
    assert "Nowhere" not in str(caught.value)


def test_a_webhook_without_its_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPDATES", "webhook")

    with pytest.raises(ValidationError, match="WEBHOOK_SECRET"):
        Settings()


@pytest.mark.parametrize(("mode", "exposed"), [(0o600, False), (0o644, True)])
def test_an_env_file_that_others_can_read_is_noticed(
    tmp_path: Path, mode: int, exposed: bool
) -> None:
    path = tmp_path / ".env"
    path.touch()
    path.chmod(mode)

    assert is_exposed(path) is exposed


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_tokens_and_control_characters_never_reach_the_log(
    log_format: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    root_logger: logging.Logger,
) -> None:
    monkeypatch.setenv("BOT_TOKEN", "secret-of-odd-shape")
    monkeypatch.setenv("LOG_FORMAT", log_format)
    logs.configure(Settings())

    root_logger.warning("POST https://api.telegram.org/bot%s/getMe", TOKEN)
    root_logger.error("secret-of-odd-shape", extra={"action": "line\nbreak\x1b[31m"})

    said = capsys.readouterr().err
    assert TOKEN not in said
    assert "secret-of-odd-shape" not in said
    assert "\x1b" not in said
    assert len(said.strip().splitlines()) == 2
