"""Time and tasks in the database: reminders, climbs, digests, on both engines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import RehearsalClock
from bot.settings import Settings
from bot.ticks.base import Means
from bot.ticks.digests import Daily, Digests, MorningLines, OverdueCards
from bot.ticks.tasks import Tasks
from rules.decision import Decision
from rules.model.case import Case, CaseState, Stage, Task
from rules.policy import Policy
from rules.tasks import finish, open_task
from storage.calendars import Calendars
from storage.carrying import carry_out
from storage.database import Database
from storage.facts.tasks import task_by_id
from storage.tables.cases import cases, rhythms, tasks
from storage.tables.people import people
from storage.tables.plumbing import journal, outbox
from tests.support.county import County, found_county
from tests.support.world import ZONE

POLICY = Policy()


def at(day: int, clock: str) -> datetime:
    """An instant of September 2026; the 7th is a Monday."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 9, day, hour, minute, tzinfo=ZONE)


@dataclass
class Scene:
    """A county with a database and the duties of time."""

    database: Database
    county: County
    means: Means

    def __post_init__(self) -> None:
        """The duty that the tests are about."""
        self.tasks = Tasks(self.means)

    async def open(self, kind: str = "watch", day: int = 7, **more: Any) -> Task:
        """A task of the class teacher, opened at ten."""
        async with self.database.work(at(day, "10:00")) as work:
            calendar = await self.means.calendars.current(work)
            task = open_task(
                kind,
                more.pop("subject", f"child:{self.county.children['李一']}"),
                self.county.people[more.pop("owner", "teacher")],
                now=work.now,
                policy=POLICY,
                calendar=calendar.school(self.county.school_id),
                student_id=self.county.children["李一"],
                school_id=self.county.school_id,
                class_id=self.county.class_id,
                **more,
            )
            (stored,) = await carry_out(work, Decision(records=(task,)))
            assert isinstance(stored, Task)
            return stored

    async def turn(self, now: datetime, *ticks: Tasks | Daily) -> int:
        """Serve until nobody has work."""
        total = 0
        while served := sum([await one.run(self.database, now) for one in ticks or (self.tasks,)]):
            total += served
        return total

    async def said(self) -> list[tuple[str, str]]:
        """What is in the outbox, by kind and receiver, in order."""
        names = {number: name for name, number in self.county.people.items()}
        query = select(outbox.c.kind, outbox.c.person_id).order_by(outbox.c.id)
        async with self.database.read() as read:
            rows = (await read.execute(query)).rows
        return [(kind, names[person]) for kind, person in rows]

    async def states(self, kind: str) -> list[tuple[str, str | None]]:
        """State and cause of the messages of a kind."""
        query = select(outbox.c.state, outbox.c.cause).where(outbox.c.kind == kind)
        async with self.database.read() as read:
            return [(state, cause) for state, cause in (await read.execute(query)).rows]

    async def set(self, who: str, **values: object) -> None:
        """Change a person."""
        async with self.database.work(at(7, "10:00")) as work:
            person = people.c.id == self.county.people[who]
            await work.execute(update(people).where(person).values(**values))


@pytest.fixture
async def scene(database: Database) -> Scene:
    settings = Settings()
    means = Means(settings, POLICY, Calendars(ZONE), RehearsalClock(at(7, "10:00")))
    async with database.work(at(7, "07:00")) as work:
        county = await found_county(work)
    return Scene(database, county, means)


async def test_a_silent_task_climbs_through_the_county(scene: Scene) -> None:
    task = await scene.open()

    for day, clock in ((10, "07:59"), (10, "08:00"), (10, "10:00"), (11, "10:00"), (14, "10:00")):
        await scene.turn(at(day, clock))
    async with scene.database.read() as read:
        stored = await task_by_id(read, task.id)
        next_at = await scene.tasks.next_at(read)

    assert await scene.said() == [
        ("task_reminder", "teacher"),
        ("task_reminder", "teacher"),
        ("task_climbed", "leader"),
        ("task_climbed", "head"),
    ]
    assert stored is not None
    assert (stored.level, stored.step, next_at) == (2, 4, at(15, "10:00"))


async def test_after_an_outage_one_turn_tells_everybody_once(scene: Scene) -> None:
    await scene.open()

    await scene.turn(at(17, "03:00"))
    await scene.turn(at(17, "03:00"))

    assert await scene.said() == [
        ("task_reminder", "teacher"),
        ("task_climbed", "leader"),
        ("task_climbed", "head"),
        ("task_climbed", "section"),
    ]


async def test_a_task_that_is_done_is_silent_and_takes_back_what_waits(scene: Scene) -> None:
    task = await scene.open()
    await scene.turn(at(10, "08:00"))
    async with scene.database.work(at(10, "09:00")) as work:
        stored = await task_by_id(work, task.id)
        assert stored is not None
        await carry_out(work, finish(stored, stored.owner_id, work.now, "done"))

    served = await scene.turn(at(17, "10:00"))

    assert served == 0
    assert await scene.states("task_reminder") == [("dropped", "done")]


async def test_a_blocked_leader_is_skipped_and_becomes_a_task_once(scene: Scene) -> None:
    await scene.set("leader", blocked_at=at(7, "09:00"))
    await scene.open()
    await scene.open(subject="child:0")

    await scene.turn(at(11, "10:00"))
    async with scene.database.read() as read:
        gaps = await read.all(select(tasks).where(tasks.c.kind == "gap"), Task)

    assert [(gap.subject, gap.owner_id) for gap in gaps] == [
        (f"gap:leader:{scene.county.school_id}", scene.county.people["admin"])
    ]
    said = await scene.said()
    assert said.count(("task_climbed", "head")) == 2
    assert said.count(("task_card", "admin")) == said.count(("task_card", "section")) == 1


