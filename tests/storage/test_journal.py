from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from rules.decision import Entry
from storage import chain
from storage.database import Database
from storage.errors import BrokenChain
from storage.journal import Break, Verdict, head_of, verify
from storage.tables.plumbing import journal, journal_details, journal_head
from storage.work import Work
from tests.support.databases import KEYS, NOW

LINES = 10


async def note(database: Database, *numbers: int) -> None:
    """One unit of work with a line for each number."""
    async with database.work(NOW) as work:
        for number in numbers:
            personal = {"name": "王小明"} if number % 2 else None
            entry = Entry("noted", f"case:{number}", by=5, public={"n": number}, personal=personal)
            work.journal(entry)


@pytest.fixture
async def county(database: Database) -> Database:
    for number in range(1, LINES + 1):
        await note(database, number)
    return database


async def verdict_on(database: Database, head: str | None = None) -> Verdict:
    async with database.read() as read:
        return await verify(read, KEYS.journal, head)


async def head_in(database: Database) -> str:
    async with database.read() as read:
        return await head_of(read)


async def test_a_whole_chain_is_proven(county: Database) -> None:
    head = await head_in(county)

    assert await verdict_on(county, head) == Verdict(LINES, head)
    assert (await verdict_on(county)).is_whole
    assert head.startswith(f"{LINES}:")


async def test_an_empty_journal_is_whole(database: Database) -> None:
    assert await verdict_on(database, await head_in(database)) == Verdict(0, f"0:{'0' * 16}")


