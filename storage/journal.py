"""The journal: its end, and the proof that it is whole (privacy D6)."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from storage import chain
from storage.errors import BrokenChain, WrongKey
from storage.journaling import DETAILS_AAD
from storage.sealing import Vault
from storage.tables.plumbing import journal, journal_details, journal_head
from storage.work import Reading

BATCH = 2000
MAC_PREFIX = 16


class Break(StrEnum):
    """How a chain can be broken; the value is the code that the words are found by."""

    MISSING = "missing"  # a line was removed
    ALTERED = "altered"  # a line was changed, put in, or recomputed without the key
    PERSONAL = "personal"  # the personal content kept apart is not what the line was written with
    CUT = "cut"  # lines are gone from the end
    HEAD = "head"  # the end of the chain is not the one that was written
    OTHER = "other"  # the given head belongs to another history


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the walk found: lines proven, the head to write down, and the first break."""

    lines: int
    head: str
    broken_at: int | None = None
    broken_by: Break | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is broken."""
        return self.broken_by is None

    def require_whole(self) -> None:
        """BrokenChain unless it is whole."""
        if self.broken_by is not None:
            raise BrokenChain(f"{self.broken_at}: {self.broken_by}")


class _Fault(Exception):
    def __init__(self, number: int, kind: Break) -> None:
        super().__init__(number, kind)
        self.number = number
        self.kind = kind


async def head_of(read: Reading) -> str:
    """The end of the chain as people write it down: number, colon, beginning of the MAC."""
    head = await _head(read)
    return _written(head or chain.Head(0, chain.GENESIS))


async def verify(read: Reading, key: bytes, head: str | None = None) -> Verdict:
    """Walk the whole chain; `head` is one written down earlier, `number:mac-prefix`.

    ValueError when `head` has another form.
    """
    wanted = _parsed(head)
    walk = _Walk(read.vault, key, wanted)
    try:
        while await _step(read, walk):
            pass
        walk.compare_given()
        walk.compare_end(await _head(read))
    except _Fault as fault:
        return Verdict(walk.at.number, _written(walk.at), fault.number, fault.kind)
    return Verdict(walk.at.number, _written(walk.at))


async def verify_lines(
    read: Reading, key: bytes, numbers: Collection[int]
) -> tuple[int, Break] | None:
    """Check some lines alone, each against the one before it; the first that is broken.

    This proves what these lines say.  That none is gone, only the walk along the whole chain does.
    """
    wanted = sorted(numbers)
    for start in range(0, len(wanted), BATCH // 4):
        some = wanted[start : start + BATCH // 4]
        fault = await _check_some(read, key, some)
        if fault is not None:
            return fault
    return None


async def _check_some(read: Reading, key: bytes, some: Sequence[int]) -> tuple[int, Break] | None:
    around = {*some, *(number - 1 for number in some)}
    found = await read.execute(select(journal).where(journal.c.number.in_(around)))
    lines = {row.number: chain.Line(*row) for row in found.rows}
    details = await read.execute(
        select(journal_details.c.number, journal_details.c.content).where(
            journal_details.c.number.in_(some)
        )
    )
    contents = {row[0]: row[1] for row in details.rows}
    for number in some:
        walk = _Walk(read.vault, key, None)
        before = lines.get(number - 1)
        if before is None and number > 1:
            return number - 1, Break.MISSING
        if number not in lines:
            return number, Break.MISSING
        walk.at = chain.Head(number - 1, before.mac if before else chain.GENESIS)
        try:
            walk.take(lines[number], contents)
        except _Fault as fault:
            return fault.number, fault.kind
    return None


async def _step(read: Reading, walk: _Walk) -> bool:
    """Check the next batch; False when there is none."""
    after = walk.at.number
    lines = await read.execute(
        select(journal).where(journal.c.number > after).order_by(journal.c.number).limit(BATCH)
    )
    if not lines.rows:
        return False
    last = lines.rows[-1].number
    number, content = journal_details.c.number, journal_details.c.content
    details = await read.execute(select(number, content).where(number > after, number <= last))
    contents = {row[0]: row[1] for row in details.rows}
    for row in lines.rows:
        walk.take(chain.Line(*row), contents)
    return True


class _Walk:
    """One pass along the chain, remembering where it stands."""

    def __init__(self, vault: Vault, key: bytes, given: chain.Head | None) -> None:
        self._vault = vault
        self._key = key
        self._given = given
        self._is_given_met = given is None or given.number == 0
        self.at = chain.Head(0, chain.GENESIS)

    def take(self, line: chain.Line, contents: Mapping[int, str]) -> None:
        if line.number != self.at.number + 1:
            raise _Fault(self.at.number + 1, Break.MISSING)
        if not hmac.compare_digest(line.mac, chain.mac_of(self._key, self.at.mac, line)):
            raise _Fault(line.number, Break.ALTERED)
        if line.number in contents and not self._is_personal(line, contents[line.number]):
            raise _Fault(line.number, Break.PERSONAL)
        self.at = chain.Head(line.number, line.mac)
        if self._given and line.number == self._given.number:
            self._is_given_met = line.mac.startswith(self._given.mac)

    def compare_given(self) -> None:
        """The head written down earlier must lie on this chain."""
        if self._given is None or self._is_given_met:
            return
        if self._given.number > self.at.number:
            raise _Fault(self.at.number + 1, Break.CUT)
        raise _Fault(self._given.number, Break.OTHER)

    def compare_end(self, head: chain.Head | None) -> None:
        """The stored end must be ours and stand where the lines end."""
        if head is None and self.at.number == 0:
            return
        if head is None or not chain.is_sealed(self._key, head):
            raise _Fault(self.at.number, Break.HEAD)
        if head.number > self.at.number:
            raise _Fault(self.at.number + 1, Break.CUT)
        if (head.number, head.mac) != (self.at.number, self.at.mac):
            raise _Fault(self.at.number, Break.HEAD)

    def _is_personal(self, line: chain.Line, sealed: str) -> bool:
        try:
            personal = self._vault.open(sealed, DETAILS_AAD)
        except WrongKey:
            return False
        return line.salt is not None and chain.digest_of(line.salt, personal) == line.digest


async def _head(read: Reading) -> chain.Head | None:
    query = select(journal_head.c.number, journal_head.c.mac, journal_head.c.seal)
    rows = (await read.execute(query)).rows
    return chain.Head(*rows[0]) if rows else None


def _written(head: chain.Head) -> str:
    return f"{head.number}:{head.mac[:MAC_PREFIX]}"


def _parsed(head: str | None) -> chain.Head | None:
    if head is None:
        return None
    number, _, prefix = head.partition(":")
    if not number.isdecimal() or len(prefix) < MAC_PREFIX // 2:
        raise ValueError(f"not a head of the chain: {head!r}")
    return chain.Head(int(number), prefix.lower())
