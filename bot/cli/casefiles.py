"""`case N --html`: the file of a case (一生一案), written for the office or for one reader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.keeping import keep_private
from bot.cli.opening import County, Refused

if TYPE_CHECKING:
    from rules.model.dossier import Dossier
    from storage.casefile.sight import Sight


async def write_file(county: County, number: int, path: Path, reader: int | None) -> str:
    """Write the page, readable by its owner alone; what to tell about it.

    The look is on record before anything is shown (privacy D5).
    """
    from templates.casefile import write_case_file

    sight = await _permitted(county, number, reader)
    dossier = await _read(county, number, sight)
    language, zone = county.settings.locale, county.settings.zone.key
    keep_private(path, write_case_file(dossier, language, zone).encode())
    proof = dossier.proof
    return county.say("case.written", file=path, lines=proof.of_case, head=proof.head)


async def _permitted(county: County, number: int, reader: int | None) -> Sight:
    """How much of the case may be shown; Refused when there is none, or not for this reader."""
    from rules.refusals import NotYours, Stranger
    from storage.access_log import note_look
    from storage.actors import actor_as
    from storage.casefile.reading import case_by_id
    from storage.casefile.sight import OFFICE, sight_of

    now = county.clock.now()
    today = now.astimezone(county.settings.zone).date()
    async with county.database.work(now) as work:
        try:
            case = await case_by_id(work, number)
        except NotYours:
            raise Refused("no_case", id=number) from None
        sight = OFFICE
        if reader is not None:
            try:
                sight = await sight_of(work, await actor_as(work, reader, today), number, today)
            except Stranger:
                raise Refused("no_person", id=reader) from None
            except NotYours:
                raise Refused("not_for_reader", id=number) from None
        await note_look(work, reader, case.student_id, "case_file", f"case:{number}")
        return sight


async def _read(county: County, number: int, sight: Sight) -> Dossier:
    from storage.casefile.proof import whole_proof
    from storage.casefile.reading import case_by_id, dossier_of

    async with county.database.read() as read:
        calendar = await county.calendars.current(read)
        case = await case_by_id(read, number)
        key = county.database.keys.journal
        return await dossier_of(
            read, case, sight, calendar, county.clock.now(), lambda n: whole_proof(read, key, n)
        )
