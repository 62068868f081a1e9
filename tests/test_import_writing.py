"""While one batch of an import is on its way into the database, the next is read and matched."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.importing import run, taking, writing
from papers.headers import Kind
from papers.sample import write_sample
from papers.sample.words import words
from rules.model.people import Guardianship, Person
from rules.model.school import Student
from storage.database import Database
from storage.importing.county import County
from storage.lines import Line
from storage.tables.people import guardianships, people
from storage.tables.school import reviews, students
from storage.work import Reading
from tests.support.databases import KEYS
from tests.support.importing import NOW, STAFF, UNITS, Office, a_child, an_id, counts

#: SQLite empties its log from 4 MB on; a few batches more may be in it.
LOG_LIMIT = 8_000_000


@pytest.fixture
async def office(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A county with its schools and staff; registers go in two rows at a time."""
    made = Office(database, tmp_path)
    await made.bring(*UNITS)
    await made.bring(*STAFF)
    monkeypatch.setitem(taking.SIZES, Kind.REGISTER, 2)
    return made


def _a_row(number: int, father: str, phone: str) -> dict[str, str]:
    return a_child(f"张{number}", number, 成员1姓名=father, 成员1联系电话=phone)


async def test_a_family_whose_rows_stand_far_apart_is_written_once(office: Office) -> None:
    rows = [_a_row(n, f"父{n % 2}", f"1390000000{n % 2}") for n in range(100, 111)]
    report = await office.bring(*rows)

    assert counts(report) == (11, 0, 0, 0)
    fathers = {one.id: one.name for one in await office.rows(people, Person)}
    links = await office.rows(guardianships, Guardianship)
    families = sorted(fathers[one.person_id] for one in links)
    assert families == ["父0"] * 6 + ["父1"] * 5
    assert len({one.person_id for one in links}) == 2


async def test_a_number_that_changes_again_in_the_next_rows_is_written_each_time(
    office: Office,
) -> None:
    await office.bring(*(_a_row(n, "张父", "13900000000") for n in range(100, 108)))

    report = await office.bring(*(_a_row(n, "张父", f"13900000{n}") for n in range(100, 108)))

    assert counts(report) == (0, 8, 0, 0)
    (father,) = [one for one in await office.rows(people, Person) if one.name == "张父"]
    assert father.phone == "13900000107"
    assert father.version == 5  # once for every two rows


async def test_somebody_made_a_moment_ago_is_changed_and_not_made_again(office: Office) -> None:
    rows = [
        a_child("甲", 100),
        a_child("乙", 101, 成员1姓名="张父", 成员1联系电话=""),
        a_child("丙", 102),
        a_child("丁", 103),
    ]
    await office.bring(*rows)
    rows[1] |= {"成员1联系电话": "13911111111"}
    rows[2] |= {"成员1姓名": "张父", "成员1联系电话": "13911111111"}
    await office.bring(*rows)

    (father,) = [one for one in await office.rows(people, Person) if one.name == "张父"]
    links = await office.rows(guardianships, Guardianship)
    assert father.phone == "13911111111"
    assert sum(one.person_id == father.id for one in links) == 2


async def test_a_typo_is_found_beside_a_child_that_is_being_written(office: Office) -> None:
    near = next(
        one for one in range(121, 130) if sum(map(str.__ne__, an_id(120), an_id(one))) <= 2
    )
    report = await office.bring(
        a_child("李一", 100), a_child("张三", 120), a_child("张三", near), a_child("李二", 101)
    )

    assert counts(report) == (3, 0, 1, 0)
    names = [one.name for one in await office.rows(students, Student)]
    assert names == ["李一", "张三", "李二"]


async def _contents(database: Database) -> dict[str, list[str]]:
    """Children, families and who belongs to whom, whatever their numbers are."""
    queries = {
        "children": select(students.c.name, students.c.id_hash, students.c.register_hash),
        "people": select(people.c.name, people.c.phone_hash),
        "links": select(
            *(students.c.name, students.c.id_hash, people.c.name, people.c.phone_hash),
            *(guardianships.c.relation, guardianships.c.position, guardianships.c.version),
        )
        .join(students, students.c.id == guardianships.c.student_id)
        .join(people, people.c.id == guardianships.c.person_id),
        "reviews": select(reviews.c.reason),
    }
    async with database.read() as read:
        return {
            name: sorted(map(repr, (await read.execute(query)).rows))
            for name, query in queries.items()
        }


