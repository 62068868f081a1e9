"""The review list as xlsx: written out, filled in by a clerk, and read again (rules.md 8)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from papers.contents import content_of
from papers.pairs import PairRow, PairSide, read_pairs, write_pairs
from papers.pairs import is_review as is_review
from rules.model.reconciling import DoubtPair
from rules.reconciling.lines import Line
from storage.database import Database
from storage.facts.listed import village_numbers
from storage.reconciling.answering import decide_pair
from storage.tables.reconciling import doubts
from storage.tables.school import units


async def review_list(database: Database, language: str) -> bytes:
    """Every pair that waits, with its numbers, for an office's own computer."""
    async with database.survey() as read:
        query = select(doubts).where(doubts.c.ended_at.is_(None), doubts.c.decided_at.is_(None))
        pairs = await read.all(query.order_by(doubts.c.school_id, doubts.c.id), DoubtPair)
        rows = (await read.execute(select(units.c.id, units.c.name))).rows
        places = await village_numbers(read)
    names = {row[0]: row[1] for row in rows}
    names |= {number: "".join(place) for number, place in places.items()}
    listed = [
        PairRow(one.id, one.why.value, _side(one.registered, names), _side(one.seated, names))
        for one in pairs
    ]
    return content_of(lambda to: write_pairs(to, listed, language))


def _side(line: Line, names: dict[int, str]) -> PairSide:
    return PairSide(
        names.get(line.school, ""),
        f"{line.grade}.{line.number}" if line.school > 0 else "",
        line.name,
        line.birth_on,
        line.digits,
        line.register_number,
    )


async def take_review(database: Database, path: Path, now: datetime) -> int:
    """What the clerk has said; pairs that are decided or gone keep what the record says."""
    said = read_pairs(path)
    for number, is_same in said:
        async with database.work(now) as work:
            query = select(doubts).where(doubts.c.id == number)
            pair = await work.one(query, DoubtPair)
            if pair is not None and pair.decided_at is None and pair.ended_at is None:
                await decide_pair(work, pair, same=is_same, by=None)
    return len(said)
