"""One update and everything it can lead to: an effect, a refusal, a failure, or nothing."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from telegram import Chat, ChatMember, ChatMemberUpdated, Update

from bot.operators import tell_operators
from bot.ticks.base import Means
from handlers import contactability
from handlers.context import Answer, Context, Enclosure, Rulebook, content_of
from handlers.dispatch import Handler, dispatch
from rules.refusals import NotAllowed, NotYours, OldButton, Overloaded, Refusal
from storage import inbox, outgoing
from storage.access_log import note_look
from storage.actors import Actor, actor_of, blocked_on, people_on
from storage.database import Database
from storage.errors import Conflict
from storage.inbox import Waiting
from storage.work import Work
from templates.presses import UnreadablePress
from templates.screen import Screen
from templates.words import phrase

TRIES = 8
#: How long an update that failed rests before it is tried again; after that it is set aside.
RESTS = (timedelta(seconds=2), timedelta(seconds=10))
#: Statuses under which the bot is in a chat.
_PRESENT = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER)

#: As much as the access log keeps of what was asked for.
_LONGEST = 60

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Effect:
    """What remains to be done on the network: end the press, leave a group."""

    answer: Answer | None = None
    leaves: int | None = None


class Reception:
    """Handles updates against one database."""

    def __init__(self, database: Database, means: Means, handlers: Sequence[Handler]) -> None:
        """`handlers` are asked in their order."""
        self._database = database
        self._means = means
        self._handlers = handlers

    async def receive(self, one: Waiting, update: Update, file: Enclosure | None) -> Effect:
        """Let one update have its effect, which is committed when this returns."""
        try:
            return await self._attempt(lambda work: self._act(work, one, update, file))
        except (Refusal, UnreadablePress) as refusal:
            named = refusal if isinstance(refusal, Refusal) else OldButton()
            _log.info("refused", action="refused", why=type(named).__name__, update=one.update_id)
            return await self._attempt(lambda work: self._refuse(work, one, update, named))

    async def fail(self, one: Waiting, update: Update) -> Effect:
        """A bug: tried again after a rest, at last set aside; the speaker hears of it once."""
        return await self._attempt(lambda work: self._put_off(work, one, update))

    async def set_aside(self, one: Waiting, cause: str) -> None:
        """Junk is kept for a human to look at, and never in the way."""
        _log.warning("set aside", action="set_aside", update=one.update_id, cause=cause)
        async with self._database.work(self._means.clock.now()) as work:
            await inbox.set_aside(work, one.update_id, cause)

    async def _attempt(self, act: Callable[[Work], Awaitable[Effect]]) -> Effect:
        """One unit of work, begun anew when somebody else was faster."""
        for left in reversed(range(TRIES)):
            try:
                async with self._database.work(self._means.clock.now()) as work:
                    return await act(work)
            except Conflict:
                if not left:
                    raise
        raise AssertionError("unreachable")

    async def _act(
        self, work: Work, one: Waiting, update: Update, file: Enclosure | None
    ) -> Effect:
        await inbox.mark_done(work, one.update_id)
        chat = update.effective_chat
        if chat is None:
            return Effect()
        if chat.type != Chat.PRIVATE:
            return Effect(leaves=chat.id if _is_inside(update) else None)
        if update.my_chat_member is not None:
            await _note_membership(work, update.my_chat_member)
            return Effect()
        await _welcome_back(work, chat.id)
        context = await self._context(work, update, chat.id)
        context.enclosure = file
        if not await dispatch(self._handlers, update, context) and update.callback_query:
            raise OldButton
        return Effect(context.answer)

    async def _context(self, work: Work, update: Update, chat_id: int) -> Context:
        calendar = await self._means.calendars.current(work)
        actor = await self._actor(work, update, chat_id)
        return Context(update, work, actor, Rulebook(self._means.policy, calendar))

    async def _actor(self, work: Work, update: Update, chat_id: int) -> Actor:
        today = work.now.astimezone(self._means.settings.zone).date()
        return await actor_of(work, chat_id, today, self._language(update))

    async def _refuse(self, work: Work, one: Waiting, update: Update, refusal: Refusal) -> Effect:
        await inbox.mark_done(work, one.update_id)
        if isinstance(refusal, (NotYours, NotAllowed)):
            await self._note_refused(work, update)
        return await self._say(work, update, refusal)

    async def _note_refused(self, work: Work, update: Update) -> None:
        """Somebody known asked for what is not theirs: that stands in the access log (D5)."""
        chat = update.effective_chat
        actor = await self._actor(work, update, chat.id) if chat else None
        if actor is not None and not actor.is_stranger:
            await note_look(work, actor.primary_id, None, "refused", asked_for(update))

    async def _put_off(self, work: Work, one: Waiting, update: Update) -> Effect:
        is_first, is_last = one.attempts == 0, one.attempts >= len(RESTS)
        if is_last:
            await inbox.set_aside(work, one.update_id, "failed")
            today = work.now.astimezone(self._means.settings.zone).date()
            await tell_operators(work, "update_set_aside", today, item=one.update_id % 2**31)
        else:
            until = work.now + RESTS[one.attempts]
            await inbox.put_off(work, one.update_id, until, "failed")
        is_told = is_first if update.callback_query else is_last
        return await self._say(work, update, Overloaded()) if is_told else Effect()

    async def _say(self, work: Work, update: Update, refusal: Refusal) -> Effect:
        """Polite words: under the press, or as a message."""
        chat = update.effective_chat
        if chat is None or chat.type != Chat.PRIVATE:
            return Effect()
        actor = await self._actor(work, update, chat.id)
        words = _words(actor.language, refusal)
        if update.callback_query:
            return Effect(Answer(words, is_popup=True))
        content = {**content_of(Screen(words)), "language": actor.language}
        key = f"answer:{update.update_id}:refused"
        await outgoing.answer(work, key, chat.id, content)
        return Effect()

    def _language(self, update: Update) -> str:
        """The language of somebody unknown: what their Telegram speaks, else the county's."""
        user = update.effective_user
        begins = ((user.language_code if user else None) or "")[:2]
        return begins if begins in ("zh", "en") else self._means.settings.locale


