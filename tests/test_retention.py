"""Every night what is not needed any more goes (privacy D8)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.ticks.retention import Retention
from rules.model.attendance import Answer, Reply
from rules.model.eligible import Doorstep, Eligible, Village
from rules.model.people import Consent, Guardianship, GuardianState, Invite, Person
from rules.model.school import EnrolmentStatus
from storage import drafts as keeping
from storage.access_log import Look, note_look
from storage.attachments import Attachment, Parcel, folder, keep, keep_under, path_of
from storage.database import Database
from storage.drafts import Draft
from storage.outbox import Outgoing, State
from storage.retention import drop_answers_before, drop_grown, empty_messages_before
from storage.tables.attendance import replies
from storage.tables.eligible import doorsteps, eligible, villages
from storage.tables.people import consents, drafts, guardianships, invites, people
from storage.tables.plumbing import access_log, attachments, cards, inbox, journal, outbox
from storage.tables.school import students
from storage.work import Work
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
                draft = await keeping.keep(work, Draft(0, number, 1, "away", "who", at))
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


async def test_the_chat_goes_with_the_last_child_and_stays_for_another(
    database: Database,
) -> None:
    """Moved away and finished school: 30 days later the link ends (privacy D8)."""
    async with a_world(database) as world:
        for child in ("李一", "王二"):
            await world.family(child, f"{child}的妈妈")
        await world.family("赵三", "王二的妈妈")
        gone_on = world.now.date() - timedelta(days=30)
        async with database.work(world.now) as work:
            left = {"status": EnrolmentStatus.LEFT.value, "status_on": gone_on}
            for child in ("李一", "王二"):
                of_child = students.c.id == world.county.children[child]
                await work.execute(update(students).where(of_child).values(**left))
        await world.to("07:50")
        before = await linked(world)
        assert before == {"李一的妈妈": True, "王二的妈妈": True}

        world.stage.clock.move(world.now + timedelta(days=1))
        await world.engine.turn()

        assert await linked(world) == {"李一的妈妈": False, "王二的妈妈": True}
        states = {
            one.student_id: one.state for one in await world.all_of(guardianships, Guardianship)
        }
        children = world.county.children
        assert states[children["王二"]] is GuardianState.UNBOUND
        assert states[children["赵三"]] is GuardianState.BOUND
        assert '"chats":2' in str(await swept(world)).replace(" ", "")


async def linked(world: World) -> dict[str, bool]:
    """Which mothers have a chat."""
    known = await world.all_of(people, Person)
    return {one.name: one.chat_id is not None for one in known if one.name.endswith("妈妈")}


async def test_old_files_and_looks_go_and_what_a_case_needs_stays(
    database: Database, tmp_path: Path
) -> None:
    keep_under(tmp_path)
    async with a_world(database) as world:
        await world.to("08:10")
        await world.absent("王二")  # whose case is open from now on
        await world.to("08:20")
        old, child = world.now - timedelta(days=1826), world.county.children
        files: dict[str, Attachment] = {}
        async with database.work(world.now) as work:
            for name in ("李一", "王二"):
                content = name.encode()
                parcel = Parcel(content, hashlib.sha256(content).hexdigest(), "image/png", "a.png")
                files[name] = await keep(work, parcel, None)
                mine = attachments.c.id == files[name].id
                about = {"student_id": child[name], "received_at": old}
                await work.execute(update(attachments).where(mine).values(**about))
            await note_look(work, None, child["李一"], "case")
            await work.execute(update(access_log).values(at=old))
        for _ in range(2):  # marked in one night, out of the folder in the next
            world.stage.clock.move(world.now + timedelta(days=1))
            await world.engine.turn()

        there = {name: path_of(folder(), one.sha256).exists() for name, one in files.items()}
        assert there == {"李一": False, "王二": True}
        assert await world.all_of(access_log, Look, student_id=child["李一"]) == []
        told = str(await swept(world)).replace(" ", "")
        assert '"files":1' in told
        assert '"looks":1' in told


async def test_a_message_of_last_year_keeps_that_it_was_sent_and_not_what_it_said(
    database: Database,
) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.to("08:10")
        await world.absent("李一")
        await world.to("08:20")
        rows = await world.stage.rows()
        alert = next(row.id for row in rows if row.kind == "absence_alert")
        spared = {rows[0].id, rows[-1].id, alert}
        async with database.work(world.now) as work:
            await age(work, world.now - timedelta(days=366))
            await age(work, world.now - timedelta(days=360), rows[0].id)
            await in_state(work, State.LATER, rows[-1].id)
            await in_state(work, State.UNCERTAIN, alert)
        nights = Retention(world.stage.means)
        for days in range(3):
            await nights.run(database, world.now + timedelta(days=days))

        after = {row.id: row for row in await world.stage.rows()}
        assert {row.id for row in rows if after[row.id].payload} == spared
        for row in (one for one in rows if one.id not in spared):
            told = replace(after[row.id], created_at=row.created_at)
            assert told == replace(row, payload={}, chat_id=None, message_id=None)
        assert [f'"messages":{len(rows) - 3}' in one for one in lines(await swept(world))] == [
            True
        ]


def lines(told: list[dict[str, object]]) -> list[str]:
    return [str(one).replace(" ", "") for one in told]


async def age(work: Work, at: datetime, *rows: int) -> None:
    """These rows, or all, were written then."""
    mine = outbox.c.id.in_(rows) if rows else outbox.c.id > 0
    await work.execute(update(outbox).where(mine).values(created_at=at))


async def in_state(work: Work, state: State, row: int) -> None:
    held = {"state": state, "not_before": None, "cause": "timed_out"}
    await work.execute(update(outbox).where(outbox.c.id == row).values(**held))


async def test_a_key_under_an_emptied_message_does_no_harm(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.to("08:10")
        await world.absent("李一")
        await world.to("08:20")
        async with database.work(world.now + timedelta(days=1)) as work:
            assert await empty_messages_before(work, world.now + timedelta(days=1), 100)

        await world.tap("李爸", "生病了")

        assert [one.kind for one in await world.all_of(replies, Reply)] == [Answer.SICK]


async def test_lines_of_grown_children_go_and_one_still_asked_for_stays(
    database: Database,
) -> None:
    async with a_world(database) as world:
        async with database.work(world.now) as work:
            village = await work.save(villages, Village(0, "柳湾村"))
            kept = []
            for name, born_on in (
                ("周六", date(2010, 8, 31)),
                ("吴七", date(2010, 8, 31)),
                ("郑八", date(2010, 9, 1)),
            ):
                line = Eligible(0, village.id, name, birth_on=born_on, listed_at=world.now)
                kept.append(await work.save(eligible, line))
            for child, ended_at in ((kept[0], world.now), (kept[1], None)):
                row = Doorstep(0, child.id, village.id, world.now, {"name": child.name})
                await work.save(doorsteps, replace(row, ended_at=ended_at))
        async with database.work(world.now) as work:
            assert await drop_grown(work, date(2010, 9, 1)) == 1

        assert [one.name for one in await world.all_of(eligible, Eligible)] == ["吴七", "郑八"]
        assert [one.name for one in await world.all_of(doorsteps, Doorstep)] == ["吴七"]


async def test_the_night_takes_who_left_school_a_year_ago(database: Database) -> None:
    async with a_world(database) as world:
        async with database.work(world.now) as work:
            village = await work.save(villages, Village(0, "柳湾村"))
            for name, born_on in (("周六", date(2010, 8, 31)), ("郑八", date(2010, 9, 1))):
                line = Eligible(0, village.id, name, birth_on=born_on, listed_at=world.now)
                await work.save(eligible, line)
        world.stage.clock.move(world.now + timedelta(days=1))
        await world.engine.turn()

        assert [one.name for one in await world.all_of(eligible, Eligible)] == ["郑八"]
        assert '"listed":1' in str(await swept(world)).replace(" ", "").replace("'", '"')


async def test_what_families_wrote_goes_after_its_period_and_that_they_answered_stays(
    database: Database,
) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.to("08:10")
        await world.absent("王二")  # whose case runs
        await world.to("08:20")
        long_ago = world.now - timedelta(days=1826)
        father, child = world.county.people["李爸"], world.county.children
        said = (("李一", long_ago), ("王二", long_ago), (None, long_ago), ("李一", world.now))
        async with database.work(world.now) as work:
            for name, at in said:
                student = child[name] if name else None
                reply = Reply(0, student, father, None, None, Answer.TEXT, at, body="发烧了")
                await work.save(replies, replace(reply, classified_as=Answer.SICK))
        world.stage.clock.move(world.now + timedelta(days=1))
        await world.engine.turn()

        left = await world.all_of(replies, Reply)
        assert [one.body for one in left] == [None, "发烧了", None, "发烧了"]
        assert {one.classified_as for one in left} == {Answer.SICK}
        assert '"answers":2' in lines(await swept(world))[-1]


async def test_a_large_table_is_looked_through_slice_by_slice(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two replies a night here; after the last ones the first ones again."""
    monkeypatch.setattr("storage.retention.SLICE", 2)
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        father, old = world.county.people["李爸"], world.now - timedelta(days=10)
        async with database.work(world.now) as work:
            for at in (world.now, old, old, old, old):
                said = Reply(0, None, father, None, None, Answer.TEXT, at, body="发烧了")
                await work.save(replies, said)
        gone = []
        for before in (world.now, world.now, world.now, world.now + timedelta(days=1)):
            async with database.work(world.now) as work:
                gone.append(await drop_answers_before(work, before))

        assert gone == [1, 2, 1, 1]


