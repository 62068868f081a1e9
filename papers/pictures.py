"""Metadata taken out of pictures without touching the picture: JPEG, PNG, WebP."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from papers.refusals import DamagedAttachment

_SOI, _EOI, _SOS, _APP1, _APP2 = 0xD8, 0xD9, 0xDA, 0xE1, 0xE2
_JFIF = b"\xff\xe0"
_JPEG_DROPPED = frozenset({0xE1, 0xED, 0xFE, *range(0xE3, 0xED), 0xEF})
"""APP1 (EXIF, XMP), APP13 (IPTC), COM, makers' segments; not APP0, APP2 (colour), APP14."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_DROPPED = frozenset({b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"tIME"})
_WEBP_DROPPED = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS = 0x08 | 0x04  # EXIF, XMP
_ORIENTATION = 0x0112


def strip_jpeg(content: bytes) -> bytes:
    """Without EXIF, XMP, IPTC and comments; what stands after the picture goes as well.

    A set orientation stays, as the only entry of a fresh EXIF segment. Raises DamagedAttachment.
    """
    kept, orientation = [content[:2]], 1
    for marker, segment in _jpeg_segments(content):
        if marker == _APP1:
            orientation = _orientation_of(segment) or orientation
        if marker not in _JPEG_DROPPED and not _is_foreign(marker, segment):
            kept.append(segment)
    if orientation != 1:
        kept.insert(1 + kept[1].startswith(_JFIF), _orientation_segment(orientation))
    return b"".join(kept)


def strip_png(content: bytes) -> bytes:
    """Without texts, EXIF and time, and nothing after the end. Raises DamagedAttachment."""
    kept, place, kind = [_PNG], len(_PNG), b""
    while kind != b"IEND":
        size, kind = _unpacked(">I4s", content, place)
        end = place + size + 12
        if end > len(content):
            raise DamagedAttachment
        if kind not in _PNG_DROPPED:
            kept.append(content[place:end])
        place = end
    return b"".join(kept)


def strip_webp(content: bytes) -> bytes:
    """Without EXIF and XMP, the flags and the size set right. Raises DamagedAttachment."""
    (size,) = _unpacked("<I", content, 4)
    body, place, end = b"WEBP", 12, min(size + 8, len(content))
    while place + 8 <= end:
        kind, length = _unpacked("<4sI", content, place)
        after = place + 8 + length + length % 2
        if place + 8 + length > end:
            raise DamagedAttachment
        if kind == b"VP8X":
            flags = content[place + 8] & ~_WEBP_FLAGS
            body += content[place : place + 8] + bytes([flags]) + content[place + 9 : after]
        elif kind not in _WEBP_DROPPED:
            body += content[place:after]
        place = after
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _is_foreign(marker: int, segment: bytes) -> bool:
    """Whether an APP2 segment is something else than a colour profile."""
    return marker == _APP2 and not segment[4:].startswith(b"ICC_PROFILE\x00")


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment; picture data belongs to its start-of-scan segment."""
    place, marker = 2, _SOI
    while marker != _EOI:
        start, marker, place = _marker_at(content, place)
        if marker == _EOI:
            yield marker, content[start:place]
            return
        (length,) = _unpacked(">H", content, place)
        place += max(2, length)
        if marker == _SOS:
            place = _scan_end(content, place)
        if place > len(content):
            raise DamagedAttachment
        yield marker, content[start:place]


def _marker_at(content: bytes, place: int) -> tuple[int, int, int]:
    """Where the marker at `place` begins (after fill bytes), the marker, and where it ends."""
    if content[place : place + 1] != b"\xff":
        raise DamagedAttachment
    while content[place + 1 : place + 2] == b"\xff":
        place += 1
    (marker,) = _unpacked("B", content, place + 1)
    return place, marker, place + 2


def _scan_end(content: bytes, place: int) -> int:
    """Where the next marker behind picture data is; stuffed zeros and restarts belong to it."""
    while (place := content.find(b"\xff", place)) >= 0:
        following = content[place + 1 : place + 2]
        if not following:
            break
        if following != b"\x00" and not 0xD0 <= following[0] <= 0xD7:
            return place
        place += 2
    raise DamagedAttachment


def _orientation_of(segment: bytes) -> int | None:
    """The orientation (2 to 8) in an EXIF segment, None when it says none or upright."""
    if segment[4:10] != b"Exif\x00\x00":
        return None
    tiff = segment[10:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2], ">")
    try:
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, first)
        for entry in range(min(count, 200)):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, first + 2 + 12 * entry)
            if tag == _ORIENTATION and kind == 3 and 2 <= value <= 8:
                return int(value)
    except struct.error:
        return None
    return None


def _orientation_segment(orientation: int) -> bytes:
    """A complete EXIF segment that holds the orientation and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    tiff = b"MM\x00*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _unpacked(form: str, content: bytes, place: int) -> tuple[Any, ...]:
    try:
        return struct.unpack_from(form, content, place)
    except struct.error as error:
        raise DamagedAttachment from error
