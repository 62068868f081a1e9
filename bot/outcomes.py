"""What an answer of the Bot API means for a message: the one table of its errors."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from enum import StrEnum

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

# The framework then gives `retry_after` as a duration, and no warning with every 429.
os.environ.setdefault("PTB_TIMEDELTA", "1")


class Fate(StrEnum):
    """What becomes of a message."""

    DELIVERED = "delivered"
    THROTTLED = "throttled"  # nothing leaves for `wait` seconds
    UNREACHABLE = "unreachable"  # it certainly did not arrive; try again later
    SIGNED_OUT = "signed_out"  # the token is wrong: nobody can be reached
    UNCERTAIN = "uncertain"  # it may have arrived
    MESSAGE_GONE = "message_gone"  # what was to be edited cannot be: send anew
    BAD_TEXT = "bad_text"  # the text or its keys are refused: send the plain fallback
    GIVEN_UP = "given_up"  # this message can never be delivered
    RECIPIENT_GONE = "recipient_gone"  # nothing can be delivered to this chat


@dataclass(frozen=True)
class Outcome:
    """A fate with its cause code and, where there is one, the wait in seconds."""

    fate: Fate
    cause: str = ""
    wait: float = 0.0


class NotConnected(NetworkError):
    """The connection could not be made: the server cannot have seen the message."""


#: Whole texts, not beginnings: a contact is given up only for these (Telegram's own words).
_GONE = {
    "forbidden: bot was blocked by the user": "blocked",
    "forbidden: user is deactivated": "deactivated",
    "forbidden: bot can't initiate conversation with a user": "never_started",
    "bad request: chat not found": "chat_not_found",
}
_SAME = re.compile(r"message is not modified")
_MESSAGE_GONE = re.compile(
    r"message to edit not found|message can't be edited|message_id_invalid"
    r"|message identifier is not specified|there is no text in the message to edit"
)
_BAD_TEXT = re.compile(
    r"can't parse entities|message is too long|message text is empty|text must be non-empty"
    r"|button_data_invalid|can't parse (inline )?keyboard|reply_markup_too_long"
    r"|caption is too long|wrong (character|string) encod|strings must be encoded in utf-8"
)


def outcome_of(error: TelegramError) -> Outcome:
    """Sort an error; the cause never holds a URL, and so never the token."""
    if isinstance(error, RetryAfter):
        return Outcome(Fate.THROTTLED, "throttled", _seconds(error))
    if isinstance(error, InvalidToken):
        return Outcome(Fate.SIGNED_OUT, "signed_out")
    if isinstance(error, ChatMigrated):
        return Outcome(Fate.GIVEN_UP, "migrated")
    if isinstance(error, BadRequest | Forbidden):
        return _refused(error)
    return _lost(error)


def _refused(error: BadRequest | Forbidden) -> Outcome:
    """Telegram has understood and says no.  (BadRequest is a NetworkError: it comes first.)"""
    words = error.message.strip().lower()
    full = words if ": " in words else f"{_prefix(error)}: {words}"
    if full in _GONE:
        return Outcome(Fate.RECIPIENT_GONE, _GONE[full])
    if isinstance(error, Forbidden):
        return Outcome(Fate.GIVEN_UP, _code("forbidden", words))
    if _SAME.search(words):
        return Outcome(Fate.DELIVERED, "not_modified")
    if _MESSAGE_GONE.search(words):
        return Outcome(Fate.MESSAGE_GONE, "message_gone")
    if _BAD_TEXT.search(words):
        return Outcome(Fate.BAD_TEXT, _code("bad_text", words))
    return Outcome(Fate.GIVEN_UP, _code("refused", words))


def _lost(error: TelegramError) -> Outcome:
    """No answer, or none that can be read."""
    if isinstance(error, NotConnected):
        return Outcome(Fate.UNREACHABLE, "not_connected")
    if isinstance(error, TimedOut):
        return Outcome(Fate.UNCERTAIN, "timed_out")
    words = error.message.lower()
    if re.search(r"\(50[0-3]\)|internal server error|bad gateway|restart", words):
        return Outcome(Fate.UNREACHABLE, "server_error")
    if words.startswith("too many requests"):
        return Outcome(Fate.THROTTLED, "throttled", 1.0)
    return Outcome(Fate.UNCERTAIN, "no_answer")


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait if isinstance(wait, int) else wait.total_seconds())


def _prefix(error: BadRequest | Forbidden) -> str:
    return "forbidden" if isinstance(error, Forbidden) else "bad request"


def _code(sort: str, words: str) -> str:
    """A cause code from Telegram's words: letters only, nothing that could be personal."""
    plain = re.sub(r"[^a-z_' ]+", " ", re.sub(r"\S*[/@\d]\S*", " ", words))
    return f"{sort}: {' '.join(plain.split())}"[:120]
