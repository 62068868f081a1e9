"""Telegram's HTML: the text a person reads, and where it is bold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from playground.refusals import bad_request

Entity = dict[str, Any]

TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
    "a": "text_link",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
ESCAPE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
TAG = re.compile(r"""<(/?)([^\s>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>""")
ATTRIBUTE = re.compile(r"""([^\s=>/"']*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+)))?\s*""")
COMMAND = re.compile(r"(?<![\w/])/[a-zA-Z0-9_]{1,32}(?:@\w{5,32})?(?!\w)")
LINK = re.compile(r"(https?|tg|tonsite)://\S|[\w-]+\.\w", re.IGNORECASE)


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse(text: str, mode: str) -> tuple[str, list[Entity]]:
    """The plain text and its entities; refuses what Telegram's parser refuses."""
    if mode and mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    if not mode or not ("<" in text or "&" in text):
        return text.strip(), []
    reader = _Reader(text)
    reader.read()
    return _trim(reader.plain, reader.entities)


def commands_in(text: str) -> list[Entity]:
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(text[: found.start()]),
            "length": utf16_length(found[0]),
        }
        for found in COMMAND.finditer(text)
    ]


def _trim(plain: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut white space at both ends, and the entities with it."""
    kept = plain.strip()
    lost = utf16_length(plain[: len(plain) - len(plain.lstrip())])
    length = utf16_length(kept)
    trimmed = []
    for entity in entities:
        start = max(entity["offset"] - lost, 0)
        end = min(entity["offset"] + entity["length"] - lost, length)
        if start < end:
            trimmed.append({**entity, "offset": start, "length": end - start})
    return kept, sorted(trimmed, key=lambda entity: (entity["offset"], -entity["length"]))


def _unescape(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    valid = 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if valid else found[0]


def _attributes(tag: str, source: str) -> dict[str, str]:
    found: dict[str, str] = {}
    position, source = 0, source.strip()
    while position < len(source):
        match = ATTRIBUTE.match(source, position)
        if match is None or not match[1]:
            raise ValueError(f'Empty attribute name in the tag "{tag}"')
        found[match[1].lower()] = match[2] or match[3] or match[4] or ""
        position = match.end()
    return found


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int


@dataclass(slots=True)
class _Reader:
    source: str
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    entities: list[Entity] = field(default_factory=list)
    nested: list[_Open] = field(default_factory=list)

    @property
    def plain(self) -> str:
        return "".join(self.pieces)

    def read(self) -> None:
        position = 0
        while (start := self.source.find("<", position)) >= 0:
            self._text(self.source[position:start])
            tag = TAG.match(self.source, start)
            if tag is None:
                self._unclosed(start)
            self._close(tag) if tag[1] else self._open(tag)
            position = tag.end()
        self._text(self.source[position:])
        if self.nested:
            tag_name = self.nested[-1].tag
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{tag_name}"')

    def _text(self, source: str) -> None:
        if source:
            plain = ESCAPE.sub(_unescape, source) if "&" in source else source
            self.pieces.append(plain)
            self.length += utf16_length(plain)

    def _open(self, found: re.Match[str]) -> None:
        tag = found[2].lower()
        if tag not in TYPES:
            self._refuse(f'Unsupported start tag "{tag}"', found.start())
        try:
            attributes = _attributes(tag, found[3])
        except ValueError as problem:
            self._refuse(str(problem), found.start())
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            self._refuse('Tag "span" must have class "tg-spoiler"', found.start())
        self.nested.append(_Open(tag, attributes, self.length))

    def _close(self, found: re.Match[str]) -> None:
        if not self.nested:
            self._refuse("Unexpected end tag", found.start())
        opened = self.nested.pop()
        if found[2] and found[2].lower() != opened.tag:
            raise _unparsable(
                f"Unmatched end tag at byte offset {self._bytes(found.start())}, "
                f'expected "</{opened.tag}>", found "</{found[2]}>"'
            )
        if self.length > opened.offset:
            self._keep(opened)

    def _keep(self, opened: _Open) -> None:
        entity: Entity = {
            "type": TYPES[opened.tag],
            "offset": opened.offset,
            "length": self.length - opened.offset,
        }
        if opened.tag == "a":
            entity["url"] = opened.attributes.get("href", "")
            if not LINK.match(entity["url"]):
                return
        if opened.tag == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        self.entities.append(entity)

    def _unclosed(self, start: int) -> NoReturn:
        kind = "end" if self.source.startswith("</", start) else "start"
        self._refuse(f"Unclosed {kind} tag", start)

    def _refuse(self, problem: str, position: int) -> NoReturn:
        raise _unparsable(f"{problem} at byte offset {self._bytes(position)}")

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode("utf-8", "surrogatepass"))


def _unparsable(problem: str) -> Exception:
    return bad_request(f"can't parse entities: {problem}")
