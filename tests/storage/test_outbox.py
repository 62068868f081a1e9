from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from rules.messages.base import Lane
from storage import outbox
from storage.cards import Card, card, forget_card, keep_card
from storage.database import Database
from storage.outbox import Outgoing, State
from storage.tables import plumbing
from storage.work import Work
from tests.support.databases import NOW

MINUTE = timedelta(minutes=1)
CHAT = 700


def a_row(key: str = "case:1:handed_up:5:0", **changes: Any) -> Outgoing:
    row = Outgoing(key=key, kind="handed_up", lane=Lane.TASK, person_id=5, payload={"items": [1]})
    return replace(row, **changes)


async def added(database: Database, *rows: Outgoing) -> list[int | None]:
    async with database.work(NOW) as work:
        return [await outbox.add(work, row) for row in rows]


async def row_of(database: Database, row_id: int | None) -> Outgoing:
    async with database.read() as read:
        query = select(plumbing.outbox).where(plumbing.outbox.c.id == row_id)
        found = await read.one(query, Outgoing)
    assert found is not None
    return found


async def due_keys(database: Database, limit: int = 100) -> list[str]:
    async with database.read() as read:
        return [row.key for row in await outbox.due(read, NOW, limit)]


async def test_the_same_message_is_written_once_by_many_workers(database: Database) -> None:
    results = await asyncio.gather(*(added(database, a_row()) for _ in range(8)))

    assert sorted(one is None for (one,) in results) == [False] + [True] * 7
    assert await due_keys(database) == ["case:1:handed_up:5:0"]


async def test_lanes_come_first_and_then_whoever_waited_longest(database: Database) -> None:
    await added(
        database,
        a_row("campaign", lane=Lane.CAMPAIGN, not_before=NOW - 9 * MINUTE),
        a_row("task", not_before=NOW - MINUTE),
        a_row("older task", not_before=NOW - 2 * MINUTE),
        a_row("not yet", lane=Lane.SAFETY, not_before=NOW + MINUTE),
        a_row("alert", lane=Lane.ALERT),
        a_row("safety", lane=Lane.SAFETY),
    )

    assert await due_keys(database) == ["safety", "alert", "older task", "task", "campaign"]
    assert await due_keys(database, limit=3) == ["safety", "alert", "older task"]
    async with database.read() as read:
        assert await outbox.next_due_at(read) == NOW - 9 * MINUTE


async def test_the_one_that_waited_longest_is_not_left_behind_the_limit(
    database: Database,
) -> None:
    await added(database, a_row("later"), a_row("earlier", not_before=NOW - MINUTE))

    assert await due_keys(database, limit=1) == ["earlier"]


async def test_waiting_rows_of_a_group_become_one(database: Database) -> None:
    one, same, other_kind, other_person = await added(
        database,
        a_row("1", group_key="g", payload={"items": [1], "round": "0"}, not_before=NOW + MINUTE),
        a_row("2", group_key="g", payload={"items": [1, 2]}),
        a_row("3", group_key="g", kind="other"),
        a_row("4", group_key="g", person_id=6),
    )

    assert one == same
    assert len({one, other_kind, other_person}) == 3
    assert (await row_of(database, one)).payload == {"items": [1, 2], "round": "0"}
    assert await due_keys(database) == ["1", "3", "4"]
    assert await added(database, a_row("2", group_key="g")) == [None]


async def test_a_row_that_is_on_its_way_takes_no_more_items(database: Database) -> None:
    (one,) = await added(database, a_row("1", group_key="g"))
    async with database.work(NOW) as work:
        await outbox.mark_sending(work, one or 0, CHAT)
    (other,) = await added(database, a_row("2", group_key="g"))

    assert other != one
    assert await due_keys(database) == ["2"]


async def test_a_row_is_taken_by_one_sender_only(database: Database) -> None:
    (row_id,) = await added(database, a_row())

    async def take() -> bool:
        async with database.work(NOW) as work:
            return await outbox.mark_sending(work, row_id or 0, CHAT)

    taken = await asyncio.gather(*(take() for _ in range(8)))

    assert sum(taken) == 1
    row = await row_of(database, row_id)
    assert (row.state, row.attempts, row.chat_id) == (State.SENDING, 1, CHAT)
    assert await due_keys(database) == []
    async with database.read() as read:
        assert [one.id for one in await outbox.sending_at_start(read)] == [row_id]