async def test_numbers_have_no_gaps_however_many_write_and_fail(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.work(NOW) as work:
            work.journal(Entry("noted", f"case:{number}"))
            work.journal(Entry("noted", f"case:{number}"))
            if number % 4 == 0:
                raise RuntimeError

    await asyncio.gather(*(write(number) for number in range(24)), return_exceptions=True)

    async with database.read() as read:
        numbers = await read.scalars(select(journal.c.number).order_by(journal.c.number))
    assert numbers == list(range(1, 37))
    assert (await verdict_on(database)).is_whole


async def test_personal_content_is_sealed_and_may_go(county: Database) -> None:
    async with county.work(NOW) as work:
        content = (await work.execute(select(journal_details))).rows[0].content
        public = await work.scalars(select(journal.c.public))
        await work.execute(delete(journal_details))

    assert "王小明" not in content + "".join(public)
    assert (await verdict_on(county)).is_whole


async def test_the_chain_goes_on_across_heads_written_down(county: Database) -> None:
    head = await head_in(county)
    await note(county, 11, 12, 13)

    assert (await verdict_on(county, head)).is_whole


def line(number: int) -> Any:
    return journal.c.number == number


async def alter_a_line(work: Work) -> None:
    await work.execute(update(journal).where(line(4)).values(public='{"n":99}'))


async def alter_the_time(work: Work) -> None:
    await work.execute(update(journal).where(line(4)).values(at=NOW.replace(hour=3)))


async def alter_who(work: Work) -> None:
    await work.execute(update(journal).where(line(4)).values(by=6))


async def remove_a_line(work: Work) -> None:
    await work.execute(delete(journal).where(line(4)))


async def remove_a_line_and_close_the_gap(work: Work) -> None:
    await work.execute(delete(journal).where(line(4)))
    for number in range(5, LINES + 1):
        await work.execute(update(journal).where(line(number)).values(number=number - 1))


async def swap_two_lines(work: Work) -> None:
    """Two lines change places, numbers and all."""
    for old, new in ((4, 0), (6, 4), (0, 6)):
        await work.execute(update(journal).where(line(old)).values(number=new))


async def swap_what_two_lines_say(work: Work) -> None:
    """Two lines keep number and MAC, and change everything else."""
    columns = (journal.c.at, journal.c.kind, journal.c.subject, journal.c.by, journal.c.public)
    rows = {
        number: (await work.execute(select(*columns).where(line(number)))).rows[0]._mapping
        for number in (4, 6)
    }
    await work.execute(update(journal).where(line(4)).values(dict(rows[6])))
    await work.execute(update(journal).where(line(6)).values(dict(rows[4])))


async def remove_lines_of_a_case(work: Work) -> None:
    gone = [3, 7]
    await work.execute(delete(journal).where(journal.c.number.in_(gone)))
    await work.execute(delete(journal_details).where(journal_details.c.number.in_(gone)))


async def remove_a_case_and_close_the_gaps(work: Work) -> None:
    await remove_lines_of_a_case(work)
    left = [number for number in range(1, LINES + 1) if number not in (3, 7)]
    for new, old in enumerate(left, 1):
        await work.execute(update(journal).where(line(old)).values(number=new))
        details = update(journal_details).where(journal_details.c.number == old)
        await work.execute(details.values(number=new))
    await work.execute(update(journal_head).values(number=len(left)))


async def put_a_line_in(work: Work) -> None:
    row = (await work.execute(select(journal).where(line(LINES)))).rows[0]
    await work.execute(insert(journal).values({**row._mapping, "number": LINES + 1}))


async def recompute_plain_hashes(work: Work) -> None:
    """Somebody without the key changes a line and hashes the rest of the chain anew."""
    previous = chain.GENESIS
    for number in range(1, LINES + 1):
        row = chain.Line(*(await work.execute(select(journal).where(line(number)))).rows[0])
        public = '{"n":99}' if number == 4 else row.public
        mac = row.mac
        if number >= 4:
            mac = hashlib.sha256(f"{previous}{public}".encode()).hexdigest()
        await work.execute(update(journal).where(line(number)).values(public=public, mac=mac))
        previous = mac
    await work.execute(update(journal_head).values(mac=previous))


async def recompute_with_another_key(work: Work) -> None:
    previous = chain.GENESIS
    for number in range(1, LINES + 1):
        row = chain.Line(*(await work.execute(select(journal).where(line(number)))).rows[0])
        previous = chain.mac_of(b"x" * 32, previous, row)
        await work.execute(update(journal).where(line(number)).values(mac=previous))


async def cut_the_tail(work: Work) -> None:
    await work.execute(delete(journal).where(journal.c.number > 7))
    await work.execute(delete(journal_details).where(journal_details.c.number > 7))


async def cut_the_tail_and_move_the_head(work: Work) -> None:
    await cut_the_tail(work)
    mac = await work.scalar(select(journal.c.mac).where(line(7)))
    await work.execute(update(journal_head).values(number=7, mac=mac))


async def move_the_head_back(work: Work) -> None:
    mac = await work.scalar(select(journal.c.mac).where(line(7)))
    await work.execute(update(journal_head).values(number=7, mac=mac))


async def cut_lines_but_not_their_details(work: Work) -> None:
    await work.execute(delete(journal).where(journal.c.number > 6))
    mac = await work.scalar(select(journal.c.mac).where(line(6)))
    await work.execute(update(journal_head).values(number=6, mac=mac))


async def cut_the_tail_and_the_head(work: Work) -> None:
    await cut_the_tail(work)
    await remove_the_head(work)


async def remove_the_head(work: Work) -> None:
    await work.execute(delete(journal_head))


async def swap_personal_content(work: Work) -> None:
    forged = work.vault.seal('{"name":"李四"}', "journal_details.content")
    await work.execute(
        update(journal_details).where(journal_details.c.number == 3).values(content=forged)
    )


async def replace_personal_content_and_digest(work: Work) -> None:
    personal = '{"name":"李四"}'
    await swap_personal_content(work)
    salt = await work.scalar(select(journal.c.salt).where(line(3)))
    digest = chain.digest_of(salt, personal)
    await work.execute(update(journal).where(line(3)).values(digest=digest))


@pytest.mark.parametrize(
    ("tamper", "broken_at", "broken_by"),
    [
        (alter_a_line, 4, Break.ALTERED),
        (alter_the_time, 4, Break.ALTERED),
        (alter_who, 4, Break.ALTERED),
        (remove_a_line, 4, Break.MISSING),
        (remove_a_line_and_close_the_gap, 4, Break.ALTERED),
        (swap_two_lines, 4, Break.ALTERED),
        (swap_what_two_lines_say, 4, Break.ALTERED),
        (remove_lines_of_a_case, 3, Break.MISSING),
        (remove_a_case_and_close_the_gaps, 3, Break.ALTERED),
        (put_a_line_in, LINES + 1, Break.ALTERED),
        (recompute_plain_hashes, 4, Break.ALTERED),
        (recompute_with_another_key, 1, Break.ALTERED),
        (cut_the_tail, 8, Break.CUT),
        (cut_the_tail_and_move_the_head, 7, Break.HEAD),
        (remove_the_head, LINES, Break.HEAD),
        (swap_personal_content, 3, Break.PERSONAL),
        (replace_personal_content_and_digest, 3, Break.ALTERED),
    ],
)
async def test_who_tampers_is_found_out(
    county: Database, tamper: Any, broken_at: int, broken_by: Break
) -> None:
    async with county.work(NOW) as work:
        await tamper(work)
    found = await verdict_on(county)

    assert (found.broken_at, found.broken_by) == (broken_at, broken_by)
    with pytest.raises(BrokenChain, match=f"{broken_at}: {broken_by}"):
        found.require_whole()


@pytest.mark.parametrize(
    "tamper",
    [
        cut_the_tail,
        cut_the_tail_and_move_the_head,
        cut_the_tail_and_the_head,
        cut_lines_but_not_their_details,
        move_the_head_back,
        remove_the_head,
    ],
)
async def test_a_break_stays_provable_when_the_work_goes_on(county: Database, tamper: Any) -> None:
    async with county.work(NOW) as work:
        await tamper(work)
    await note(county, 11)
    await note(county, 13)

    assert not (await verdict_on(county)).is_whole


async def test_a_head_written_down_finds_a_restored_older_journal(county: Database) -> None:
    async with county.read() as read:
        older = (await read.execute(select(journal_head))).rows[0]._mapping
    await note(county, 11, 12)
    head = await head_in(county)
    async with county.work(NOW) as work:
        await work.execute(delete(journal).where(journal.c.number > LINES))
        await work.execute(update(journal_head).values(dict(older)))

    assert (await verdict_on(county)).is_whole
    found = await verdict_on(county, head)
    assert (found.broken_at, found.broken_by) == (LINES + 1, Break.CUT)


async def test_with_another_key_nothing_is_proven(county: Database) -> None:
    async with county.read() as read:
        found = await verify(read, b"x" * 32)

    assert (found.lines, found.broken_at, found.broken_by) == (0, 1, Break.ALTERED)


async def test_what_retention_deletes_breaks_nothing_before_or_after_it(county: Database) -> None:
    head = await head_in(county)
    async with county.work(NOW) as work:
        await work.execute(delete(journal_details).where(journal_details.c.number < 6))
    await note(county, 11, 12)

    assert (await verdict_on(county, head)).is_whole
    async with county.work(NOW) as work:
        await work.execute(update(journal).where(line(3)).values(digest=None, salt=None))
    assert (await verdict_on(county)).broken_at == 3


async def test_a_cut_tail_is_found_by_the_head_written_down(county: Database) -> None:
    head = await head_in(county)
    async with county.work(NOW) as work:
        await cut_the_tail_and_the_head(work)
        mac = await work.scalar(select(journal.c.mac).where(line(7)))
        seal = chain.seal_of(KEYS.journal, 7, mac)  # even by somebody who has the key
        await work.execute(insert(journal_head).values(id=1, number=7, mac=mac, seal=seal))

    assert (await verdict_on(county)).is_whole
    found = await verdict_on(county, head)
    assert (found.broken_at, found.broken_by) == (8, Break.CUT)


async def test_a_head_of_another_history_is_refused(county: Database) -> None:
    found = await verdict_on(county, "5:0123456789abcdef")

    assert (found.broken_at, found.broken_by) == (5, Break.OTHER)


@pytest.mark.parametrize("head", ["", "5", "x:0123456789", "5:12"])
async def test_a_head_must_look_like_one(county: Database, head: str) -> None:
    with pytest.raises(ValueError, match="head"):
        await verdict_on(county, head)


async def test_a_long_chain_is_walked_in_batches(database: Database) -> None:
    await note(database, *range(1, 4502))

    assert (await verdict_on(database)).lines == 4501
    async with database.read() as read:
        assert await read.scalar(select(func.count()).select_from(journal_details)) == 2251
