from __future__ import annotations

import pytest
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

from bot.outcomes import Fate, NotConnected, outcome_of

TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), "blocked"),
        (Forbidden("Forbidden: user is deactivated"), "deactivated"),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), "never_started"),
        (BadRequest("Bad Request: chat not found"), "chat_not_found"),
        (BadRequest("Chat not found"), "chat_not_found"),
    ],
)
def test_only_these_say_that_the_recipient_is_gone(error: TelegramError, cause: str) -> None:
    outcome = outcome_of(error)

    assert (outcome.fate, outcome.cause) == (Fate.RECIPIENT_GONE, cause)


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden: bot was kicked from the group chat"),
        Forbidden("Forbidden: bot is not a member of the channel chat"),
        Forbidden("Forbidden: bot can't send messages to bots"),
        Forbidden("Forbidden: bot was blocked by the user of another bot"),
        BadRequest("Bad Request: user not found"),
        BadRequest("Bad Request: chat_id is empty"),
        BadRequest("Bad Request: reply message not found"),
        BadRequest("Bad Request: have no rights to send a message"),
        BadRequest("Bad Request: message to delete not found"),
        ChatMigrated(-100),
    ],
)
def test_near_misses_cost_the_message_only(error: TelegramError) -> None:
    assert outcome_of(error).fate is Fate.GIVEN_UP


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (BadRequest("Message is not modified: specified new message content"), Fate.DELIVERED),
        (BadRequest("Message to edit not found"), Fate.MESSAGE_GONE),
        (BadRequest("Message can't be edited"), Fate.MESSAGE_GONE),
        (BadRequest("MESSAGE_ID_INVALID"), Fate.MESSAGE_GONE),
        (BadRequest("Can't parse entities: unclosed start tag at byte offset 3"), Fate.BAD_TEXT),
        (BadRequest("Message is too long"), Fate.BAD_TEXT),
        (BadRequest("Message text is empty"), Fate.BAD_TEXT),
        (BadRequest("BUTTON_DATA_INVALID"), Fate.BAD_TEXT),
        (RetryAfter(35), Fate.THROTTLED),
        (NetworkError("Too Many Requests: retry later"), Fate.THROTTLED),
        (NetworkError("Bad Gateway (502). Parsing the server response failed"), Fate.UNREACHABLE),
        (NetworkError("Internal Server Error: restart"), Fate.UNREACHABLE),
        (NotConnected("ClientConnectorError"), Fate.UNREACHABLE),
        (InvalidToken("Unauthorized"), Fate.SIGNED_OUT),
        (TimedOut(), Fate.UNCERTAIN),
        (NetworkError("aiohttp.ServerDisconnectedError"), Fate.UNCERTAIN),
        (NetworkError("Gateway Timeout (504)"), Fate.UNCERTAIN),
        (TelegramError("Invalid server response"), Fate.UNCERTAIN),
    ],
)
def test_the_table(error: TelegramError, fate: Fate) -> None:
    assert outcome_of(error).fate is fate


def test_the_wait_of_a_429_is_kept() -> None:
    assert outcome_of(RetryAfter(35)).wait == 35


@pytest.mark.parametrize("sort", [BadRequest, Forbidden, NetworkError, TelegramError])
def test_a_cause_holds_no_token(sort: type[TelegramError]) -> None:
    error = sort(f"Odd: https://api.telegram.org/bot{TOKEN}/sendMessage said 李一 13800000000")

    cause = outcome_of(error).cause

    assert not [part for part in (TOKEN, "/", "李", "1380") if part in cause]
