"""A register correction ends by a tap, or with a picture of the national register (rules.md 4)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from rules.model.case import Task, TaskState
from storage.attachments import Attachment
from storage.database import Database
from storage.facts.register import CORRECTION
from storage.tables.cases import tasks
from storage.tables.plumbing import attachments, journal
from tests.support.databases import KEYS
from tests.support.upper import open_card, says, sends_photo
from tests.support.world import World, a_world

CHILD = "李一"


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database) as found:
        clerk = found.county.people["clerk"]
        await found.decide(CHILD, lambda draft: draft.open(CORRECTION, clerk))
        await open_card(found, "clerk", CORRECTION)
        yield found
    await database.close()


async def ended(world: World) -> Task:
    (task,) = await world.all_of(tasks, Task, kind=CORRECTION)
    return task


async def test_a_screenshot_ends_it_and_its_sum_is_in_the_record(world: World) -> None:
    await world.tap("clerk", "上传截图")
    assert "截图" in world.phone("clerk").newest.text
    await sends_photo(world, "clerk")

    task = await ended(world)
    assert (task.state, task.done_by) == (TaskState.DONE, world.county.people["clerk"])
    (kept,) = await world.all_of(attachments, Attachment)
    async with world.stage.database.read() as read:
        query = select(journal.c.public).where(journal.c.kind == "register_corrected")
        found = (await read.execute(query)).rows
    assert kept.sha256 in str(found)


async def test_words_are_asked_again_and_the_task_stays(world: World) -> None:
    await world.tap("clerk", "上传截图")

    assert "截图" in await says(world, "clerk", "改好了")
    assert (await ended(world)).state is TaskState.OPEN
    await sends_photo(world, "clerk")
    assert (await ended(world)).state is TaskState.DONE


async def test_without_a_picture_a_tap_will_do(world: World) -> None:
    await world.tap("clerk", "已办好")

    assert (await ended(world)).state is TaskState.DONE
    assert await world.all_of(attachments, Attachment) == []