async def known_chats(world: World, who: str) -> dict[str, list[int]]:
    """Where one person's chat still stands, by table."""
    person = world.county.people[who]
    async with world.stage.database.read() as read:
        found = {
            table.name: await read.scalars(
                select(column).where(table.c.person_id == person, column.is_not(None))
            )
            for table, column in (
                (outbox, outbox.c.chat_id),
                (consents, consents.c.chat_id),
                (invites, invites.c.used_by_chat),
                (cards, cards.c.chat_id),
            )
        }
    return {name: chats for name, chats in found.items() if chats}


async def with_codes(world: World, *names: str) -> None:
    """These people were linked by a code, agreed, and have read something."""
    async with world.stage.database.work(world.now) as work:
        for number, who in enumerate(names):
            person, chat = world.county.people[who], world.county.chat_of(who)
            code = Invite(0, f"{number:064}", person, None, world.now, world.now, world.now, chat)
            await work.save(invites, code)
            await work.save(consents, Consent(0, person, None, "1", True, "chat", world.now, chat))
            row = {"card_key": f"card:{who}", "person_id": person, "chat_id": chat}
            shown = {"message_id": 5, "shown_hash": "x", "updated_at": world.now}
            await work.insert_new(cards, row | shown)


async def given_up(world: World, who: str, **changes: object) -> None:
    """The person is on no chat any more."""
    async with world.stage.database.work(world.now) as work:
        mine = people.c.id == world.county.people[who]
        await work.execute(update(people).where(mine).values(chat_id=None, **changes))


