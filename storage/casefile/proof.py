"""The chain check at the end of a case file (privacy D6)."""

from __future__ import annotations

from collections.abc import Iterable

from rules.model.dossier import Proof
from storage.journal import Verdict, head_of, verify, verify_lines
from storage.work import Reading


async def whole_proof(read: Reading, key: bytes, numbers: Iterable[int]) -> Proof:
    """The whole chain, walked from its first line."""
    return _proof(await verify(read, key), len(set(numbers)), is_whole_chain=True)


async def lines_proof(read: Reading, key: bytes, numbers: Iterable[int]) -> Proof:
    """The lines of one case alone, each against the one before it: quick, whatever the county."""
    wanted = set(numbers)
    fault = await verify_lines(read, key, wanted)
    head = await head_of(read)
    verdict = Verdict(len(wanted), head, *(fault or (None, None)))
    return _proof(verdict, len(wanted), is_whole_chain=False)


def _proof(verdict: Verdict, of_case: int, *, is_whole_chain: bool) -> Proof:
    return Proof(
        lines=verdict.lines,
        head=verdict.head,
        of_case=of_case,
        is_whole_chain=is_whole_chain,
        broken_at=verdict.broken_at,
        broken_by=verdict.broken_by.value if verdict.broken_by else None,
    )