@pytest.mark.parametrize(
    ("outcome", "state", "is_due_again"),
    [
        pytest.param(lambda w, i: outbox.mark_delivered(w, i, 9), State.DELIVERED, False),
        pytest.param(lambda w, i: outbox.mark_later(w, i, NOW, "flood"), State.LATER, True),
        pytest.param(
            lambda w, i: outbox.mark_later(w, i, NOW + MINUTE, "flood"), State.LATER, False
        ),
        pytest.param(lambda w, i: outbox.mark_uncertain(w, i, "late"), State.UNCERTAIN, False),
        pytest.param(lambda w, i: outbox.mark_uncertain(w, i, "late", NOW), State.UNCERTAIN, True),
        pytest.param(lambda w, i: outbox.mark_given_up(w, i, "blocked"), State.GIVEN_UP, False),
        pytest.param(lambda w, i: outbox.mark_dropped(w, i, "answered"), State.DROPPED, False),
    ],
)
async def test_an_outcome(
    database: Database, outcome: Any, state: State, *, is_due_again: bool
) -> None:
    (row_id,) = await added(database, a_row())
    async with database.work(NOW) as work:
        await outbox.mark_sending(work, row_id or 0, CHAT)
        await outcome(work, row_id)

    row = await row_of(database, row_id)
    assert row.state == state
    assert (await due_keys(database) == [row.key]) == is_due_again
    async with database.read() as read:
        assert await outbox.counts(read) == {state: 1}


async def test_a_newer_edit_takes_the_place_of_those_that_wait(database: Database) -> None:
    first, sent, _ = await added(
        database,
        a_row("edit 1", card_key="case:1", is_edit=True),
        a_row("edit 2", card_key="case:1", is_edit=True),
        a_row("other card", card_key="case:2", is_edit=True),
    )
    async with database.work(NOW) as work:
        await outbox.mark_sending(work, sent or 0, CHAT)
        assert await outbox.supersede(work, "case:1") == [first]

    assert await due_keys(database) == ["other card"]


async def test_what_begins_alike_is_withdrawn_and_nothing_else(database: Database) -> None:
    keys = ["case:1:a:5:", "case:1:b:6:王", "case:10:a:5:", "CASE:1:a:5:", "case:1", "task:1:a:5:"]
    ids = await added(database, *(a_row(key) for key in keys))
    async with database.work(NOW) as work:
        assert await outbox.withdraw(work, "case:1:", "returned") == ids[:2]

    assert (await row_of(database, ids[0])).cause == "returned"
    assert await due_keys(database) == keys[2:]


async def test_a_card_is_where_it_was_shown_last(database: Database) -> None:
    shown = Card("case:1:5", 5, CHAT, 11, "hash", NOW)
    async with database.work(NOW) as work:
        await keep_card(work, shown)
        await keep_card(work, replace(shown, message_id=12))
        assert await card(work, "case:1:5") == replace(shown, message_id=12)
        await forget_card(work, "case:1:5")
        assert await card(work, "case:1:5") is None


async def fill(work: Work, number: int) -> None:
    """Delivered rows as they pile up over the years."""
    fixed = {"kind": "k", "lane": "task", "is_edit": False, "is_silent": False, "attempts": 1}
    fixed |= {"created_at": NOW, "not_before": NOW, "state": "delivered"}
    await work.execute(insert(plumbing.outbox), [fixed | {"key": str(n)} for n in range(number)])


async def test_due_does_not_look_at_what_was_delivered(sqlite_url: str) -> None:
    from tests.support.databases import KEYS

    database = await Database.open(sqlite_url, KEYS)
    async with database.work(NOW) as work:
        await fill(work, 2000)
    async with database.read() as read:
        plan = await read.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT * FROM outbox WHERE lane = 'task' AND not_before <= 5 "
                f"AND {plumbing.UNSENT} ORDER BY not_before, id LIMIT 9"
            )
        )
        assert "ix_outbox_due" in plan.rows[0][3]
        assert await read.scalar(select(func.count()).select_from(plumbing.outbox)) == 2000
    await database.close()
