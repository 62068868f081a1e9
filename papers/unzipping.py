"""How large a zipped workbook really is, found by unpacking it in pieces beforehand."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from papers.refusals import DamagedFile, NotASpreadsheet, SheetTooLarge, UnzipsTooLarge

MAX_UNZIPPED = 800 * 1024 * 1024
MAX_ROWS = 200_000
_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, ValueError, NotImplementedError, OSError)
_PIECE = 256 * 1024
_OVERLAP = 64
#: Beyond column DZ, or below row 99,999; it begins with plain characters so as to be fast.
_FAR = re.compile(rb"""r=["'](?:[E-Z][A-Z]|[A-Z]{3}|[A-Z]{0,2}[0-9]{6})""")
_FAR_RIGHT = re.compile(rb"""\br=["'](?:[E-Z][A-Z]|[A-Z]{3})[0-9]""")  # beyond column DZ
_FAR_DOWN = re.compile(rb"""\br=["'][A-Z]{0,2}([0-9]{6,})["']""")


def check_parcel(path: Path, max_unzipped: int = MAX_UNZIPPED) -> None:
    """Refuse a workbook that unpacks to more than `max_unzipped` bytes, whatever its index says.

    Cells far to the right or far down are refused as well: a reader would lay out a table up to
    there. Raises UnzipsTooLarge, SheetTooLarge, NotASpreadsheet, DamagedFile.
    """
    try:
        with zipfile.ZipFile(path) as parcel, path.open("rb") as file:
            entries = parcel.infolist()
            if not any(entry.filename.lower() == "xl/workbook.xml" for entry in entries):
                raise NotASpreadsheet
            _check_entries(entries, file, max_unzipped)
    except _FAULTS as error:
        raise DamagedFile from error


def _check_entries(entries: list[zipfile.ZipInfo], file: BinaryIO, left: int) -> None:
    limit = f"{left // (1024 * 1024)} MB"
    for entry in entries:
        is_sheet = entry.filename.lower().startswith("xl/worksheets/")
        before = b""
        for piece in _unpacked(entry, file):
            left -= len(piece)
            if left < 0:
                raise UnzipsTooLarge(limit=limit)
            if is_sheet:
                _check_extent(before + piece)
                before = piece[-_OVERLAP:]


def _check_extent(xml: bytes) -> None:
    if not _FAR.search(xml):
        return
    if _FAR_RIGHT.search(xml):
        raise SheetTooLarge(limit="DZ")
    if any(int(found) > MAX_ROWS for found in _FAR_DOWN.findall(xml)):
        raise SheetTooLarge(limit=str(MAX_ROWS))


def _unpacked(entry: zipfile.ZipInfo, file: BinaryIO) -> Iterator[bytes]:
    """The real content of an entry in small pieces; declared sizes are not believed."""
    file.seek(entry.header_offset)
    header = struct.unpack("<4s22xHH", file.read(30))
    file.seek(header[1] + header[2], 1)
    if entry.compress_type == zipfile.ZIP_STORED:
        for start in range(0, entry.compress_size, _PIECE):
            yield file.read(min(_PIECE, entry.compress_size - start))
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        yield from _inflated(entry.compress_size, file)
    else:
        raise DamagedFile


def _inflated(packed_size: int, file: BinaryIO) -> Iterator[bytes]:
    engine = zlib.decompressobj(-15)
    packed = b""
    while not engine.eof and (packed or packed_size):
        if not packed:
            packed = file.read(min(_PIECE, packed_size))
            packed_size -= len(packed) or packed_size
        yield engine.decompress(packed, _PIECE)
        packed = engine.unconsumed_tail
