"""What tests of families have in common: a missing child, and what stands on a phone."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Table, select

from tests.support.world import World

T = TypeVar("T")


async def absent(world: World, *children: str, clock: str = "08:10") -> None:
    """The teacher marks these children missing, and the families are told."""
    await world.to(clock)
    await world.tap("teacher", "有人没到")
    for child in children:
        await world.tap("teacher", child)
    await world.tap("teacher", f"提交：{len(children)}人没到")
    await world.tap("teacher", "现在通知")


def card(world: World, who: str) -> str:
    """The bot's last message on this phone."""
    return world.phone(who).newest.text


def labels(world: World, who: str) -> list[str]:
    """The keys under it."""
    return [label for row in world.phone(who).newest.labels for label in row]


async def all_of(world: World, table: Table, record: type[T]) -> list[T]:
    """Every row of a table, oldest first."""
    query = select(table).order_by(table.c.id)
    async with world.stage.database.read() as read:
        return await read.all(query, record)
