"""The yearly package of a whole county: signed unit by unit, built, unpacked, counted, checked.

The county is the one of `reconcile`: its findings are the unregistered and the missing.  Some
children are dropouts whom the school has confirmed, some are not confirmed; every tenth school is
a village school; some units have not filed.  The zip is built by the command in a process of its
own, and read again as whoever receives it would.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import os
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from benchmarks import reconciling
from benchmarks.common import KEYS, Row, a_county, percentile
from benchmarks.planted import planted
from bot.clock import SystemClock
from bot.settings import Settings
from rules.book import Book
from rules.calendar import Calendar
from rules.model.packages import WorkPlan
from rules.model.people import Post, Role
from rules.model.reports import DueState, ReportDue
from rules.model.school import EnrolmentStatus, StatusChange, Unit, UnitKind
from rules.policy import Policy
from rules.reports.packages import hand_in_plan, sign_package
from rules.reports.rhythms import PACKAGE
from rules.reports.signing import Signature
from storage.attachments import Parcel, keep, keep_under
from storage.calendars import Calendars
from storage.carrying import carry_out
from storage.database import Database
from storage.facts.reports import due_by_id, report_facts
from storage.tables.people import posts
from storage.tables.reconciling import findings
from storage.tables.reports import report_dues
from storage.tables.school import status_changes, students, units
from storage.work import Reading, Work

ROSTERS = ("辍学学生花名册", "无学籍学生花名册", "籍在人不在学生花名册")
COVER, SUMS = "封面清单.xlsx", "校验和.txt"
MISSING = "缺交"
#: One child in so many is a dropout, every second of them confirmed.
ONE_IN = 200
#: Every so many schools one is a village school, and one unit has not filed.
VILLAGE, UNFILED = 10, 25
LIMIT_S, LIMIT_MB = 60, 1024
_HEADER = 3  # title, line, headings
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Expected:
    """What stands on the rosters of each unit that has filed, counted on another way."""

    filed: dict[str, tuple[int, int, int]]
    missing: frozenset[str]


@dataclass(frozen=True)
class Built:
    """A county whose units have signed, and how long each took."""

    expected: Expected
    signing: tuple[float, ...]


@dataclass(frozen=True)
class Checked:
    """What somebody finds who unpacks the zip."""

    files: int
    rows: int
    faults: tuple[str, ...]


async def package(children: int, schools: int) -> list[Row]:
    """The benchmark."""
    async with a_county() as url:
        folder = Path(url.partition("///")[2]).parent
        built = await build(url, folder, children, schools)
        path = folder / "package.zip"
        seconds, peak = await pack(url, folder, path)
        checked = check(path, built.expected)
        size = path.stat().st_size / 1024 / 1024
    name = f"package: {children:,} children, {schools} schools"
    slow = percentile(built.signing, 0.99)
    return [
        Row("package: a unit signs (99 of 100)", slow * 1000, "ms"),
        Row(f"{name}, built", seconds, "s", goal=f"≤ {LIMIT_S} s", is_met=seconds <= LIMIT_S),
        Row("package: peak memory", peak, "MB", goal="≤ 1 GiB", is_met=peak <= LIMIT_MB),
        Row("package: size", size, "MB"),
        Row("package: files", checked.files, ""),
        Row("package: children on its rosters", checked.rows, ""),
        Row("package: faults found", len(checked.faults), "", goal="0", is_met=not checked.faults),
    ]


async def build(url: str, folder: Path, children: int, schools: int) -> Built:
    """Compared with its rosters, its dropouts known, and signed by all units but some."""
    await reconciling.build(url, planted(children, schools))
    await reconciling.run(url, is_real=True)
    keep_under(folder)
    database = await Database.open(url, KEYS)
    now = SystemClock().now()
    try:
        async with database.work(now) as work:
            await _villages(work, schools)
            await _dropouts(work, now - _DAY, children)
        async with database.read() as read:
            calendar = await Calendars(Settings().zone).current(read)
        book = Book(Policy(), calendar)
        filing = await _dues(database, now, calendar)
        took = [await _file(database, one, book, now) for one in filing]
        async with database.survey() as read:
            expected = await _expected(read, {one.unit_id for one in filing})
        return Built(expected, tuple(took))
    finally:
        await database.close()


async def _villages(work: Work, schools: int) -> None:
    """Each reports with the school before it; heads sign."""
    for number in range(VILLAGE, schools + 1, VILLAGE):
        parent = update(units).where(units.c.id == number).values(parent_id=number - 1)
        await work.execute(parent)
    heads = [Post(0, n, Role.HEAD, n) for n in range(1, schools + 1)]
    await work.insert_many(posts, heads)


async def _dropouts(work: Work, at: datetime, children: int) -> None:
    old, new = EnrolmentStatus.SUSPECTED, EnrolmentStatus.DROPOUT
    steps = [
        StatusChange(0, child, None, old, new, at.date(), at, None, confirmed_at=at)
        if child % (2 * ONE_IN) == 0
        else StatusChange(0, child, None, old, new, at.date(), at, None)
        for child in await work.scalars(
            select(students.c.id).where(students.c.id % ONE_IN == 0).order_by(students.c.id)
        )
        if child <= children
    ]
    await work.insert_many(status_changes, steps)


async def _dues(database: Database, now: datetime, calendar: Calendar) -> list[ReportDue]:
    """Every unit owes one; those who will file."""
    own = units.c.kind == UnitKind.SCHOOL.value, units.c.parent_id.is_(None)
    async with database.work(now) as work:
        owing = await work.all(select(units).where(*own).order_by(units.c.id), Unit)
        today = calendar.local_date(now)
        owed = [
            ReportDue(
                *(0, PACKAGE, one.id, str(today.year), today, today),
                *(now - _DAY, now - _DAY, now + _DAY),
                state=DueState.OPEN,
            )
            for one in owing
        ]
        await work.insert_many(report_dues, owed)
        stored = await work.all(select(report_dues).order_by(report_dues.c.id), ReportDue)
    return [one for one in stored if one.id % UNFILED]


async def _file(database: Database, due: ReportDue, book: Book, now: datetime) -> float:
    """The work plan, then the signature as the head's tap makes it; seconds of the latter."""
    content = f"工作方案 {due.unit_id}".encode()
    digest = hashlib.sha256(content).hexdigest()
    async with database.work(now) as work:
        parcel = Parcel(content, digest, "application/pdf", "方案.pdf")
        file = await keep(work, parcel, due.unit_id)
        plan = WorkPlan(-1, due.id, file.id, digest, now, due.unit_id)
        await carry_out(work, hand_in_plan(due, plan))
    began = time.perf_counter()
    async with database.work(now) as work:
        opened = await due_by_id(work, due.id)
        assert opened is not None
        facts = await report_facts(work, opened, book, now)
        signature = Signature(due.unit_id, now, facts.figures, 0)
        rules = book.policy.reports
        await carry_out(work, sign_package(opened, signature, facts.rosters, facts.plan, rules))
    return time.perf_counter() - began


