"""Invite codes: which of them are good, and how many wrong ones a chat may try."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from rules.model.people import Invite
from rules.policy import Policy


class CodeState(StrEnum):
    """What a code is to the chat that sent it."""

    GOOD = "good"
    OURS = "ours"  # this very chat has used it: nothing is wrong, nothing is left to do
    WRONG = "wrong"  # unknown, expired, revoked, or used elsewhere: never said which


def read_code(invite: Invite | None, chat_id: int, now: datetime) -> CodeState:
    """Say what the code behind `invite` is worth in this chat.

    A used code is good for nothing but a friendly word, and only where it was used.
    """
    if invite is None or invite.revoked_at is not None:
        return CodeState.WRONG
    if invite.used_at is not None:
        return CodeState.OURS if invite.used_by_chat == chat_id else CodeState.WRONG
    return CodeState.GOOD if now < invite.expires_at else CodeState.WRONG


def spend(invite: Invite, chat_id: int, now: datetime) -> Invite:
    """Use the code up; a second person can do nothing with it."""
    return replace(invite, used_at=now, used_by_chat=chat_id)


@dataclass(frozen=True)
class Stranger:
    """What a chat that we do not know has tried."""

    id: int
    chat_id: int
    codes_on: date | None = None
    wrong_codes: int = 0
    useless: int = 0
    version: int = 1

    def wrong_on(self, today: date) -> int:
        """How many wrong codes came today."""
        return self.wrong_codes if self.codes_on == today else 0

    def may_try(self, today: date, policy: Policy) -> bool:
        """Whether another code is looked at today."""
        return self.wrong_on(today) < policy.binding.wrong_codes_a_day

    def is_heard(self, policy: Policy) -> bool:
        """Whether a useless message still gets an answer."""
        return self.useless < policy.binding.useless_messages


def count_wrong_code(stranger: Stranger, today: date) -> Stranger:
    """One more wrong code; the count begins anew each day."""
    return replace(stranger, codes_on=today, wrong_codes=stranger.wrong_on(today) + 1)


def count_useless(stranger: Stranger) -> Stranger:
    """One more message that we can do nothing with."""
    return replace(stranger, useless=stranger.useless + 1)


def forgive(stranger: Stranger) -> Stranger:
    """A good code is a real action: the silence ends.  Wrong codes of the day still count."""
    return replace(stranger, useless=0)
