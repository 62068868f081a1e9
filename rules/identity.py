"""Numbers that stand for people and schools: identity, register, school, phone.

Shapes: GB 11643 (identity numbers), the national register (G/J/L numbers, ten-digit school codes),
Chinese mobile and landline numbers.  What cannot be read comes back as a `Flaw`, never as a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from operator import mul

INVENTED_REGION = "99"
"""No province has this code; samples and tests use it, and it is no cause for a warning."""

_REGION = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ZEROS = ord("0") * sum(_WEIGHTS)
_CHECKS = "10X98765432"
_FULL = "".join(chr(code) for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum())
_MARKS = {
    0xFF08: "(",
    0xFF09: ")",
    0xFF0D: "-",
    0xFF0F: "/",
    0xFF0E: ".",
    0xFF0B: "+",
    0x3000: " ",
}
_FOLD = {
    **{ord(mark): chr(ord(mark) - 0xFEE0) for mark in _FULL},
    **_MARKS,
    **dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF), ""),
    **dict.fromkeys((0x00A0, 0x2002, 0x2003, 0x2009), " "),
}
_TO_FOLD = re.compile(f"[{''.join(map(chr, _FOLD))}]")
_GAPS = re.compile(r"\s+")
_DASHES = re.compile(r"[\s\-‐‑‒–—―−()]+")
_DOTS = re.compile(r"\s*[•・‧∙⋅．●]\s*")
_ID_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_REGISTER_SHAPE = re.compile(r"G[0-9]{17}[0-9X]")
_OTHER_REGISTER_SHAPE = re.compile(r"[JL][0-9]{18}")
_SCHOOL_CODE = re.compile(r"[0-9]{10}")
_COUNTRY = re.compile(r"^(?:\+86|0086|86(?=1[3-9][0-9]{9}$))")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}|[2-8][0-9]{6,7}")
_HAN = r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]"
_HAN_GAP = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")


class Flaw(StrEnum):
    """Why a value could not be read; the value of a member is its code."""


class IdFlaw(Flaw):
    """What is wrong with an identity number."""

    LENGTH = "id_length"
    CHARACTERS = "id_characters"
    BIRTH_DATE = "id_birth_date"
    CHECK_DIGIT = "id_check_digit"


class NumberFlaw(Flaw):
    """What is wrong with a register number, a school code or a phone number."""

    REGISTER_SHAPE = "register_shape"
    REGISTER_CHECK_DIGIT = "register_check_digit"
    SCHOOL_CODE_SHAPE = "school_code_shape"
    PHONE_SHAPE = "phone_shape"


class Sex(StrEnum):
    """As the seventeenth digit of an identity number says it."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """An identity number whose check digit holds: 18 characters, capital X, and what it says."""

    text: str
    born_on: date
    sex: Sex

    @property
    def region_is_known(self) -> bool:
        """Whether a province has this code; an unknown one is worth a warning, no more."""
        return bool(_REGION.match(self.text)) or self.text.startswith(INVENTED_REGION)


def fold(text: str) -> str:
    """Full-width digits, letters, brackets and spaces made plain; outer space trimmed."""
    if not text.isascii() and _TO_FOLD.search(text):
        text = text.translate(_FOLD)
    return text.strip()


def fold_name(text: str) -> str:
    """A person's name in its one form: no gaps between Chinese characters, one kind of dot."""
    plain = fold(text)
    if plain.isalpha():
        return plain
    dotted = _DOTS.sub("·", plain)
    return _GAPS.sub(" ", _HAN_GAP.sub("", dotted))


def check_digit(first_seventeen: str) -> str:
    """The eighteenth character of an identity number (GB 11643) for its first 17 digits."""
    total = sum(map(mul, first_seventeen.encode(), _WEIGHTS)) - _ZEROS
    return _CHECKS[total % 11]


def read_id_number(text: str) -> IdNumber | Flaw:
    """Read an 18-character identity number; full width, inner spaces and small x are accepted."""
    return _whole_number(_unspaced(text))


@lru_cache(maxsize=8)  # a register number repeats the identity number beside it
def _whole_number(number: str) -> IdNumber | Flaw:
    if len(number) != 18:
        return IdFlaw.LENGTH
    if not _ID_SHAPE.fullmatch(number):
        return IdFlaw.CHARACTERS
    try:
        born_on = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        return IdFlaw.BIRTH_DATE
    if number[17] != check_digit(number[:17]):
        return IdFlaw.CHECK_DIGIT
    return IdNumber(number, born_on, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def _unspaced(text: str) -> str:
    """Without any space, in capital letters."""
    plain = text if text.isalnum() and text.isascii() else _GAPS.sub("", fold(text))
    return plain.upper()


def read_register_number(text: str) -> str | Flaw:
    """Read a register number: G and an identity number, or J or L and 18 digits (no check digit).

    It is an identifier with a history: it need not agree with the child's present identity number.
    """
    number = _unspaced(text)
    if _OTHER_REGISTER_SHAPE.fullmatch(number):
        return number
    if not _REGISTER_SHAPE.fullmatch(number):
        return NumberFlaw.REGISTER_SHAPE
    inner = _whole_number(number[1:])
    return NumberFlaw.REGISTER_CHECK_DIGIT if isinstance(inner, Flaw) else number


def read_school_code(text: str) -> str | Flaw:
    """Read a school code: ten digits (2 type, 2 province, 6 running)."""
    code = _GAPS.sub("", fold(text))
    return code if _SCHOOL_CODE.fullmatch(code) else NumberFlaw.SCHOOL_CODE_SHAPE


def read_phone(text: str) -> str | Flaw:
    """Read a Chinese phone number into bare digits: mobile, or landline with or without area code.

    Spaces, dashes, brackets, full width and a leading +86, 0086 or 86 are accepted.
    """
    if _MOBILE.fullmatch(text):
        return text
    digits = _COUNTRY.sub("", _DASHES.sub("", fold(text)))
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
        return digits
    return NumberFlaw.PHONE_SHAPE


def is_mobile(phone: str) -> bool:
    """Whether a phone number as `read_phone` returns it is a mobile one."""
    return len(phone) == 11 and phone[0] == "1"
