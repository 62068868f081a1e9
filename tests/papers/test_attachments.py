from __future__ import annotations

import contextlib
import hashlib
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.attachments import check_attachment, type_of
from papers.pictures import strip_jpeg, strip_png, strip_webp
from papers.refusals import DamagedAttachment, FileTooLarge, PaperRefused, TypeNotAllowed

SECRET = b"GPS 34.7N 113.6E"
SCAN = st.binary(max_size=300).map(lambda scan: scan.replace(b"\xff", b"\xff\x00"))
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
ICC = b"\xff\xe2\x00\x12ICC_PROFILE\x00\x01\x01ab"
TABLES = b"\xff\xdb\x00\x05\x00ab\xff\xc0\x00\x04xy\xff\xc4\x00\x03z"
START_OF_SCAN = b"\xff\xda\x00\x04ab"


def a_segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def an_exif(orientation: int, order: str = "<") -> bytes:
    tiff = (b"II*\x00" if order == "<" else b"MM\x00*") + struct.pack(order + "IH", 8, 2)
    tiff += struct.pack(order + "HHIH2x", 0x0112, 3, 1, orientation)
    tiff += struct.pack(order + "HHII", 0x8825, 4, 1, 60) + bytes(4) + SECRET
    return a_segment(0xE1, b"Exif\x00\x00" + tiff)


def a_jpeg(scan: bytes, *metadata: bytes, tail: bytes = b"") -> bytes:
    inner = b"".join(metadata) + ICC + TABLES + START_OF_SCAN + scan
    return b"\xff\xd8" + JFIF + inner + b"\xff\xd9" + tail


def a_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def a_png(pixels: bytes, *metadata: bytes, tail: bytes = b"") -> bytes:
    header = a_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    picture = a_chunk(b"IDAT", pixels) + a_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(metadata) + picture + tail


def a_webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


@given(SCAN, st.sampled_from([0xE1, 0xED, 0xFE, 0xEF]), st.binary(max_size=50))
def test_a_jpeg_keeps_its_picture_and_loses_the_rest(
    scan: bytes, marker: int, tail: bytes
) -> None:
    untidy = a_jpeg(scan, a_segment(marker, b"http://ns.adobe.com/" + SECRET), tail=tail)

    assert strip_jpeg(untidy) == a_jpeg(scan)


@given(SCAN, st.integers(2, 8), st.sampled_from("<>"))
def test_a_turned_jpeg_stays_turned(scan: bytes, orientation: int, order: str) -> None:
    stripped = strip_jpeg(a_jpeg(scan, an_exif(orientation, order)))

    assert SECRET not in stripped
    assert struct.pack(">HHIH", 0x0112, 3, 1, orientation) in stripped
    assert stripped.startswith(b"\xff\xd8" + JFIF + b"\xff\xe1")
    assert stripped.endswith(ICC + TABLES + START_OF_SCAN + scan + b"\xff\xd9")
    assert strip_jpeg(stripped) == stripped


def test_an_upright_jpeg_needs_no_orientation() -> None:
    assert strip_jpeg(a_jpeg(b"x", an_exif(1))) == a_jpeg(b"x")


@given(st.binary(max_size=200), st.sampled_from([b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"tIME"]))
def test_a_png_keeps_its_picture_and_loses_the_rest(pixels: bytes, kind: bytes) -> None:
    untidy = a_png(pixels, a_chunk(kind, SECRET), tail=SECRET)

    assert strip_png(untidy) == a_png(pixels)


@given(st.binary(max_size=200), st.sampled_from([b"EXIF", b"XMP "]))
def test_a_webp_keeps_its_picture_and_loses_the_rest(pixels: bytes, kind: bytes) -> None:
    size = bytes(9)
    untidy = a_webp((b"VP8X", b"\x1c" + size), (b"VP8L", pixels), (kind, SECRET))

    assert strip_webp(untidy) == a_webp((b"VP8X", b"\x10" + size), (b"VP8L", pixels))


@given(st.binary(max_size=400), st.integers(0, 3))
def test_damaged_content_is_refused_by_name_and_never_stumbled_over(
    content: bytes, start: int
) -> None:
    starts = (
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x10\x00\x00\x00WEBPVP8 ",
        b"PK\x03\x04",
    )
    with contextlib.suppress(PaperRefused):
        check_attachment(starts[start] + content)


@given(st.integers(0, 400))
def test_a_cut_picture_is_refused(place: int) -> None:
    for whole, strip in ((a_jpeg(b"abc" * 50), strip_jpeg), (a_png(b"abc" * 50), strip_png)):
        cut = whole[: min(place, len(whole) - 1)]
        with pytest.raises(DamagedAttachment):
            strip(cut)


def an_office_file(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parcel:
        for name in names:
            parcel.writestr(name, "x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (a_jpeg(b"x"), "image/jpeg"),
        (a_png(b"x"), "image/png"),
        (a_webp((b"VP8L", b"x")), "image/webp"),
        (b"OggS" + bytes(24) + b"OpusHead" + bytes(20), "audio/ogg"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(30), "video/mp4"),
        (
            an_office_file("word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            an_office_file("xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_allowed_types_are_told_by_content(content: bytes, mime: str) -> None:
    assert type_of(content) == mime


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"MZ" + bytes(100), id="a program"),
        pytest.param(b"<html>", id="a page"),
        pytest.param(b"GIF89a" + bytes(20), id="a gif"),
        pytest.param(b"OggS" + bytes(24) + b"\x01vorbis", id="ogg that is no voice message"),
        pytest.param(an_office_file("a.txt"), id="a zip"),
        pytest.param(an_office_file("xl/workbook.xml", "xl/vbaProject.bin"), id="macros"),
    ],
)
def test_everything_else_is_refused(content: bytes) -> None:
    with pytest.raises(TypeNotAllowed):
        check_attachment(content)


def test_the_sum_is_that_of_what_is_kept() -> None:
    kept = check_attachment(a_jpeg(b"x", an_exif(6)))

    assert kept.sha256 == hashlib.sha256(kept.content).hexdigest()
    assert kept.mime == "image/jpeg"


def test_a_large_file_is_refused() -> None:
    with pytest.raises(FileTooLarge):
        check_attachment(a_jpeg(b"x" * 2000), max_bytes=1000)