async def test_a_chat_that_was_given_up_is_forgotten_and_another_is_not(
    database: Database,
) -> None:
    """After two days, in which what stands there can still be edited (privacy D8, D14)."""
    async with a_world(database) as world:
        await world.family("李一", "李妈", "李爷爷")
        await with_codes(world, "李妈", "李爷爷")
        await world.to("08:10")
        await world.absent("李一")
        await world.to("08:20")
        await given_up(world, "李妈")
        before = await known_chats(world, "李爷爷")
        assert set(await known_chats(world, "李妈")) == {"outbox", "consents", "invites", "cards"}
        nights = Retention(world.stage.means)
        await nights.run(database, world.now + timedelta(days=1))
        assert set(await known_chats(world, "李妈")) == {"outbox", "consents", "invites", "cards"}

        await nights.run(database, world.now + timedelta(days=3))

        assert await known_chats(world, "李妈") == {}
        assert await known_chats(world, "李爷爷") == before
        alerts = await alerts_to(world, "李妈")
        assert [(one.state, one.message_id) for one in alerts] == [(State.DELIVERED, None)]
        assert alerts[0].payload != {}
        agreed = await world.all_of(consents, Consent, person_id=world.county.people["李妈"])
        assert [(one.agreed, one.way) for one in agreed] == [(True, "chat")]
        assert '"given_up":1' in lines(await swept(world))[-1]


async def alerts_to(world: World, who: str) -> list[Outgoing]:
    """The alerts that a person was sent."""
    person = world.county.people[who]
    return await world.all_of(outbox, Outgoing, person_id=person, kind="absence_alert")


async def test_who_stopped_may_come_back_for_thirty_days(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李妈")
        await with_codes(world, "李妈")
        await given_up(world, "李妈", stopped_at=world.now)
        nights = Retention(world.stage.means)
        await nights.run(database, world.now + timedelta(days=29))
        assert set(await known_chats(world, "李妈")) == {"consents", "invites", "cards"}

        await nights.run(database, world.now + timedelta(days=31))

        assert await known_chats(world, "李妈") == {}


async def test_the_chat_of_a_lost_phone_goes_and_the_new_one_stays(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李妈")
        await with_codes(world, "李妈")
        async with database.work(world.now) as work:
            mine = people.c.id == world.county.people["李妈"]
            await work.execute(update(people).where(mine).values(chat_id=4711))
            person = world.county.people["李妈"]
            code = Invite(0, "y" * 64, person, None, world.now, world.now, world.now, 4711)
            await work.save(invites, code)

        await Retention(world.stage.means).run(database, world.now + timedelta(days=3))

        assert await known_chats(world, "李妈") == {"invites": [4711]}
