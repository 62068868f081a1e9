"""Numbers of people as they may be shown: `410***********1234`, `138****5678` (privacy D4)."""

from __future__ import annotations

import re

_ID = re.compile(r"(?<![0-9A-Za-z])[GJL]?\d{17}[0-9Xx](?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")


def masked_id(number: str) -> str:
    """The first three and the last four signs of an ID or register number."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def masked_phone(number: str) -> str:
    """The first three and the last four digits of a mobile number; of shorter ones the end."""
    if len(number) < 8:
        return "*" * max(len(number) - 2, 0) + number[-2:]
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def masked_text(text: str) -> str:
    """What somebody wrote, with ID and mobile numbers in it masked."""
    text = _ID.sub(lambda found: masked_id(found[0]), text)
    return _PHONE.sub(lambda found: masked_phone(found[0]), text)