async def _expected(read: Reading, filed: set[int]) -> Expected:
    """Counted by plain statements on the record, not by what the rosters are made of."""
    schools = await read.all(select(units).where(units.c.kind == UnitKind.SCHOOL.value), Unit)
    unit_of = {one.id: one.parent_id or one.id for one in schools}
    out = await _confirmed(read)
    dropouts = Counter(unit_of[school] for school in out.values())
    bare = await _places(read, findings.c.roster_school_id, ("unregistered", "newcomer"))
    kinds = ("missing", "leaver_missing", "elsewhere", "leaver_arrived")
    gone = await _places(read, findings.c.register_school_id, kinds)
    without = Counter(unit_of[school] for _, school in bare)
    missing = Counter(unit_of[school] for child, school in gone if child not in out)
    own = [one for one in schools if one.parent_id is None]
    lengths = {one.name: (dropouts[one.id], without[one.id], missing[one.id]) for one in own}
    here = {one.name for one in own if one.id in filed}
    return Expected(
        {name: rows for name, rows in lengths.items() if name in here},
        frozenset(set(lengths) - here),
    )


async def _confirmed(read: Reading) -> dict[int, int]:
    query = (
        select(students.c.id, students.c.school_id)
        .join(status_changes, status_changes.c.student_id == students.c.id)
        .where(status_changes.c.confirmed_at.is_not(None))
    )
    return {row[0]: row[1] for row in (await read.execute(query)).rows}


