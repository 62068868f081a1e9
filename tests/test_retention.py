"""Every night what is not needed any more goes (privacy D8)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from storage.database import Database
from storage.drafts import Draft, keep
from storage.tables.people import drafts
from storage.tables.plumbing import inbox, journal
from tests.support.world import World, a_world


async def updates_in(world: World) -> list[int]:
    async with world.stage.database.read() as read:
        return await read.scalars(select(inbox.c.update_id).order_by(inbox.c.update_id))


async def swept(world: World) -> list[dict[str, object]]:
    async with world.stage.database.read() as read:
        query = select(journal.c.public).where(journal.c.kind == "retention_swept")
        return await read.scalars(query)


async def test_old_updates_and_drafts_go_and_young_and_waiting_ones_stay(
    database: Database,
) -> None:
    async with a_world(database) as world:
        await world.to("08:10")
        await world.press_menu("teacher", "/help")
        old, *_, waiting = before = await updates_in(world)
        long_ago = world.now - timedelta(days=31)
        async with database.work(world.now) as work:
            await work.execute(
                update(inbox).where(inbox.c.update_id == old).values(handled_at=long_ago)
            )
            left = {"handled_at": long_ago, "state": "waiting"}
            await work.execute(update(inbox).where(inbox.c.update_id == waiting).values(**left))
            for number, at in ((1, long_ago), (2, world.now)):
                draft = await keep(work, Draft(0, number, 1, "away", "who", at))
                await work.execute(
                    update(drafts).where(drafts.c.id == draft.id).values(updated_at=at)
                )
        assert await swept(world) == []
        world.stage.clock.move(world.now + timedelta(days=1))
        await world.engine.turn()

        assert await updates_in(world) == [one for one in before if one != old]
        async with database.read() as read:
            assert await read.scalars(select(drafts.c.chat_id)) == [2]
        assert len(await swept(world)) == 1
        assert '"updates":1' in str((await swept(world))[0]).replace(" ", "")


async def test_a_night_without_anything_to_remove_leaves_no_line(database: Database) -> None:
    async with a_world(database) as world:
        await world.to("08:10")
        world.stage.clock.move(world.now + timedelta(days=1))
        await world.engine.turn()

        assert await swept(world) == []
