"""`key`: which field keys there are, and a new one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from bot.cli.opening import County, Refused, field_file, keys_again, perform
from bot.cli.printing import print_json

if TYPE_CHECKING:
    from storage.rotation import Rotation

app = typer.Typer(help="The keys that personal fields are sealed with.", no_args_is_help=True)

#: How long a running bot may take to notice a new key.
NOTICED_WITHIN = 30.0
LOOK_EVERY = 0.2
#: What was sealed before the bot noticed is written by then.
WRITTEN_WITHIN = 1.0


@app.command("list")
def list_(as_json: bool = typer.Option(False, "--json")) -> None:
    """Name the field keys by their ids; the first one seals."""

    async def errand(county: County) -> list[str]:
        from storage.keys import key_id

        return [key_id(key) for key in county.database.keys.fields]

    ids = perform(errand)
    if as_json:
        print_json({"seals": ids[0], "opens": ids})
    else:
        print("\n".join(ids))


@app.command()
def rotate() -> None:
    """Make a new field key and seal everything with it, while the bot runs."""

    async def errand(county: County) -> None:
        from storage.attachments import keep_under
        from storage.rotation import rotate as reseal

        keep_under(county.settings.data_dir)
        await _begin(county)
        await _noticed(county)
        try:
            done = await reseal(county.database, county.clock.now())
        except RuntimeError:
            raise Refused("old_key_in_use") from None
        _tell(county, done)

    perform(errand)


async def _begin(county: County) -> None:
    """A new key in front of the old ones, unless an earlier rotation has yet to end."""
    from storage.keycheck import check_keys
    from storage.keys import add_field_key, key_id
    from storage.rotation import is_unfinished

    if await is_unfinished(county.database):
        print(county.say("key.goes_on", id=key_id(county.database.keys.fields[0])))
        return
    if county.settings.field_key is not None:
        raise Refused("key_in_setting", setting="FIELD_KEY")
    add_field_key(field_file(county.settings))
    county.database.keys = keys_again(county.settings)
    await check_keys(county.database, county.clock.now())
    print(county.say("key.made", id=key_id(county.database.keys.fields[0])))


async def _noticed(county: County) -> None:
    """A bot that runs must seal with the new key before anything is sealed anew."""
    from storage.errors import AlreadyRunning
    from storage.meta import SEALS_WITH, recall

    current = county.database.vault.current_id.hex()
    for _ in range(int(NOTICED_WITHIN / LOOK_EVERY)):
        try:
            async with county.database.claim_run("key rotate"):
                return None
        except AlreadyRunning:
            async with county.database.read() as read:
                if await recall(read, SEALS_WITH) == current:
                    return await asyncio.sleep(WRITTEN_WITHIN)
        await asyncio.sleep(LOOK_EVERY)
    raise Refused("old_key_in_use")


def _tell(county: County, done: Rotation) -> None:
    print(county.say("key.done", values=done.values, files=done.files))
    if done.old_ids:
        ids = ", ".join(done.old_ids)
        print(county.say("key.old", ids=ids, file=field_file(county.settings)))
