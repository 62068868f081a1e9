"""The questions of `guixiao check` that the database answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select

from rules.model.people import PairingLevel, PairingScope, Role
from storage.tables.people import guardianships, pairings, people, posts
from storage.tables.school import classes, students, terms, units
from storage.work import Reading


@dataclass(frozen=True)
class Gaps:
    """What is still missing before the bot can do its work."""

    schools: int
    children: int
    has_term: bool
    classes_without_teacher: tuple[str, ...]
    unpaired: dict[str, int]
    unbound: dict[str, int]
    unreachable_children: int


async def gaps(read: Reading, today: date) -> Gaps:
    """Everything at one moment."""
    return Gaps(
        schools=await _count(read, units, units.c.kind == "school"),
        children=await _count(read, students),
        has_term=await _count(read, terms, terms.c.ends_on >= today) > 0,
        classes_without_teacher=await _without_teacher(read),
        unpaired=await _unpaired(read),
        unbound=await _unbound(read),
        unreachable_children=await _unreachable(read),
    )


async def known_until(read: Reading, official_until: date) -> date:
    """The last day of the calendar: terms entered, and official days known."""
    last: date | None = await read.scalar(select(func.max(terms.c.ends_on)))
    return min(last, official_until) if last else date.min


async def last_journal_at(read: Reading) -> datetime | None:
    """The instant of the latest line."""
    from storage.tables.plumbing import journal

    at: datetime | None = await read.scalar(select(func.max(journal.c.at)))
    return at


async def _count(read: Reading, table: object, *conditions: object) -> int:
    query = select(func.count()).select_from(table).where(*conditions)  # type: ignore[arg-type]
    return int(await read.scalar(query))


async def _without_teacher(read: Reading) -> tuple[str, ...]:
    teacher = exists().where(
        posts.c.class_id == classes.c.id,
        posts.c.role == Role.CLASS_TEACHER.value,
        posts.c.to_on.is_(None),
    )
    pupils = exists().where(students.c.class_id == classes.c.id)
    query = (
        select(units.c.name, classes.c.grade, classes.c.number)
        .join(units, units.c.id == classes.c.school_id)
        .where(~teacher, pupils)
        .order_by(units.c.id, classes.c.grade, classes.c.number)
    )
    return tuple(f"{name} {grade}({n})" for name, grade, n in (await read.execute(query)).rows)


async def _unpaired(read: Reading) -> dict[str, int]:
    """For each level, how many classes have nobody; a class teacher is a paired teacher."""
    found = {}
    for level in PairingLevel:
        if level is PairingLevel.TEACHER:
            continue
        covered = exists().where(
            pairings.c.level == level.value,
            pairings.c.to_on.is_(None),
            (
                (pairings.c.scope == PairingScope.CLASS.value)
                & (pairings.c.scope_id == classes.c.id)
            )
            | (
                (pairings.c.scope == PairingScope.SCHOOL.value)
                & (pairings.c.scope_id == classes.c.school_id)
            )
            | (
                (pairings.c.scope == PairingScope.TOWNSHIP.value)
                & (pairings.c.scope_id == units.c.township_id)
            ),
        )
        query = (
            select(func.count())
            .select_from(classes)
            .join(units, units.c.id == classes.c.school_id)
            .where(~covered, exists().where(students.c.class_id == classes.c.id))
        )
        missing = int(await read.scalar(query))
        if missing:
            found[level.value] = missing
    return found


async def _unbound(read: Reading) -> dict[str, int]:
    query = (
        select(posts.c.role, func.count(people.c.id.distinct()))
        .join(people, people.c.id == posts.c.person_id)
        .where(people.c.chat_id.is_(None), people.c.left_on.is_(None), posts.c.to_on.is_(None))
        .group_by(posts.c.role)
        .order_by(posts.c.role)
    )
    return {row[0]: row[1] for row in (await read.execute(query)).rows}


async def _unreachable(read: Reading) -> int:
    """Children of whom no guardian is bound."""
    bound = exists().where(
        guardianships.c.student_id == students.c.id, guardianships.c.state == "bound"
    )
    return await _count(read, students, ~bound)
