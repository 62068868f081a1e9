"""Invented people: names, identity numbers of a region that does not exist, unused phones."""

from __future__ import annotations

from datetime import date
from random import Random

from papers.sample.words import words
from rules.identity import INVENTED_REGION, Sex, check_digit

REGION = INVENTED_REGION + "0000"
_STEP, _RANGE = 7_654_321, 10_000_000
"""Coprime: counting in such steps goes through all seven-digit numbers before one comes twice."""


class People:
    """Makes people, each number once; the same `random` makes the same people."""

    def __init__(self, random: Random) -> None:
        """Nobody made yet."""
        self._random = random
        self._serials: dict[tuple[date, Sex], int] = {}
        self._phones = {"1610": 0, "1611": 0}

    def surname(self) -> str:
        """One of about a hundred, now and then a double one."""
        table = words()
        double = self._random.random() < 0.01
        return str(self._random.choice(table["double_surnames" if double else "surnames"]))

    def name(self, sex: Sex, surname: str | None = None) -> str:
        """A surname and one or two characters."""
        given = words()["given_male" if sex is Sex.MALE else "given_female"]
        count = 1 if self._random.random() < 0.2 else 2
        chosen = "".join(self._random.choice(given) for _ in range(count))
        return (surname or self.surname()) + chosen

    def id_number(self, born_on: date, sex: Sex) -> str:
        """A number that holds; a thousand a day are possible."""
        serial = self._serials.get((born_on, sex), 0)
        self._serials[born_on, sex] = serial + 1
        digits = f"{REGION}{born_on:%Y%m%d}{2 * serial + (sex is Sex.MALE):03d}"
        return digits + check_digit(digits)

    def guardian_phone(self) -> str:
        """A mobile number whose prefix no operator uses."""
        return self._phone("1610")

    def staff_phone(self) -> str:
        """The same from another range, so that nobody is two people by accident."""
        return self._phone("1611")

    def _phone(self, prefix: str) -> str:
        self._phones[prefix] += 1
        return f"{prefix}{self._phones[prefix] * _STEP % _RANGE:07d}"
