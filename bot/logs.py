"""Logging: one line per event, for people or machines, without secrets and control characters."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping, Sequence
from typing import Any

import structlog

from bot.settings import Settings

HIDDEN = "[hidden]"
SILENCED = (
    "httpx",
    "httpcore",
    "aiohttp",
    "aiosqlite",
    "apscheduler",
    "asyncio",
    "telegram",
    "alembic",
    "sqlalchemy",
)

#: A bot token wherever it stands, also inside a URL.
_TOKEN = re.compile(r"\b[0-9]{6,12}:[A-Za-z0-9_-]{30,50}\b")
_TOKEN_IN_URL = re.compile(r"(/bot)[^/\s\"']+(?=/)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

Event = MutableMapping[str, Any]


class Redaction(logging.Formatter):
    """Wraps the formatter of a handler: nothing secret leaves it, tracebacks included."""

    def __init__(self, inner: logging.Formatter, secrets: Sequence[str]) -> None:
        """`secrets` are hidden wherever they stand."""
        super().__init__()
        self._inner = inner
        self._secrets = tuple(sorted((one for one in secrets if len(one) > 3), key=len)[::-1])

    def format(self, record: logging.LogRecord) -> str:
        """The finished line."""
        return self.cleaned(self._inner.format(record))

    def cleaned(self, text: str) -> str:
        """Without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _TOKEN_IN_URL.sub(rf"\1{HIDDEN}", _TOKEN.sub(HIDDEN, text))


def escape_control(_: Any, __: str, event: Event) -> Event:
    """Text from outside cannot begin a new line or colour the terminal (D13)."""
    return {
        key: _escaped(value)
        if isinstance(value, str) and key not in ("exception", "stack")
        else value
        for key, value in event.items()
    }


def _escaped(text: str) -> str:
    marked = text.replace("\n", "\\n")
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", marked)


def configure(settings: Settings) -> None:
    """Send structlog and the standard library through one handler on stderr."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    inner = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            escape_control,
            _renderer(settings.log_format),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redaction(inner, settings.secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in SILENCED:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _renderer(log_format: str) -> Any:
    if log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    return structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
