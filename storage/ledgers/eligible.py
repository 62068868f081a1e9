"""适龄未入学: children who have to be in school and are in none, village by village."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from rules.model.eligible import Doorstep, Village
from rules.model.school import Student, Unit
from rules.naming import shown_name
from rules.reconciling.areas import area_school
from storage.ledgers.scope import Scope, Table
from storage.tables.eligible import doorsteps, villages
from storage.tables.school import units
from storage.work import Reading

COLUMNS = (
    "township",
    "village",
    "name",
    "sex",
    "birth_on",
    "id_number",
    "due_grade",
    "guardian",
    "area",
    "list_source",
    "found_on",
    "door_answer",
    "answered_on",
    "attends",
)


async def out_of_school(read: Reading, scope: Scope) -> Table:
    """Everybody who was sought on that day; what had been said at the door by then, and whether
    somebody else had already looked whether it holds."""
    places = {one.id: one for one in await read.all(select(villages), Village)}
    schools = await read.all(select(units).order_by(units.c.id), Unit)
    names = {one.id: one.name for one in schools}
    areas = {one.id: area_school(schools, one.township_id, one.name) for one in places.values()}
    query = select(doorsteps).where(
        doorsteps.c.opened_at < scope.upto,
        or_(doorsteps.c.ended_at.is_(None), doorsteps.c.ended_at >= scope.upto),
    )
    rows = []
    for one in await read.all(query.order_by(doorsteps.c.id), Doorstep):
        area = areas[one.village_id]
        if scope.schools is None or (area is not None and scope.covers(area.id)):
            village = places[one.village_id]
            place = (names.get(village.township_id or 0, ""), village.name)
            rows.append(
                (
                    *place,
                    *_child(one, scope),
                    area.name if area else "",
                    *_found(one, scope, names),
                )
            )
    return Table(COLUMNS, tuple(sorted(rows, key=lambda row: tuple(map(str, row[:3])))))


def _child(one: Doorstep, scope: Scope) -> tuple[object, ...]:
    body = one.body
    born = body.get("birth_on")
    name = shown_name(Student(one.eligible_id, 0, 0, one.name), scope.names)
    known = (date.fromisoformat(born) if born else None, body.get("id_number"))
    return name, body.get("sex"), *known, body.get("grade"), body.get("guardian")


def _found(one: Doorstep, scope: Scope, names: dict[int, str]) -> tuple[object, ...]:
    """Nothing of what was said later."""
    source = one.body.get("source")
    if one.answered_at is None or one.answered_at >= scope.upto:
        return source, one.opened_at, "waiting", None, None
    answer = one.answer.value if one.answer else None
    return source, one.opened_at, answer, one.answered_at, names.get(one.school_id or 0)