def parsed(content: str) -> Update | None:
    """The update; None for one that cannot be read, or is of no sort that is handled."""
    try:
        update = Update.de_json(json.loads(content))
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        return None
    is_known = update.message or update.edited_message or update.callback_query
    return update if is_known or update.my_chat_member else None


def asked_for(update: Update) -> str | None:
    """The key or the command, without what somebody wrote beside it."""
    query, message = update.callback_query, update.message
    if query is not None:
        return (query.data or "")[:_LONGEST] or None
    word = (message.text or "").partition(" ")[0] if message else ""
    return word[:_LONGEST] if word.startswith("/") else None


def _words(language: str, refusal: Refusal) -> str:
    try:
        return phrase(language, refusal.phrase, **refusal.values)
    except (LookupError, ValueError):
        _log.exception("no words", action="no_phrase", phrase=refusal.phrase)
        return phrase(language, Refusal.phrase)


def _is_inside(update: Update) -> bool:
    """Whether the bot is in the group that this came from."""
    member = update.my_chat_member
    return member is None or member.new_chat_member.status in _PRESENT


async def _note_membership(work: Work, member: ChatMemberUpdated) -> None:
    """A person has blocked the bot, or opened it again."""
    is_open = member.new_chat_member.status in _PRESENT
    for person_id in await people_on(work, member.chat.id):
        if is_open:
            await contactability.found_again(work, person_id)
        else:
            await contactability.lost(work, person_id, "blocked")


async def _welcome_back(work: Work, chat_id: int) -> None:
    """Whoever writes can be reached."""
    for person_id in await blocked_on(work, chat_id):
        await contactability.found_again(work, person_id)
