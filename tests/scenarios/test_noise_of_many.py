"""Budgets of rings where many are missing: a large school's week, a section's Friday (rules.md 6).

3 % of the children are missing on a day and 70 % of the families answer, now and then something
frightening; one teacher in ten never acts; some children have not come for a long time.
"""

from __future__ import annotations

import random
from datetime import date

from rules.policy import Policy
from storage.database import Database
from tests.support.crowd import Crowd, a_crowd
from tests.support.habits import Habits

NOISE = Policy().noise
#: A week in which somebody is searched for, so that the budgets stand under all that rings.
SEED = 2
WEEK = [date(2026, 9, day) for day in range(7, 12)]
BEFORE = [date(2026, 9, day) for day in (*range(1, 5), *range(7, 11))]
FRIDAY = WEEK[-1]


async def long_cases(crowd: Crowd, habits: Habits, number: int, days: list[date]) -> None:
    """The first child of so many classes has been away since the first of these days."""
    rooms = [room for school in crowd.schools for room in school.rooms]
    for room in rooms[:: len(rooms) // number][:number]:
        habits.gone_for_long(room.children[:1])
        await habits.missed_before(room, room.children[0], days)


async def test_a_head_of_nine_hundred_hears_at_most_fifteen_rings_a_week(
    sqlite: Database,
) -> None:
    crowd = await a_crowd(sqlite, BEFORE[0], schools=1, rooms=20, children=45)
    habits = Habits(crowd, random.Random(SEED))
    await long_cases(crowd, habits, 4, BEFORE[:4])
    head = crowd.schools[0].head
    crowd.listened = {head}
    crowd.clock.move(crowd.instant(WEEK[0], "07:00"))
    for on in WEEK:
        habits.plan_day(on)
        await crowd.until(on, "23:00")

    rings = crowd.rings_of(head)
    assert habits.happened["missing"] > 100
    assert habits.happened["alarms"] > 0
    assert 0 < rings.total() <= NOISE.head_rings_a_week, crowd.ear.rings


async def test_a_section_of_forty_schools_hears_at_most_ten_rings_on_a_friday(
    sqlite: Database,
) -> None:
    crowd = await a_crowd(sqlite, BEFORE[0], schools=40, rooms=5, children=30)
    habits = Habits(crowd, random.Random(SEED))
    await long_cases(crowd, habits, 10, BEFORE)
    section = crowd.county.people["section"]
    crowd.listened = {section}
    crowd.clock.move(crowd.instant(FRIDAY, "06:30"))
    habits.plan_day(FRIDAY)
    await crowd.until(FRIDAY, "23:00")

    rings = crowd.rings_of(section)
    assert habits.happened["missing"] > 100
    assert 0 < rings.total() <= NOISE.section_rings_on_friday, crowd.ear.rings
