"""Which lines of one list are worth a look beside those of another, by keys that they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rules.reconciling.lines import Line

#: A key that more lines share says nothing (a birth date that everybody was given).
AT_MOST = 1000
TAIL, HEAD = 8, 14
Key = tuple[object, ...]


def candidates(
    lines: Sequence[Line], wanted: Sequence[int], others: Sequence[Line]
) -> Iterator[tuple[int, int]]:
    """Places of pairs that share a key: one of the `wanted` lines, one of all the others."""
    keys_of = {at: _keys(lines[at]) for at in wanted}
    asked = {key for keys in keys_of.values() for key in keys}
    blocks: dict[Key, list[int]] = defaultdict(list)
    for at, line in enumerate(others) if asked else ():
        for key in _keys(line):
            if key in asked:
                blocks[key].append(at)
    for at, keys in keys_of.items():
        found = (blocks.get(key, []) for key in keys)
        sharing = {one for block in found if len(block) <= AT_MOST for one in block}
        for other in sorted(sharing):
            yield at, other


def _keys(line: Line) -> list[Key]:
    keys: list[Key] = [("name", line.name, line.school), ("class", *line.place)]
    if line.birth_on is not None:
        keys += [("both", line.name, line.birth_on), ("birth", line.birth_on, line.school)]
    digits = line.digits
    if digits is not None and len(digits) >= HEAD:
        keys += [("tail", digits[-TAIL:]), ("head", digits[:HEAD])]
    return keys
