"""The package of a made county: built, unpacked, counted and checked; the full size is measured by
`python -m benchmarks package`."""

from __future__ import annotations

import asyncio
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.packaging import Checked, Expected, build, check, pack
from storage.migrate import migrate

#: The county of the benchmark has 100,000 children in 300 schools.
CHILDREN, SCHOOLS = 12_000, 40


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Expected]:
    return asyncio.run(_packed(tmp_path_factory.mktemp("county")))


async def _packed(folder: Path) -> tuple[Path, Expected]:
    url = f"sqlite+aiosqlite:///{folder / 'county.db'}"
    await migrate(url)
    built = await build(url, folder, CHILDREN, SCHOOLS)
    path = folder / "package.zip"
    await pack(url, folder, path)
    return path, built.expected


def test_every_unit_file_row_and_sum_is_there(packed: tuple[Path, Expected]) -> None:
    path, expected = packed
    found = check(path, expected)

    assert found.faults == ()
    assert found.files == 4 * len(expected.filed) + 2
    assert found.rows == sum(map(sum, expected.filed.values()))
    assert len(expected.missing) == 1
    assert all(any(lengths[place] for lengths in expected.filed.values()) for place in range(3))


def test_what_is_wrong_in_a_package_is_found(
    packed: tuple[Path, Expected], tmp_path: Path
) -> None:
    """The check itself: a row too few, a unit too many, a byte changed."""
    path, expected = packed
    unit, lengths = next(iter(expected.filed.items()))
    fewer = {**expected.filed, unit: (lengths[0] + 1, *lengths[1:])}
    assert _faults(check(path, replace(expected, filed=fewer))) == 3  # roster, cover, sums

    assert _faults(check(_tampered(path, tmp_path), expected)) == 1
    one_less = {name: rows for name, rows in expected.filed.items() if name != unit}
    assert check(path, Expected(one_less, expected.missing)).faults


def _faults(found: Checked) -> int:
    return len(found.faults)


def _tampered(path: Path, folder: Path) -> Path:
    changed = folder / "changed.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content + b"!" if name.endswith(".pdf") else content)
            if name.endswith(".pdf"):
                break
        for name in old.namelist():
            if name not in new.namelist():
                new.writestr(name, old.read(name))
    return changed
