"""Files that went either way, kept for getFile, for downloads and for looking at."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from playground.calls import Call, Upload
from playground.refusals import bad_request

MOST_DOWNLOAD = 20 * 1024 * 1024
FOLDERS = {"photo": "photos", "document": "documents", "voice": "voice", "sticker": "stickers"}
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")


@dataclass(frozen=True, slots=True)
class Held:
    file_id: str
    kind: str
    name: str
    mime: str
    data: bytes = field(repr=False)
    path: str

    @property
    def unique_id(self) -> str:
        return f"U{self.file_id}"

    def as_json(self) -> dict[str, Any]:
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.data),
        }


class Shelf:
    """All files of one bot."""

    def __init__(self, bot_id: int) -> None:
        self._bot_id = bot_id
        self._by_id: dict[str, Held] = {}
        self._by_path: dict[str, Held] = {}

    def keep(self, kind: str, upload: Upload) -> Held:
        number = len(self._by_id) + 1
        suffix = PurePosixPath(upload.name).suffix
        path = f"{FOLDERS[kind]}/file_{number}{suffix}"
        file_id = f"PG{self._bot_id}-{kind}-{number}"
        held = Held(file_id, kind, upload.name, upload.mime, upload.data, path)
        self._by_id[file_id] = self._by_path[path] = held
        return held

    def at_path(self, path: str) -> Held | None:
        held = self._by_path.get(path)
        return held if held and len(held.data) <= MOST_DOWNLOAD else None

    def find(self, file_id: str) -> Held | None:
        return self._by_id.get(file_id)

    def named(self, file_id: str) -> dict[str, Any]:
        """What getFile answers."""
        held = self._by_id.get(file_id)
        if held is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(held.data) > MOST_DOWNLOAD:
            raise bad_request("file is too big")
        return {**held.as_json(), "file_path": held.path}

    def sent_with(self, call: Call, kind: str) -> Held:
        """The file that a send call brings along or names by its id."""
        source = call.text(kind)
        upload = call.files.get(source.removeprefix("attach://")) or call.files.get(kind)
        if upload:
            return self.keep(kind, _checked(kind, upload))
        if not source:
            raise bad_request(f"there is no {kind} in the request")
        if source.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        held = self._by_id.get(source)
        if held is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if held.kind != kind:
            raise bad_request(f"can't use file of type {held.kind} as {kind}")
        return held


def _checked(kind: str, upload: Upload) -> Upload:
    if not upload.data:
        raise bad_request("file must be non-empty")
    if kind == "photo" and not upload.data.startswith(PICTURES):
        raise bad_request("IMAGE_PROCESS_FAILED")
    return upload


def content_of(held: Held) -> dict[str, Any]:
    """The part of a message that describes its file."""
    described = held.as_json()
    if held.kind == "photo":
        small = {**described, "width": 90, "height": 90}
        return {"photo": [small, {**described, "width": 800, "height": 600}]}
    if held.kind == "document":
        return {"document": {**described, "file_name": held.name, "mime_type": held.mime}}
    if held.kind == "voice":
        return {"voice": {**described, "duration": 3, "mime_type": held.mime}}
    shape = {"type": "regular", "width": 512, "height": 512}
    return {"sticker": {**described, **shape, "is_animated": False, "is_video": False}}
