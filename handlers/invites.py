"""Reading a code: what it is good for, here and now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers.children import book_of
from handlers.context import Context
from handlers.strangers import may_try_code, refuse_code
from rules.codes import CodeState, read_code
from rules.model.people import GuardianState, Invite
from rules.parties import LINKED, Party, Tie, may_use_code
from storage.facts.binding import colleagues_on, invite_of, party_of
from storage.views.binding import place_of


@dataclass(frozen=True)
class Opened:
    """A code that is good here, with the person it is for; `tie` None: staff."""

    invite: Invite
    party: Party
    tie: Tie | None


async def open_code(context: Context, code: str) -> Opened | None:
    """The person behind a good code; None when the chat has been told that it is none.

    All bad codes are answered alike.  One that this chat is linked by already gets a friendly
    word instead.
    """
    if not await may_try_code(context):
        return None
    opened = await _look_up(context, code)
    if opened is None:
        await refuse_code(context)
        return None
    context.actor = replace(context.actor, language=opened.party.person.language)
    if _is_linked_here(context, opened):
        await _say_already_linked(context, opened)
        return None
    return opened


async def is_spent_here(context: Context, code: str) -> bool:
    """Whether this very chat has used the code before."""
    invite = await invite_of(context.work, code)
    return invite is not None and invite.used_by_chat == context.chat_id


async def _look_up(context: Context, code: str) -> Opened | None:
    """What the code opens here; None for a code that is no good."""
    invite = await invite_of(context.work, code)
    if invite is None:
        return None
    party = await party_of(context.work, invite.person_id, book_of(context), context.today)
    opened = Opened(invite, party, party.tie(invite.guardianship_id))
    state = read_code(invite, context.chat_id, context.now)
    if state is CodeState.OURS and _is_linked_here(context, opened):
        return opened
    is_good = state is CodeState.GOOD and await _is_for_here(context, opened)
    return opened if is_good else None


def _is_linked_here(context: Context, opened: Opened) -> bool:
    """Whether this chat is linked already for what the code is for."""
    if opened.party.person.chat_id != context.chat_id:
        return False
    if opened.invite.guardianship_id is None:
        return opened.party.has_posts
    return opened.tie is not None and opened.tie.link.state in LINKED


async def _is_for_here(context: Context, opened: Opened) -> bool:
    """No forwarded code, no child that has left, no second colleague on one chat (D3)."""
    if opened.party.person.left_on is not None:
        return False
    if not may_use_code(opened.party, opened.invite, context.chat_id):
        return False
    if opened.invite.guardianship_id is not None:
        return opened.tie is not None
    return not await colleagues_on(context.work, context.chat_id, opened.party.person.id)


async def _say_already_linked(context: Context, opened: Opened) -> None:
    """Nothing is wrong, and nothing is left to do."""
    tie = opened.tie
    waits = tie is not None and tie.link.state is GuardianState.CLAIMED
    place = await place_of(context.work, tie.school_class.id) if tie and waits else None
    await context.say("already_linked", {"waits_for": place})