async def test_it_comes_to_the_same_however_many_rows_go_in_at_a_time(
    sqlite_template_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sample(tmp_path, 120, today=NOW.date())
    files = [tmp_path / words()["files"][one] for one in ("units", "staff", "register", "roster")]
    found = []
    for size in (1, 3, 200):
        monkeypatch.setitem(taking.SIZES, Kind.REGISTER, size)
        monkeypatch.setitem(taking.SIZES, Kind.ROSTER, size)
        file = tmp_path / f"{size}.db"
        shutil.copy(sqlite_template_file, file)
        database = await Database.open(f"sqlite:///{file}", KEYS)
        reports = [counts(await Office(database, tmp_path).take(*files)) for _ in range(2)]
        found.append((reports, await _contents(database)))
        await database.close()

    assert found[0] == found[2]
    assert found[1] == found[2]
    assert len(found[0][1]["children"]) > 100


class _Commits:
    """The commits of a database: one waits until the next batch is being matched, and fails."""

    def __init__(self, database: Database, patch: pytest.MonkeyPatch, *, fails_at: int) -> None:
        self.begun = 0
        self.matched: list[int] = []
        self.at_once = 0
        self._fails_at = fails_at
        self._next = asyncio.Event()
        self._writing, self._match = database._sessions.writing, run._match
        patch.setattr(database._sessions, "writing", self.writing)
        patch.setattr(run, "_match", self.match)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Line]:
        self.begun += 1
        number = self.begun
        async with self._writing() as line:
            yield line
            if number == self._fails_at:
                await asyncio.wait_for(self._next.wait(), 20)
                raise OSError("no space left on device")

    async def match(self, *given: Any) -> Any:
        self.matched.append(self.begun)
        if self.begun == self._fails_at:
            self._next.set()
            await asyncio.sleep(0)
        return await self._match(*given)


async def test_a_commit_that_fails_while_the_next_rows_are_matched_ends_the_import(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [_a_row(n, f"父{n // 3}", f"13900000{n // 3:03d}") for n in range(100, 112)]
    with monkeypatch.context() as patch:
        commits = _Commits(office.database, patch, fails_at=3)
        with pytest.raises(OSError, match="no space"):
            await office.bring(*rows)

    assert commits.matched[:4] == [0, 1, 2, 3]
    assert commits.begun == 3, "nothing is written after a commit that failed"
    names = [one.name for one in await office.rows(students, Student)]
    assert names == [f"张{n}" for n in range(100, 104)]

    assert counts(await office.bring(*rows)) == (8, 0, 4, 0)
    fathers = [one.name for one in await office.rows(people, Person) if "父" in one.name]
    assert sorted(fathers) == [f"父{n}" for n in range(33, 38)]
    assert len(await office.rows(guardianships, Guardianship)) == 12


async def test_what_fails_while_a_batch_is_being_written_does_not_lose_that_batch(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    match = run._match

    async def failing(*given: Any) -> Any:
        if any(row.name == "张102" for row in given[3][1]):
            raise ZeroDivisionError
        return await match(*given)

    with monkeypatch.context() as patch:
        patch.setattr(run, "_match", failing)
        with pytest.raises(ZeroDivisionError):
            await office.bring(*(_a_row(n, "父", "13900000000") for n in range(100, 104)))

    names = [one.name for one in await office.rows(students, Student)]
    assert names == ["张100", "张101"]


async def test_the_log_of_writes_does_not_grow_with_the_import(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the next rows are read, so that no commit can begin it anew by itself."""
    monkeypatch.setitem(taking.SIZES, Kind.REGISTER, 5)
    database = await Database.open(sqlite_url, KEYS)
    office = Office(database, tmp_path)
    await office.bring(*UNITS)
    log, sizes, match = tmp_path / "guixiao.db-wal", [0], run._match

    async def slowly(read: Reading, county: County, *given: Any) -> Any:
        await read.scalar(select(func.count()).select_from(students))
        if under_way := [one for one in asyncio.all_tasks() if one.get_name() == writing.NAME]:
            await asyncio.wait(under_way)
        sizes.append(log.stat().st_size)
        return await match(read, county, *given)

    monkeypatch.setattr(run, "_match", slowly)
    await office.bring(*(a_child(f"张{n}", n) for n in range(100, 900)))
    await database.close()

    assert len(sizes) > 160
    assert max(sizes) < LOG_LIMIT
