"""From the inbox to the handlers: in order per chat, several chats at a time."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from telegram import Message, Update
from telegram.error import TelegramError

from bot import sending
from bot.enclosures import enclosure_of
from bot.reception import Effect, Reception, parsed
from bot.request import RawBot
from bot.ticks.base import Means
from handlers.context import Answer, Enclosure
from handlers.dispatch import Handler
from storage import inbox
from storage.database import Database
from storage.errors import Conflict
from storage.inbox import Waiting
from storage.tables.people import people
from storage.tables.plumbing import inbox as table
from storage.work import Reading
from templates.words import phrase

WORKERS = 64
BATCH = 500
HEARTBEAT = 1.0
#: The database cannot be reached: nobody's fault, and no reason to give an update up.
AWAY = (OperationalError, InterfaceError, ConnectionError)

_log = structlog.get_logger(__name__)


class Pipeline:
    """Serves the inbox of one database."""

    def __init__(
        self,
        database: Database,
        means: Means,
        bot: RawBot,
        handlers: Sequence[Handler],
        *,
        ring: Callable[[], None],
        is_rehearsal: bool = False,
    ) -> None:
        """`ring` wakes those who act on what the handlers have written."""
        self._database = database
        self._means = means
        self._clock = means.clock
        self._bot = bot
        self._reception = Reception(database, means, handlers)
        self._ring = ring
        self._prefix = phrase("zh", "delivery.rehearsal") if is_rehearsal else ""
        self._news = asyncio.Event()
        self._turning = asyncio.Lock()
        self._queues: OrderedDict[int | None, list[Waiting]] = OrderedDict()
        self._busy: dict[int | None, asyncio.Task[None]] = {}
        self._ends: set[asyncio.Task[None]] = set()
        self._is_stopping = False
        self._is_behind = False

    def ring(self) -> None:
        """There may be new updates."""
        self._news.set()

    def stop(self) -> None:
        """End `run`; the updates under way are finished."""
        self._is_stopping = True
        self._news.set()

    async def next_at(self, read: Reading) -> datetime | None:
        """When the earliest update that waits may be handled."""
        query = select(func.min(table.c.not_before)).where(table.c.state == "waiting")
        at: datetime | None = await read.scalar(query)
        return at

    async def run(self) -> None:
        """Handle what arrives until stopped; what is still there from the last run comes first."""
        while not self._is_stopping:
            try:
                await self.drain()
            except (Conflict, SQLAlchemyError, OSError):
                _log.exception("no database", action="pipeline_failed")
            await self._wait(HEARTBEAT)

    async def drain(self) -> int:
        """Handle everything that waits; how many updates."""
        async with self._turning:
            total = 0
            while not self._is_stopping:
                total += await self._start()
                if self._busy:
                    await self._wait(None)
                elif not self._is_behind:
                    break
            for ends in (self._busy.values(), self._ends):
                if ends:
                    await asyncio.wait(set(ends))
            return total

    async def _start(self) -> int:
        """Give the chats whose updates have been read a worker, as far as there are workers; how
        many updates these take."""
        if not self._queues:
            await self._look()
        started = 0
        while self._queues and len(self._busy) < WORKERS:
            chat_id, queue = self._queues.popitem(last=False)
            task = asyncio.create_task(self._serve(chat_id, queue), name=f"chat {chat_id}")
            self._busy[chat_id] = task
            started += len(queue)
        return started

    async def _look(self) -> None:
        """Read what waits, chat by chat, whoever has waited longest first.

        What a worker was at when we began to read may be done by now: its chat waits for the next
        look.
        """
        at_work = set(self._busy)
        async with self._database.read() as read:
            waiting = await inbox.waiting(read, self._clock.now(), BATCH)
        for one in waiting:
            if one.chat_id not in at_work:
                self._queues.setdefault(one.chat_id, []).append(one)
        self._is_behind = any(one.chat_id in at_work for one in waiting)

    async def _serve(self, chat_id: int | None, queue: Sequence[Waiting]) -> None:
        """The updates of one chat, one after the other; a failed one holds back the rest."""
        try:
            for one in queue:
                if self._is_stopping or not await self._handle(one):
                    break
        except (Conflict, SQLAlchemyError, OSError):
            _log.exception("no database", action="pipeline_failed")
            await self._clock.sleep(HEARTBEAT)
        finally:
            del self._busy[chat_id]
            self._news.set()

    async def _handle(self, one: Waiting) -> bool:
        """One update; whether the chat may go on."""
        update = parsed(one.content)
        if update is None:
            await self._reception.set_aside(one, "unreadable")
            return True
        is_done = True
        try:
            file = await self._enclosure(update)
            effect = await self._reception.receive(one, update, file)
        except AWAY:
            raise
        except Exception:
            _log.exception(
                "update failed", action="update_failed", update=one.update_id, tries=one.attempts
            )
            effect = await self._reception.fail(one, update)
            is_done = False
        self._ring()
        self._finish(update, effect, is_answered=one.attempts > 0)
        return is_done

    async def _enclosure(self, update: Update) -> Enclosure | None:
        """The file that came along, of people known to us."""
        message = update.message
        if not isinstance(message, Message) or not message.effective_attachment:
            return None
        async with self._database.read() as read:
            query = select(people.c.id).where(people.c.chat_id == message.chat_id).limit(1)
            is_known = await read.scalar(query) is not None
        return await enclosure_of(self._bot, message) if is_known else None

    def _finish(self, update: Update, effect: Effect, *, is_answered: bool) -> None:
        """End the press and leave groups, without keeping the next update waiting."""
        query = update.callback_query
        if query is not None and not is_answered:
            self._begin(self._come_to_rest(query.id, effect.answer or Answer()))
        if effect.leaves is not None:
            self._begin(self._leave(effect.leaves))

    def _begin(self, call: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(call)
        self._ends.add(task)
        task.add_done_callback(self._ends.discard)

    async def _come_to_rest(self, query_id: str, answer: Answer) -> None:
        """An answer that comes too late, or gets lost, changes nothing."""
        text = self._prefix + answer.text if answer.text else ""
        try:
            await sending.come_to_rest(self._bot, query_id, text, is_popup=answer.is_popup)
        except TelegramError as error:
            _log.info("press not ended", action="answer_lost", error=type(error).__name__)

    async def _leave(self, chat_id: int) -> None:
        try:
            await self._bot.leave_chat(chat_id)
        except TelegramError as error:
            _log.info("group not left", action="group_not_left", error=type(error).__name__)

    async def _wait(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            pass
        self._news.clear()
