"""The named refusals: what a person asked for cannot be done, and the phrase that says so.

The docstring of each is its meaning; `phrase` names the words (templates: phrases, `refusals`).
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar


class Refusal(Exception):
    """Something is refused; nothing has changed and nothing that was typed is lost."""

    phrase: ClassVar[str] = "refusals.not_now"

    def __init__(self, **values: str | int | datetime) -> None:
        """`values` fill the phrase."""
        super().__init__(", ".join(f"{name}={value}" for name, value in values.items()))
        self.values = values


class NotYours(Refusal):
    """No such child, case or task, as far as this person is concerned."""

    phrase = "refusals.not_yours"


class Stranger(Refusal):
    """Nobody known speaks from this chat."""

    phrase = "refusals.stranger"


class NotAllowed(Refusal):
    """The person sees it, but this act belongs to somebody else."""

    phrase = "refusals.not_allowed"


class OldButton(Refusal):
    """The key is from a form, or about a state, that no longer exists."""

    phrase = "refusals.old_button"


class AlreadyDone(Refusal):
    """Somebody was faster: `by` is that person's name, `at` the local clock time."""

    phrase = "refusals.already_done"

    def __init__(self, by: str, at: str) -> None:
        """Say who and when."""
        super().__init__(by=by, at=at)


class NotNow(Refusal):
    """The rules do not allow this at present; another phrase may say what is missing."""

    phrase = "refusals.not_now"

    def __init__(self, phrase: str = "refusals.not_now", **values: str | int | datetime) -> None:
        """`phrase` is a more exact one, such as `refusals.holiday`."""
        super().__init__(**values)
        self.phrase = phrase  # type: ignore[misc]


class OwnPaper(Refusal):
    """Nobody approves what they prepared; it goes one level up."""

    phrase = "refusals.own_paper"


class TooManyCodes(Refusal):
    """Five wrong codes today from this account."""

    phrase = "refusals.too_many_codes"


class BadCode(Refusal):
    """The code is wrong, used, or expired."""

    phrase = "refusals.bad_code"


class BadInput(Refusal):
    """What was typed cannot be read; `field` names the phrase that says what is expected."""

    def __init__(self, field: str, **values: str | int | datetime) -> None:
        """`field` is the last part of the phrase `input.FIELD`."""
        super().__init__(**values)
        self.field = field
        self.phrase = f"input.{field}"  # type: ignore[misc]


class FileTooBig(Refusal):
    """Telegram does not hand files of this size to bots."""

    phrase = "refusals.file_too_big"


class FileUnread(Refusal):
    """The file could not be fetched; the person may send it again."""

    phrase = "refusals.file_unread"


class Overloaded(Refusal):
    """Something went wrong on our side; what was sent is kept and has been reported."""

    phrase = "refusals.bug"
