"""What goes from the process that reads to the one that writes: frames of a length and a pickle.

Records of which there are many travel as plain tuples, which is several times as fast.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from bot.importing.taking import Taken
from storage.importing.values import ChildRow, MemberRow

LENGTH = struct.Struct(">Q")
_child = attrgetter(*ChildRow.__slots__)
_member = attrgetter(*MemberRow.__slots__)
_MEMBERS = ChildRow.__slots__.index("members")


def frame_of(content: object) -> bytes:
    """The content with its length before it."""
    body = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(body)) + body


def content_of(body: bytes) -> Any:
    """The way back of `frame_of`; only for what our own process has sent."""
    return pickle.loads(body)


def packed(part: Iterable[Taken]) -> list[tuple[Any, ...]]:
    """Rows as plain tuples."""
    return [
        (one.sheet, one.number, _flat(one.value), one.problems, one.listed)
        if isinstance(one.value, ChildRow)
        else (one,)
        for one in part
    ]


def unpacked(part: Iterable[tuple[Any, ...]]) -> Sequence[Taken]:
    """The way back of `packed`."""
    return [
        one[0] if len(one) == 1 else Taken(one[0], one[1], _whole(one[2]), one[3], one[4])
        for one in part
    ]


def _flat(row: ChildRow) -> list[Any]:
    flat = list(_child(row))
    flat[_MEMBERS] = [_member(one) for one in row.members]
    return flat


def _whole(flat: list[Any]) -> ChildRow:
    flat[_MEMBERS] = tuple([MemberRow(*one) for one in flat[_MEMBERS]])
    return ChildRow(*flat)
