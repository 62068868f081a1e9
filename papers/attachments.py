"""Photos, voice and documents that people send: checked by content, freed of metadata.

Nothing is re-encoded: picture and sound data stay as they came, byte for byte.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from papers.pictures import strip_jpeg, strip_png, strip_webp
from papers.refusals import DamagedAttachment, FileTooLarge, TypeNotAllowed

MAX_BYTES = 20 * 1024 * 1024
"""What a bot may fetch from a chat."""

STRIPPED: dict[str, Callable[[bytes], bytes]] = {
    "image/jpeg": strip_jpeg,
    "image/png": strip_png,
    "image/webp": strip_webp,
}
KEPT = frozenset({"audio/ogg", "application/pdf", "video/mp4"})
_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Attachment:
    """What may be stored: the content, its SHA-256 in hex (of this content), its true type."""

    content: bytes
    sha256: str
    mime: str


def check_attachment(content: bytes, max_bytes: int = MAX_BYTES) -> Attachment:
    """The content without metadata, whatever its name or declared type was.

    Raises FileTooLarge, TypeNotAllowed, DamagedAttachment.
    """
    if len(content) > max_bytes:
        raise FileTooLarge(limit=f"{max_bytes // (1024 * 1024)} MB")
    mime = type_of(content)
    if mime in STRIPPED:
        content = STRIPPED[mime](content)
    return Attachment(content, hashlib.sha256(content).hexdigest(), mime)


def type_of(content: bytes) -> str:
    """The media type that the content itself shows. Raises TypeNotAllowed, DamagedAttachment."""
    if content.startswith(_ZIP):
        return _office_type(content)
    import filetype

    guess = filetype.guess(content)
    mime = "" if guess is None else str(guess.mime)
    if mime == "audio/ogg" or content.startswith(b"OggS"):
        mime = "audio/ogg" if b"OpusHead" in content[:128] else ""
    if mime not in STRIPPED and mime not in KEPT:
        raise TypeNotAllowed
    return mime


def _office_type(content: bytes) -> str:
    """docx or xlsx, told by what is inside; anything with macros is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parcel:
            names = set(parcel.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise DamagedAttachment from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise TypeNotAllowed
    found = next((mime for part, mime in _OFFICE.items() if part in names), None)
    if found is None:
        raise TypeNotAllowed
    return found