async def test_the_tasks_of_a_case_climb_as_one(scene: Scene) -> None:
    case = Case(
        id=0,
        student_id=scene.county.children["李一"],
        school_id=scene.county.school_id,
        stage=Stage.PERSUADE,
        state=CaseState.OPEN,
        opened_at=at(7, "08:20"),
        first_absent_on=date(2026, 9, 7),
        policy=POLICY.to_json(),
    )
    async with scene.database.work(at(7, "09:00")) as work:
        case_id = await work.insert(cases, case)
    await scene.open("contact", case_id=case_id)
    await scene.open("home_visit", case_id=case_id)

    for day in (8, 9, 10, 11, 14, 15):
        await scene.turn(at(day, "10:00"))
    async with scene.database.read() as read:
        stored = await read.one(select(cases), Case)

    climbs = [who for kind, who in await scene.said() if kind == "task_climbed"]
    assert climbs == ["leader", "head", "section"]
    assert stored is not None
    assert (stored.level, stored.level_at) == (3, at(11, "10:00"))


async def test_a_case_keeps_the_numbers_it_started_with(scene: Scene) -> None:
    slow = Policy.from_toml('[tasks.contact]\nclimb = ["5 working days"]')
    case = Case(
        id=0,
        student_id=scene.county.children["李一"],
        school_id=scene.county.school_id,
        stage=Stage.PERSUADE,
        state=CaseState.OPEN,
        opened_at=at(7, "08:20"),
        first_absent_on=date(2026, 9, 7),
        policy=slow.to_json(),
    )
    async with scene.database.work(at(7, "09:00")) as work:
        case_id = await work.insert(cases, case)
    await scene.open("contact", case_id=case_id)

    await scene.turn(at(16, "10:00"))
    before = [kind for kind, _ in await scene.said()]
    await scene.turn(at(17, "10:00"))

    assert "task_climbed" not in before
    assert ("task_climbed", "leader") in await scene.said()


async def test_every_climb_has_its_line_in_the_journal(scene: Scene) -> None:
    await scene.open()
    await scene.turn(at(11, "10:00"))

    async with scene.database.read() as read:
        kinds = await read.scalars(select(journal.c.kind).order_by(journal.c.number))

    assert kinds.count("task_climbed") == 1
    assert kinds.count("task_reminded") == 1


# The rhythms of the day.


async def test_a_digest_goes_to_those_with_something_open_and_takes_the_waiting_lines(
    scene: Scene,
) -> None:
    digests = Digests(scene.means)
    await scene.turn(at(7, "07:30"), digests)
    await scene.open()

    await scene.turn(at(10, "08:00"), scene.tasks, digests)

    assert await scene.said() == [("task_reminder", "teacher"), ("digest", "teacher")]
    teacher = scene.county.people["teacher"]
    merged = f"merged:digest:480:digest:{teacher}:2026-09-10"
    assert await scene.states("task_reminder") == [("dropped", merged)]


async def test_a_new_database_sends_no_digest_of_the_past(scene: Scene) -> None:
    digests = Digests(scene.means)
    await scene.open()

    await scene.turn(at(7, "16:30"), digests)
    async with scene.database.read() as read:
        rows = (await read.execute(select(rhythms.c.name).order_by(rhythms.c.next_at))).rows
        next_at = await digests.next_at(read)

    assert await scene.said() == []
    assert [row[0] for row in rows] == ["digest_08", "digest_16"]
    assert next_at == at(8, "08:00")


async def test_digests_missed_while_down_are_one_and_none_comes_on_a_day_off(
    scene: Scene,
) -> None:
    digests = Digests(scene.means)
    await scene.open()
    await scene.turn(at(7, "07:30"), digests)

    await scene.turn(at(9, "17:00"), digests)
    await scene.turn(at(10, "03:00"), digests)
    await scene.turn(at(12, "08:00"), digests)

    assert await scene.said() == [("digest", "teacher")]


async def test_a_digest_is_made_up_on_its_day_and_the_later_of_two_is_enough(
    scene: Scene,
) -> None:
    digests = Digests(scene.means)
    await scene.open()
    await scene.turn(at(7, "17:00"), digests)

    await scene.turn(at(8, "15:00"), digests)
    await scene.turn(at(9, "07:00"), digests)
    await scene.turn(at(9, "17:00"), digests)

    assert await scene.said() == [("digest", "teacher")] * 2


async def test_nobody_who_cannot_be_reached_gets_a_digest(scene: Scene) -> None:
    digests = Digests(scene.means)
    await scene.open()
    await scene.open("register_correction", owner="clerk")
    await scene.turn(at(7, "17:00"), digests)
    await scene.set("teacher", blocked_at=at(7, "18:00"))

    await scene.turn(at(8, "08:00"), digests)

    assert await scene.said() == [("digest", "clerk")]


async def test_leaders_get_one_line_in_the_morning_and_one_card_in_the_afternoon(
    scene: Scene,
) -> None:
    duties = (MorningLines(scene.means), OverdueCards(scene.means))
    await scene.open()
    await scene.turn(at(7, "17:00"), *duties)

    await scene.turn(at(8, "16:00"), *duties)
    await scene.turn(at(10, "16:00"), *duties)

    lines = [("morning_line", "leader"), ("morning_line", "head")]
    cards = [("overdue_card", "leader"), ("overdue_card", "head")]
    assert await scene.said() == [*lines, *lines, *cards]
