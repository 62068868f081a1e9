"""Units and classes as somebody types them on the command line."""

from __future__ import annotations

from sqlalchemy import or_, select

from bot.cli.opening import Refused
from rules.classnames import read_class
from rules.identity import Flaw, fold
from storage.tables.school import classes, unit_aliases, units
from storage.work import Reading


async def unit_id(read: Reading, name: str) -> int:
    """The unit of this name, code or alias; Refused when there is none."""
    plain = "".join(fold(name).split())
    query = select(units.c.id).where(or_(units.c.name == plain, units.c.code == plain))
    aliases = select(unit_aliases.c.unit_id).where(unit_aliases.c.alias == plain)
    found = await read.scalar(query) or await read.scalar(aliases)
    if found is None:
        raise Refused("no_unit", name=name)
    return int(found)


async def class_id(read: Reading, school_id: int, text: str) -> int:
    """The class of a school, however it is written; Refused when there is none."""
    name = read_class(text)
    if isinstance(name, Flaw):
        raise Refused("no_class", name=text)
    query = select(classes.c.id).where(
        classes.c.school_id == school_id,
        classes.c.grade == name.grade,
        classes.c.number == name.number,
    )
    found = await read.scalar(query)
    if found is None:
        raise Refused("no_class", name=text)
    return int(found)
