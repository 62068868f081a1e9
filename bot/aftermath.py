"""What a letter leaves behind: cards that show it, commands, files that go after a day."""

from __future__ import annotations

from datetime import timedelta

from bot.letter import Letter
from storage import departures, outgoing
from storage.access_log import note_look
from storage.cards import Card, keep_card
from storage.work import Work

#: A protected file stays in a chat for so long.
KEPT_FOR = timedelta(hours=24)


async def drop(work: Work, letter: Letter) -> None:
    for row, cause in letter.dropped:
        await outgoing.drop(work, [row], cause)


async def remember_shown(work: Work, letter: Letter, message_id: int | None) -> None:
    """Where a living message stands, and what it shows."""
    card_key, person_id = letter.main.card_key, letter.main.person_id
    if message_id is None:
        return
    if card_key is not None and person_id is not None:
        await keep_card(
            work,
            Card(card_key, person_id, letter.chat_id, message_id, letter.shown_hash, work.now),
        )
    elif letter.edits is not None:
        await departures.note_edit(work, letter.chat_id, message_id, letter.shown_hash)


async def follow_up(work: Work, letter: Letter, message_id: int | None) -> None:
    """What a delivered message brings with it: the commands of its chat, its own removal."""
    if letter.commands and not letter.is_silent_act:
        key = f"commands:row:{letter.main.id}"
        await outgoing.register(work, key, letter.chat_id, letter.commands)
    main = letter.main
    if letter.file is not None and main.person_id is not None and main.student_id is not None:
        await note_look(work, main.person_id, main.student_id, main.kind)
    if letter.file is not None and letter.file.is_protected and message_id is not None:
        key, at = f"remove:row:{letter.main.id}", work.now + KEPT_FOR
        await outgoing.remove(work, key, letter.chat_id, message_id, at)
