from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from rules.decision import Decision, Entry, Withdrawal
from rules.messages.guardians import AbsenceAlert
from rules.messages.staff import DayCard, Note, PleaseCall
from rules.model.attendance import Question
from rules.model.case import Case, CaseState, Stage, Task
from rules.model.people import Deputy, Guardianship, GuardianState, Person, Post, Role
from rules.model.school import SchoolClass, Student, Unit, UnitKind
from rules.refusals import Stranger
from storage.actors import actor_of
from storage.carrying import TABLES, carry_out
from storage.database import Database
from storage.errors import KeyTaken, StaleVersion
from storage.outbox import Outgoing
from storage.rows import writers_for
from storage.tables.cases import tasks
from storage.tables.people import people
from storage.tables.plumbing import journal, outbox
from storage.work import Reading
from tests.support.databases import NOW

TODAY = date(2026, 9, 7)


async def outgoing(read: Reading) -> list[Outgoing]:
    return await read.all(select(outbox).order_by(outbox.c.id), Outgoing)


@pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.__name__)
def test_every_record_fits_its_table(kind: Any) -> None:
    assert writers_for(TABLES[kind], kind)


async def a_child(database: Database) -> tuple[Student, Person]:
    """A school, a class, a child and a grown-up, pointing at each other by placeholders."""
    decision = Decision(
        records=(
            Unit(-1, UnitKind.SCHOOL, "一小"),
            SchoolClass(-2, school_id=-1, grade=3, number=2),
            Student(-3, school_id=-1, class_id=-2, name="李一"),
            Person(-4, "李父", chat_id=-100),
            Guardianship(0, student_id=-3, person_id=-4, state=GuardianState.BOUND),
        )
    )
    async with database.work(NOW) as work:
        _, _, child, person, bond = await carry_out(work, decision)
    assert (bond.student_id, bond.person_id) == (child.id, person.id)
    return child, person


def an_alarm(child: Student, person: Person) -> Decision:
    """New records that point at each other, in records, messages and journal lines."""
    case = Case(-1, child.id, child.school_id, Stage.VERIFY, CaseState.OPEN, NOW, TODAY, "{}")
    question = Question(-2, child.id, -1, TODAY, NOW, is_automatic=True)
    task = Task(-3, "call", "question:-2", person.id, NOW, NOW, student_id=child.id, case_id=-1)
    return Decision(
        records=(case, question, task),
        messages=(
            AbsenceAlert(to=person.id, item=-2, student_id=child.id, case_id=-1),
            PleaseCall(to=person.id, item=-3, student_id=child.id, case_id=-1),
        ),
        entries=(
            Entry("case_opened", "case:-1"),
            Entry("noted", "case"),
            Entry("noted", "case:-1:leader"),
            Entry("noted", "watch:7:2026-09-01"),
        ),
    )


async def test_placeholders_become_the_stored_numbers(database: Database) -> None:
    child, person = await a_child(database)
    async with database.work(NOW) as work:
        case, question, task = await carry_out(work, an_alarm(child, person))

    async with database.read() as read:
        assert (await read.all(select(tasks), Task)) == [task]
        assert (question.case_id, task.case_id) == (case.id, case.id)
        assert task.subject == f"question:{question.id}"
        rows = await outgoing(read)
        assert [row.key for row in rows] == [
            f"question:{question.id}:absence_alert:{person.id}:",
            f"task:{task.id}:please_call:{person.id}:",
        ]
        assert [(row.items, row.case_id) for row in rows] == [
            ((question.id,), case.id),
            ((task.id,), case.id),
        ]
        subjects = await read.scalars(select(journal.c.subject).order_by(journal.c.number))
        one = f"case:{case.id}"
        assert subjects == [one, "case", f"{one}:leader", "watch:7:2026-09-01"]


async def test_a_placeholder_without_a_record_is_an_error(database: Database) -> None:
    lonely = Decision(messages=(Note(to=1, item=-9),))
    with pytest.raises(LookupError, match="-9"):
        async with database.work(NOW) as work:
            await carry_out(work, lonely)


