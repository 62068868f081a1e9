"""`person`: leavers, lost phones, successors."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from bot.cli.opening import County, Refused, perform
from bot.cli.printing import print_json, print_table

if TYPE_CHECKING:
    from datetime import date

    from rules.model.people import Person
    from storage.staffing import Listed
    from storage.work import Reading, Work

app = typer.Typer(help="Leavers, lost phones and successors.", no_args_is_help=True)


@app.command("list")
def list_(
    school: str = typer.Option("", help="Name or code of a school, or name of an office."),
    role: str = typer.Option("", help="A role as `invite` names it."),
    unbound: bool = typer.Option(False, "--unbound", help="Only those without a chat."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """List the staff with their numbers."""

    async def errand(county: County) -> list[Listed]:
        from bot.cli.places import unit_id
        from storage.inviting import ROLES
        from storage.staffing import staff

        if role and role not in ROLES:
            raise typer.BadParameter(f"no such role: {role}")
        roles = tuple(one.value for one in ROLES.get(role, ()))
        async with county.database.read() as read:
            unit = await unit_id(read, school) if school else None
            found = await staff(read, unit, roles)
        return [one for one in found if not (unbound and one.is_bound)]

    lines = [asdict(one) for one in perform(errand)]
    if as_json:
        print_json(lines)
    else:
        print_table(("id", "name", "role", "unit", "bound"), [list(one.values()) for one in lines])


@app.command()
def unbind(
    person: int = typer.Argument(help="The person's number."),
    left: bool = typer.Option(False, "--left", help="The person has left for good."),
) -> None:
    """Take the chat from somebody whose phone is lost, or who has left."""

    async def errand(county: County) -> str:
        from storage import staffing

        async with county.database.work(county.clock.now()) as work:
            one = await _person(work, person)
            await staffing.unbind(work, one, _today(county) if left else None)
            await _free(county, work, one)
        return county.say("person.unbound", name=one.name)

    print(perform(errand))


@app.command()
def replace(
    person: int = typer.Argument(help="The number of the one who leaves."),
    by: int = typer.Option(0, help="The number of the successor, if known already."),
    name: str = typer.Option("", help="The name of a successor who is new."),
    phone: str = typer.Option("", help="The phone of a successor who is new."),
    from_: str = typer.Option("", "--from", help="The successor's first day, today or before."),
) -> None:
    """Hand posts, pairings and open tasks to a successor."""
    if bool(by) == bool(name):
        raise typer.BadParameter("give either --by or --name")

    async def errand(county: County) -> str:
        from storage import staffing

        async with county.database.work(county.clock.now()) as work:
            old = await _person(work, person)
            if old.left_on is not None or by == person:
                raise Refused("no_successor", name=old.name)
            new = await (_person(work, by) if by else _hire(work, name, phone))
            taken = await staffing.succeed(work, old, new, _first_day(county, from_))
            await _free(county, work, old)
        return county.say("person.replaced", old=old.name, new=new.name, id=new.id, **taken)

    print(perform(errand))


@app.command()
def revoke(person: int = typer.Argument(help="The person's number.")) -> None:
    """Make every unused code of somebody worthless."""

    async def errand(county: County) -> str:
        from storage import staffing

        async with county.database.work(county.clock.now()) as work:
            one = await _person(work, person)
            number = await staffing.revoke(work, one.id)
        return county.say("person.revoked", name=one.name, n=number)

    print(perform(errand))


async def _hire(work: Work, name: str, phone: str) -> Person:
    from rules.identity import Flaw, fold_name, read_phone
    from storage.staffing import hire

    number = read_phone(phone) if phone else None
    if isinstance(number, Flaw):
        raise Refused("wrong_phone")
    return await hire(work, fold_name(name), number)


async def _person(read: Reading, person_id: int) -> Person:
    from storage.staffing import person_of

    found = await person_of(read, person_id)
    if found is None:
        raise Refused("no_person", id=person_id)
    return found


async def _free(county: County, work: Work, person: Person) -> None:
    """The chat keeps no command that was theirs, and what waited there becomes a phone task."""
    from handlers import contactability
    from handlers.menus import commands_of
    from storage import outgoing
    from storage.actors import actor_of

    await contactability.look_at_children(work, person.id)
    if person.chat_id is None:
        return
    rest = await actor_of(work, person.chat_id, _today(county), person.language)
    key = f"commands:unbound:{person.id}:{work.now.isoformat()}"
    await outgoing.register(work, key, person.chat_id, commands_of(rest))


def _first_day(county: County, text: str) -> date:
    from datetime import date

    try:
        first = date.fromisoformat(text) if text else _today(county)
    except ValueError as wrong:
        raise typer.BadParameter(f"--from takes a date such as 2026-09-07: {text}") from wrong
    if first > _today(county):
        raise Refused("from_later")
    return first


def _today(county: County) -> date:
    return county.clock.now().astimezone(county.settings.zone).date()
