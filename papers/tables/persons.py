"""Numbers of children as several tables have them."""

from __future__ import annotations

from datetime import date

from papers.line import Line
from papers.problems import RowFlaw
from papers.values import read_date, read_sex
from rules.identity import IdNumber, Sex, fold, read_id_number, read_register_number

#: Longer texts in a number's column are no number.
LONGEST = 24


def valid_id(line: Line, key: str) -> IdNumber | None:
    """The identity number of a column; an unknown region is reported and the number kept."""
    identity = line.read(key, read_id_number)
    if identity is not None and not identity.region_is_known:
        line.report(key, RowFlaw.REGION)
    return identity


def id_and_register(line: Line) -> tuple[IdNumber | None, str | None]:
    """Identity and register number; the first column may hold either (身份证号/学籍号)."""
    register = line.read("register_number", read_register_number)
    if line.raw("id_number")[:1].upper() in tuple("GJL"):
        return None, register or line.read("id_number", read_register_number)
    return valid_id(line, "id_number"), register


def birth_and_sex(line: Line, identity: IdNumber | None) -> tuple[date | None, Sex | None]:
    """Birth date and sex; an empty one comes from the number, one that disagrees is left empty."""
    born_on, sex = line.again("born_on", read_date), line.again("sex", read_sex)
    if identity is None:
        return born_on, sex
    if born_on not in (None, identity.born_on):
        line.report("born_on", RowFlaw.BIRTH_DISAGREES)
        born_on = None
    elif not line.raw("born_on"):
        born_on = identity.born_on
    if sex not in (None, identity.sex):
        line.report("sex", RowFlaw.SEX_DISAGREES)
        sex = None
    elif not line.raw("sex"):
        sex = identity.sex
    return born_on, sex


def written_id(line: Line, *, has_number: bool) -> str | None:
    """An identity number that does not hold, as written: it may still be near the right one."""
    text = "" if has_number else "".join(fold(line.raw("id_number")).split()).upper()
    return text[:LONGEST] or None