async def _places(
    read: Reading, place: object, kinds: Sequence[str]
) -> list[tuple[int | None, int]]:
    query = select(findings.c.student_id, place).where(  # type: ignore[call-overload]
        findings.c.kind.in_(kinds), findings.c.ended_at.is_(None)
    )
    return [(row[0], row[1]) for row in (await read.execute(query)).rows]


def check(path: Path, expected: Expected) -> Checked:
    """Unpack it: checksums, a folder with plan and rosters for each unit, rows, cover."""
    faults: list[str] = []
    with zipfile.ZipFile(path) as zipped:
        contents = {name: zipped.read(name) for name in zipped.namelist()}
    faults += _sums(contents)
    folders = {name.split("/")[0] for name in contents if "/" in name}
    by_unit = {folder.partition("_")[2]: folder for folder in folders}
    if set(by_unit) != set(expected.filed):
        faults.append(f"folders: {set(by_unit) ^ set(expected.filed)}")
    rows = 0
    for unit, folder in by_unit.items():
        found = tuple(_rows(contents[f"{folder}/{one}.xlsx"]) for one in ROSTERS)
        plan = contents.get(f"{folder}/工作方案.pdf", b"").decode()
        if found != expected.filed.get(unit) or not plan.startswith("工作方案"):
            faults.append(f"{unit}: {found}, {expected.filed.get(unit)}, {plan}")
        rows += sum(found)
    return Checked(len(contents), rows, (*faults, *_cover(contents[COVER], expected)))


def _sums(contents: Mapping[str, bytes]) -> list[str]:
    said: dict[str, str] = {}
    for line in contents[SUMS].decode().splitlines():
        digest, _, name = line.partition("  ")
        said[name] = digest
    found = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in contents.items()
        if name != SUMS
    }
    return [f"checksum of {name}" for name in found if found[name] != said.get(name)]


def _sheet(content: bytes) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [list(row) for row in book.get_sheet_by_index(0).to_python()]


def _rows(content: bytes) -> int:
    return len(_sheet(content)) - _HEADER


def _cover(content: bytes, expected: Expected) -> list[str]:
    """Every unit stands there, missing ones with empty cells, and the sums are those of all."""
    rows = _sheet(content)
    lines = {str(row[1]): row for row in rows[_HEADER:] if isinstance(row[0], float) and row[1]}
    faults = [f"cover: {unit}" for unit in set(lines) ^ {*expected.filed, *expected.missing}]
    for unit, lengths in expected.filed.items():
        if unit in lines and tuple(lines[unit][8:11]) != lengths:
            faults.append(f"cover: {unit} {lines[unit][8:11]}")
    faults += [
        f"cover: {unit} is not missing"
        for unit in expected.missing & set(lines)
        if lines[unit][2] != MISSING or lines[unit][6:11] != [""] * 5
    ]
    sums = [sum(column) for column in zip(*expected.filed.values(), strict=True)]
    total = next(row for row in rows if str(row[0]).startswith("合计"))
    return faults if total[8:11] == sums else [*faults, f"cover: sums {total[8:11]}, {sums}"]


async def pack(url: str, folder: Path, path: Path) -> tuple[float, float]:
    """`guixiao package` in a process of its own: seconds, and its peak memory."""
    keys = {"FIELD_KEY": KEYS.fields[0], "JOURNAL_KEY": KEYS.journal}
    spelled = {name: base64.b64encode(key).decode() for name, key in keys.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.packaging", str(SystemClock().now().year), str(path)),
        env={**os.environ, **spelled, "DATABASE_URL": url, "DATA_DIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    found = json.loads(said.splitlines()[-1])
    return found["seconds"], found["peak_mb"]


def main() -> None:
    """The command, for the process that measures it."""
    from typer.testing import CliRunner

    from bot.cli import app

    began = time.perf_counter()
    year, path = sys.argv[1:3]
    done = CliRunner().invoke(app, ["package", year, "-o", path])
    assert done.exit_code == 0, done.output
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main()