async def test_all_or_nothing(database: Database) -> None:
    child, person = await a_child(database)
    with pytest.raises(KeyTaken):
        async with database.work(NOW) as work:
            await carry_out(work, an_alarm(child, person) + an_alarm(child, person))

    async with database.read() as read:
        assert await outgoing(read) == []
        assert await read.all(select(tasks), Task) == []


async def test_a_record_that_has_changed_since_is_stale(database: Database) -> None:
    _, person = await a_child(database)
    for expected in (None, StaleVersion):
        try:
            async with database.work(NOW) as work:
                await carry_out(work, Decision(records=(person,)))
        except StaleVersion:
            assert expected is StaleVersion
        else:
            assert expected is None


async def test_a_withdrawal_comes_before_the_messages_of_its_decision(
    database: Database,
) -> None:
    _, person = await a_child(database)
    old = AbsenceAlert(to=person.id, item=1)
    other = AbsenceAlert(to=person.id, item=12)
    new = AbsenceAlert(to=person.id, item=1, round="2")
    async with database.work(NOW) as work:
        await carry_out(work, Decision(messages=(old, other)))
    async with database.work(NOW) as work:
        withdrawal = Withdrawal("question:1:", "answered")
        await carry_out(work, Decision(messages=(new,), withdrawals=(withdrawal,)))

    async with database.read() as read:
        states = [(row.state, row.cause) for row in await outgoing(read)]
        assert states == [("dropped", "answered"), ("waiting", None), ("waiting", None)]
        assert await read.scalars(select(journal.c.kind)) == ["message_dropped"]


async def test_how_messages_wait(database: Database) -> None:
    _, person = await a_child(database)
    to = person.id
    async with database.work(NOW) as work:
        await carry_out(
            work,
            Decision(
                messages=(
                    AbsenceAlert(to=to, item=1, group="today"),
                    DayCard(to=to, item=1),
                    DayCard(to=to, item=1),
                    Note(to=to, item=1),
                )
            ),
        )

    async with database.read() as read:
        alert, card, note = await outgoing(read)
    assert (alert.not_before, alert.group_key, alert.is_silent) == (
        NOW,
        f"absence_alert:{to}:today",
        False,
    )
    assert (card.card_key, card.is_silent) == (f"day_card:1:{to}", True)
    assert note.not_before is None


class TestActors:
    async def test_a_stranger_is_nobody(self, database: Database) -> None:
        async with database.read() as read:
            actor = await actor_of(read, 7, TODAY, "en")

        assert (actor.is_stranger, actor.language, actor.person_ids) == (True, "en", ())
        with pytest.raises(Stranger):
            assert actor.primary_id

    async def test_one_chat_carries_several_persons(self, database: Database) -> None:
        child, father = await a_child(database)
        async with database.work(NOW) as work:
            mother = await work.save(people, Person(0, "母", chat_id=-100))
            gone = await work.save(people, Person(0, "走", chat_id=-100, left_on=TODAY))
            absent = await work.save(people, Person(0, "外", chat_id=-7))
            past = TODAY - timedelta(days=1)
            for record in (
                Post(0, mother.id, Role.CLASS_TEACHER, child.school_id, child.class_id),
                Post(0, mother.id, Role.LEADER, child.school_id, to_on=past),
                Deputy(0, absent.id, mother.id, TODAY, TODAY, absent.id),
                Deputy(0, father.id, mother.id, past, past, absent.id),
                Guardianship(0, child.id, mother.id, position=0),
            ):
                await work.save(TABLES[type(record)], record)
            actor = await actor_of(work, -100, TODAY)

        assert actor.person_ids == (mother.id, father.id)
        assert gone.id not in actor.person_ids
        assert actor.has_role(Role.CLASS_TEACHER, unit_id=child.school_id)
        assert not actor.has_role(Role.LEADER)
        assert actor.acts_for == {absent.id}
        assert actor.is_one_of(absent.id)
        assert actor.speaks_for(child.id) == father.id  # bound; the mother is not
        assert actor.primary_id == mother.id
