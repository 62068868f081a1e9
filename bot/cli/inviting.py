"""`invite`: one-time codes, and the sheets to carry home."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.opening import County, Refused, perform
from bot.cli.printing import print_json, print_table

if TYPE_CHECKING:
    from storage.inviting import Guest, Wanted

ROLES = (
    "guardian",
    "teacher",
    "leader",
    "clerk",
    "section",
    "bureau_leader",
    "township",
    "inspector",
    "admin",
)
PER_BATCH = 500
KEYS = ("person", "name", "role", "student", "school", "class", "code", "link")


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(invite)


def invite(
    school: str = typer.Option("", help="Name or code of a school, or name of an office."),
    class_: str = typer.Option("", "--class", help="A class of that school, such as 三(2)班."),
    role: str = typer.Option("", help=f"One of: {', '.join(ROLES)}."),
    unbound: bool = typer.Option(False, "--unbound", help="Only those without a chat."),
    sheet: Path | None = typer.Option(None, help="Write invite sheets (docx) into this folder."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Issue one-time codes, valid for 14 days; earlier codes stay valid."""
    if role and role not in ROLES:
        raise typer.BadParameter(f"no such role: {role}")
    if class_ and not school:
        raise typer.BadParameter("--class needs --school")

    async def errand(county: County) -> list[dict[str, Any]]:
        wanted = await _wanted(county, school, class_, role, unbound=unbound)
        entries = await _issue(county, wanted, needs_link=sheet is not None)
        if sheet is not None:
            _write_sheets(county, sheet, entries)
        return entries

    entries = perform(errand)
    if as_json:
        print_json(entries)
    else:
        print_table(KEYS, [[entry[key] for key in KEYS] for entry in entries])


async def _wanted(county: County, school: str, class_: str, role: str, *, unbound: bool) -> Wanted:
    from bot.cli.places import class_id, unit_id
    from storage.inviting import Wanted

    async with county.database.read() as read:
        school_id = await unit_id(read, school) if school else None
        place = await class_id(read, school_id, class_) if class_ and school_id else None
    return Wanted(school_id, place, role or None, unbound)


async def _issue(county: County, wanted: Wanted, *, needs_link: bool) -> list[dict[str, Any]]:
    from storage.inviting import guests, issue
    from storage.meta import BOT_NAME, recall

    async with county.database.read() as read:
        invited = await guests(read, wanted)
        bot = await recall(read, BOT_NAME)
    if needs_link and not bot:
        raise Refused("no_bot_name")
    entries: list[dict[str, Any]] = []
    for start in range(0, len(invited), PER_BATCH):
        batch = invited[start : start + PER_BATCH]
        async with county.database.work(county.clock.now()) as work:
            codes = await issue(work, batch, county.policy)
        entries += [_entry(guest, code, bot) for guest, code in zip(batch, codes, strict=True)]
    return entries


def _entry(guest: Guest, code: str, bot: str | None) -> dict[str, Any]:
    from rules.classnames import ClassName

    return {
        "person": guest.person_id,
        "name": guest.name,
        "role": guest.role,
        "student": guest.student,
        "school": guest.school,
        "class": ClassName(*guest.class_key).label if guest.class_key else None,
        "code": code,
        "link": f"https://t.me/{bot}?start={code}" if bot else None,
    }


def _write_sheets(county: County, folder: Path, entries: Sequence[dict[str, Any]]) -> None:
    """A docx for each class; staff get their codes from the list."""
    from papers.invites import InviteSheet, Strip, write_invites

    folder.mkdir(parents=True, exist_ok=True)
    guardians = [entry for entry in entries if entry["student"]]
    for (school, label), strips in groupby(guardians, lambda one: (one["school"], one["class"])):
        sheet = InviteSheet(
            school,
            label,
            tuple(Strip(one["student"], one["name"], one["link"]) for one in strips),
        )
        name = "".join(mark for mark in f"{school}-{label}" if mark.isalnum() or mark in "-()")
        write_invites(folder / f"{name}.docx", [sheet], language=county.settings.locale)
