"""Parts of a child's name: the given name for families, the masked one for staff (privacy D2)."""

from __future__ import annotations

import re

_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]+")
#: Family names of two characters that are in use.
_DOUBLE = re.compile(
    "欧阳|上官|司马|司徒|司空|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|宇文|长孙|夏侯|轩辕|南宫|东郭|西门|"
    "端木|百里|呼延|申屠|独孤|闻人|鲜于|澹台|公冶|宗政|濮阳|淳于|单于|太叔|仲孙|钟离|闾丘|公羊|赫连"
)


def given_name(name: str) -> str:
    """Return the part of a name that a family uses.

    A name of two characters is spoken whole in Chinese (李一, never 一); of a name with a dot
    (阿依古丽·买买提) the part before it is the person's own; other scripts put it first.
    """
    own = name.split("·")[0].strip()
    if own != name or not _HAN.fullmatch(own):
        return own.split(" ")[0]
    family = _signs_of_family(own)
    return own[family:] if len(own) - family > 1 else own


def masked_name(name: str) -> str:
    """Return 李* for 李一 and 欧阳** for 欧阳小明; of other names the first sign and one star."""
    if not _HAN.fullmatch(name):
        return name[:1] + "*"
    family = min(_signs_of_family(name), len(name) - 1) or 1
    return name[:family] + "*" * max(len(name) - family, 1)


def _signs_of_family(name: str) -> int:
    return 2 if _DOUBLE.match(name) else 1
