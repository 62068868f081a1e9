"""A case led up to the upper stages, and the ways in which people open its cards."""

from __future__ import annotations

import struct
import zlib
from datetime import date
from types import SimpleNamespace

from playground.messages import Shown
from rules.child.contacts import log_contact
from rules.child.rollcall import record_absence
from rules.model.case import Case, Contact
from tests.support.world import World

CHILD = "李一"
SEPTEMBER = tuple(date(2026, 9, day) for day in (7, 8, 9, 10, 11, 14, 15, 16, 17, 18))


async def missing_until(world: World, *days: date) -> None:
    """The child is missed on each of these mornings."""
    for on in days:
        await world.to("08:10", on)
        await world.decide(
            CHILD,
            lambda draft: record_absence(draft, draft.facts.today, "absent", draft.now),
        )


async def contacted(world: World, means: str = "phone", result: str | None = None) -> None:
    """The teacher writes down a contact; without a result nobody was reached."""
    contact = Contact(
        id=0,
        student_id=world.county.children[CHILD],
        case_id=None,
        by=world.county.people["teacher"],
        at=world.now,
        means=means,
        reached=result is not None,
        result=result,
    )
    await world.decide(CHILD, lambda draft: log_contact(draft, contact))


async def persuading(world: World) -> None:
    """Three days missed: the case is in `persuade`, and nobody has been contacted."""
    await missing_until(world, *SEPTEMBER[:3])
    await world.to("10:00")


async def ready_for_notice(world: World) -> None:
    """The family was reached and says that the child stays away."""
    await persuading(world)
    await contacted(world, result="again")


async def the_case(world: World) -> Case:
    """The child's case."""
    case = await world.case_of(CHILD)
    assert case is not None
    return case


async def press(world: World, who: str, data: str) -> str:
    """Press a key by what stands behind it, on whatever message the person has."""
    phone = world.phone(who)
    shown = phone.newest
    tap = phone._press(shown, SimpleNamespace(label=data), data)  # type: ignore[arg-type]
    await world.settle()
    return (await tap.popup(1.0)).text


async def open_card(world: World, who: str, kind: str) -> str:
    """[处理] of the newest task of a kind; the text of its card."""
    task = await world.task(kind, CHILD)
    await press(world, who, f"task:{task.id}:open")
    return newest(world, who)


def shown_last(world: World, who: str) -> Shown:
    """What was said to somebody last, files left out."""
    said = [one for one in world.phone(who).messages if one.from_bot and one.file is None]
    return said[-1]


def newest(world: World, who: str) -> str:
    """The words of it."""
    return shown_last(world, who).text


def keys(world: World, who: str) -> list[str]:
    """The keys under it."""
    return [one for row in shown_last(world, who).labels for one in row]


async def says(world: World, who: str, text: str) -> str:
    """Somebody writes; the answer."""
    world.phone(who).say(text)
    await world.settle()
    return newest(world, who)


async def sends_photo(world: World, who: str, number: int = 1) -> str:
    """Somebody sends a photo; the answer."""
    world.phone(who).send_photo(a_png(number))
    await world.settle()
    return newest(world, who)


def a_png(number: int) -> bytes:
    """A picture of one point; another number, another picture."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes([0, number % 256, 0, 0]))
    parts = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
