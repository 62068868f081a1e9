"""The age-eligible list as it is compared with the registers and rosters of the county."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from rules.model.eligible import Answer, Doorstep, Ending, Village
from rules.model.school import Unit
from rules.policy.sections import Intake
from rules.reconciling.ages import grade_by_age
from rules.reconciling.areas import area_school
from rules.reconciling.eligible import Standing, village_number
from rules.reconciling.lines import Line
from storage.importing.values import EligibleRow
from storage.tables.eligible import doorsteps, eligible, villages
from storage.tables.school import units
from storage.work import Reading

SETTLING = (Ending.CONFIRMED, Ending.RETURNED, Ending.EXITED)


@dataclass(frozen=True, slots=True)
class ListedChild:
    """One line of the list, as far as comparing needs it."""

    id: int
    village_id: int
    name: str
    sex: str | None
    birth_on: date | None
    id_number: str | None
    written: str | None
    standing: Standing | None
    student_id: int | None


@dataclass(frozen=True)
class Listed:
    """The whole list, its villages, and what has been found at doors.

    `lines` stand in the order of `children`; a dry run has further ones behind, from a file.
    """

    children: tuple[ListedChild, ...]
    lines: tuple[Line, ...]
    villages: dict[int, Village]
    schools: tuple[Unit, ...]
    open: dict[int, Doorstep]
    settled: dict[int, Answer]

    def area_of(self, village_id: int, grade: int | None = None) -> Unit | None:
        """The school that answers for a village, or for a child of that grade in it."""
        village = self.villages[village_id]
        return area_school(self.schools, village.township_id, village.name, grade)

    @property
    def by_number(self) -> dict[int, Village]:
        """Villages by what their lines have in the place of a school."""
        return {_number(one, self.schools): one for one in self.villages.values()}


async def load_listed(
    read: Reading, rules: Intake, today: date, fresh: Sequence[EligibleRow] = ()
) -> Listed:
    """Everything that is listed; `fresh` are rows that a dry run has only read."""
    columns = [eligible.c[name] for name in ListedChild.__slots__]
    children = await read.all(select(*columns).order_by(eligible.c.id), ListedChild)
    places = {one.id: one for one in await read.all(select(villages), Village)}
    schools = tuple(await read.all(select(units).order_by(units.c.id), Unit))
    numbers = {one.id: _number(one, schools) for one in places.values()}
    lines = [_line(rules, today, one, numbers[one.village_id]) for one in children]
    known = {line.identity for line in lines}
    tried = [_tried(rules, today, one) for one in fresh]
    lines += [one for one in tried if one.identity not in known]
    standing = select(doorsteps).where(doorsteps.c.ended_at.is_(None))
    waiting = {one.eligible_id: one for one in await read.all(standing, Doorstep)}
    settled = await _settled(read, today)
    return Listed(tuple(children), tuple(lines), places, schools, waiting, settled)


async def _settled(read: Reading, today: date) -> dict[int, Answer]:
    """Answers that hold: nobody asks there again for now."""
    query = select(doorsteps).where(doorsteps.c.outcome.in_([one.value for one in SETTLING]))
    found = await read.all(query.order_by(doorsteps.c.id), Doorstep)
    return {
        one.eligible_id: answer
        for one in found
        if (answer := _settling(one)) is not None
        if one.holds_until is None or today <= one.holds_until
    }


def _settling(line: Doorstep) -> Answer | None:
    """What it comes to: in school here or elsewhere, or no child of the county's schools."""
    if line.outcome is Ending.RETURNED:
        return Answer.ENROLLED
    return Answer.MOVED if line.outcome is Ending.EXITED else line.answer


def _number(village: Village, schools: Sequence[Unit]) -> int:
    township = next((one.name for one in schools if one.id == village.township_id), "")
    return village_number(township, village.name)


def _line(rules: Intake, today: date, child: ListedChild | EligibleRow, place: int) -> Line:
    sex = child.sex if isinstance(child, ListedChild) else child.fills.get("sex")
    return Line(
        school=place,
        grade=grade_by_age(rules, child.birth_on, today) if child.birth_on else 0,
        number=0,
        name=child.name,
        birth_on=child.birth_on,
        id_number=child.id_number,
        register_number=f"G{child.id_number}" if child.id_number else None,
        written=child.written,
        sex=sex,
    )


def _tried(rules: Intake, today: date, row: EligibleRow) -> Line:
    return _line(rules, today, row, village_number(row.township or "", row.village))
