"""The settings, from the environment and `.env`; `.env.example` explains each of them."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.address import host_and_port

ENV_FILE = Path(".env")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")

_log = logging.getLogger(__name__)


class Settings(BaseSettings):
    """Everything that one county sets.  Secrets never show in `repr`, logs or errors (D11)."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    bot_token: SecretStr | None = None
    bot_api_url: str = "https://api.telegram.org"
    database_url: str = Field(default="sqlite+aiosqlite:///data/guixiao.db", repr=False)
    data_dir: Path = Path("data")
    field_key: SecretStr | None = None
    field_key_file: Path | None = None
    journal_key: SecretStr | None = None
    journal_key_file: Path | None = None
    policy_file: Path = Path("policy.toml")
    timezone: str = "Asia/Shanghai"
    locale: Literal["zh", "en"] = "zh"
    updates: Literal["polling", "webhook"] = "polling"
    webhook_url: str | None = Field(default=None, repr=False)
    webhook_listen: str = "127.0.0.1:8443"
    webhook_secret: SecretStr | None = None
    ops_listen: str | None = None
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("log_level", "log_format", "locale", "updates", mode="before")
    @classmethod
    def _in_small_letters(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("bot_api_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is not a time zone such as Asia/Shanghai") from None
        return value

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Self:
        if self.updates == "webhook" and not (self.webhook_url and self.webhook_secret):
            raise ValueError("UPDATES=webhook needs WEBHOOK_URL and WEBHOOK_SECRET")
        return self

    @field_validator("webhook_secret")
    @classmethod
    def _secret_as_telegram_takes_it(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("must be 16 to 256 characters of A-Z a-z 0-9 _ -")
        return value

    @field_validator("webhook_listen", "ops_listen")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        if value is not None:
            host_and_port(value)
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The county's zone."""
        return ZoneInfo(self.timezone)

    @property
    def token(self) -> str:
        """The bot token; "" where none is set."""
        return self.bot_token.get_secret_value() if self.bot_token else ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be printed."""
        hidden = (self.bot_token, self.field_key, self.journal_key, self.webhook_secret)
        return tuple(one.get_secret_value() for one in hidden if one)


def load_settings() -> Settings:
    """Read the settings; pydantic's ValidationError names what is wrong, never the value."""
    return Settings()


def is_exposed(path: Path = ENV_FILE) -> bool:
    """Whether others on this machine may read the file of secrets."""
    return os.name == "posix" and path.is_file() and bool(path.stat().st_mode & 0o077)


def warn_if_exposed(path: Path = ENV_FILE) -> None:
    """Say so in the log."""
    if is_exposed(path):
        _log.warning("others may read %s; chmod 600 it", path, extra={"action": "env_exposed"})
