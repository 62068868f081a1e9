"""One letter's way: facts read, rows marked, the call made, its outcome written down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.exc import DBAPIError
from telegram.error import TelegramError

from bot import sending
from bot.aftermath import drop, follow_up, remember_shown
from bot.insisting import insist
from bot.letter import Letter, Unsayable
from bot.letters import BUGS, Desk
from bot.limits import Limits
from bot.operators import tell_operators
from bot.ops.figures import Figures
from bot.outcomes import Fate, Outcome, outcome_of
from bot.request import RawBot
from bot.setbacks import Setbacks
from bot.ticks.base import Means
from handlers import contactability
from storage import departures, outbox
from storage.actors import people_on
from storage.database import Database
from storage.errors import Conflict
from storage.sharing import ReadingRoom, SharedWork
from storage.work import Work

TRIES = 6

_log = structlog.get_logger(__name__)


class Taken(Exception):
    """A row of the letter has been dropped or superseded in the meantime."""


@dataclass(frozen=True)
class _Sent:
    """What became of a letter."""

    letter: Letter
    outcome: Outcome
    message_id: int | None = None


class Postman:
    """Takes single rows from the outbox to the phone."""

    def __init__(
        self,
        database: Database,
        means: Means,
        bot: RawBot,
        limits: Limits,
        *,
        is_rehearsal: bool,
        figures: Figures,
    ) -> None:
        """`limits` are shared with whoever decides what leaves next."""
        self._database = database
        self._clock = means.clock
        self._zone = means.settings.zone
        self._bot = bot
        self._desk = Desk(self._zone.key, is_rehearsal, database.keys.journal, means.policy.reach)
        self._limits = limits
        self._figures = figures
        self._parts_out: dict[int, int] = {}
        self._room = ReadingRoom(database)
        self._shared = SharedWork(database, means.clock.now, self.record)
        #: Letters that have not begun to leave: they count as if they had.
        self.preparing: set[int] = set()
        self.setbacks = Setbacks(means.clock.monotonic, limits)

    async def recover(self) -> None:
        """At start: what was under way when the last run ended may have arrived.

        Edits do no harm twice; of messages the urgent are sent once more, after a while.
        """
        async with self._database.work(self._clock.now()) as work:
            for row in await outbox.sending_at_start(work):
                is_edit = row.is_edit or await departures.has_card(work, row)
                settle = departures.put_off if is_edit else departures.doubt
                await settle(work, [row], "crashed")
        async with self._database.read() as read:
            self.setbacks.doubt(row.id for row in await departures.uncertain_once(read))

    async def post(self, row_id: int) -> None:
        """One row, and those that travel with it, from the facts to the outcome."""
        letter = await self._write(row_id)
        if letter is None:
            return
        if letter.dropped:
            await self._shared.record(lambda work: drop(work, letter))
        if letter.rows:
            await self._settle(await self._transmit(letter))

    async def record(self, write: Callable[[Work], Awaitable[object]]) -> None:
        """One unit of work, tried again when the race is lost: the outcome must be kept."""
        for left in reversed(range(TRIES)):
            try:
                async with self._database.work(self._clock.now()) as work:
                    await write(work)
                return
            except (Conflict, DBAPIError):
                if not left:
                    raise
                await self._clock.sleep(0.05 * 2 ** (TRIES - left))

    async def _write(self, row_id: int) -> Letter | None:
        """The letter, or its plain fallback when its own words fail."""
        try:
            async with self._room.read() as read:
                letter = await self._desk.write(read, row_id, self._clock.now())
            return await self._with_file(letter)
        except Unsayable as failure:
            kind = failure.letter.main.kind
            _log.exception("no words", action="unsayable", kind=kind, row=row_id)
            await self._report("unsayable", kind)
            return failure.letter

    async def _with_file(self, letter: Letter | None) -> Letter | None:
        """A paper that was ordered is written now: no transaction is open."""
        if letter is None or letter.file is None:
            return letter
        try:
            return replace(letter, file=await letter.file.written())
        except (OSError, *BUGS) as bug:
            raise Unsayable(self._desk.fallback(letter)) from bug

    async def _report(self, line: str, kind: str) -> None:
        """Tell the operators, unless it is their own notice that fails."""
        if kind == "operator_notice":
            return
        today = self._clock.now().astimezone(self._zone).date()
        await self.record(lambda work: tell_operators(work, line, today, kind))

    async def _transmit(self, letter: Letter) -> _Sent:
        """Send every part; what became of it.  A later part is not sent before the first."""
        message_id: int | None = None
        for number in range(self._parts_out.get(letter.main.id, 0), len(letter.screens)):
            try:
                message_id = await self._part(letter, number)
            except TelegramError as error:
                outcome = outcome_of(error)
                if outcome.fate is not Fate.DELIVERED:
                    return _Sent(letter, outcome)
                message_id = letter.edits
            letter = replace(letter, is_marked=True)
            self._parts_out[letter.main.id] = number + 1
        self._parts_out.pop(letter.main.id, None)
        return _Sent(letter, Outcome(Fate.DELIVERED), message_id)

    async def _part(self, letter: Letter, number: int) -> int:
        """One call, as soon as its chat may hear it; the rows are marked right before it."""
        is_outside = (letter.is_answer_by_edit or letter.is_silent_act) and number == 0
        budget = None if is_outside else letter.chat_id
        while wait := self._limits.take(budget):
            await self._clock.sleep(wait if wait > 0 else 0.01)
        self.preparing.discard(letter.main.id)
        try:
            if not letter.is_marked:
                await self._shared.record(lambda work: _mark_sending(work, letter))
            return await self._call(letter, number)
        finally:
            self._limits.end(budget)

    async def _call(self, letter: Letter, number: int) -> int:
        screen = letter.screens[number]
        if letter.is_silent_act:
            return await self._act(letter)
        if number == 0 and letter.file is not None:
            return await sending.send_file(
                self._bot, letter.chat_id, letter.file, screen, is_silent=letter.main.is_silent
            )
        if number == 0 and letter.edits is not None:
            await sending.edit(self._bot, letter.chat_id, letter.edits, screen)
            return letter.edits
        is_silent = letter.main.is_silent or number > 0
        return await sending.send(self._bot, letter.chat_id, screen, is_silent=is_silent)

    async def _act(self, letter: Letter) -> int:
        if letter.removes is not None:
            await sending.remove(self._bot, letter.chat_id, letter.removes)
        else:
            await sending.register(self._bot, letter.chat_id, letter.commands)
        return letter.removes or 0

    async def _settle(self, sent: _Sent) -> None:
        """Write down what became of it, and what follows."""
        letter, fate = sent.letter, sent.outcome.fate
        if fate is Fate.MESSAGE_GONE and letter.edits is not None:
            await self._settle(await self._once_more(replace(letter, edits=None)))
        elif fate is Fate.BAD_TEXT and not letter.is_fallback:
            _log.error("refused", action="bad_text", kind=letter.main.kind, why=sent.outcome.cause)
            await self._report("unsayable", letter.main.kind)
            await self._settle(await self._once_more(self._desk.fallback(letter)))
        else:
            self._learn(sent)
            await insist(
                self._clock, lambda: self._shared.record(lambda work: self._note(work, sent))
            )
            self._count(sent)

    def _count(self, sent: _Sent) -> None:
        if sent.outcome.fate is Fate.DELIVERED:
            self._figures.delivered(sent.letter.rows, self._clock.now())
        else:
            self._figures.failed(sent.outcome.fate, sent.outcome.cause)

    def _learn(self, sent: _Sent) -> None:
        """What shows nothing keeps nobody else waiting: it is tried again after a while."""
        if sent.letter.is_silent_act and sent.outcome.fate is Fate.UNREACHABLE:
            self.setbacks.leave_alone(row.id for row in sent.letter.rows)
        else:
            self.setbacks.learn(sent.outcome)

    async def _once_more(self, letter: Letter) -> _Sent:
        """The same rows, which stay marked, in another form."""
        self._parts_out.pop(letter.main.id, None)
        return await self._transmit(replace(letter, is_marked=True))

    async def _note(self, work: Work, sent: _Sent) -> None:
        letter, outcome = sent.letter, sent.outcome
        if outcome.fate is Fate.DELIVERED:
            await departures.deliver(work, letter.rows, sent.message_id)
            await remember_shown(work, letter, sent.message_id)
            await follow_up(work, letter, sent.message_id)
        elif outcome.fate is Fate.UNCERTAIN:
            await self._doubt(work, letter, outcome.cause)
        elif outcome.fate in (Fate.THROTTLED, Fate.UNREACHABLE, Fate.SIGNED_OUT):
            await departures.put_off(work, letter.rows, outcome.cause)
        else:
            await departures.give_up(work, letter.rows, outcome.cause)
        if outcome.fate is Fate.RECIPIENT_GONE:
            for person_id in await people_on(work, letter.chat_id):
                await contactability.lost(work, person_id, outcome.cause)

    async def _doubt(self, work: Work, letter: Letter, cause: str) -> None:
        """An edit is tried again soon; of messages only the urgent are sent again, once."""
        if letter.edits is not None or letter.is_silent_act:
            self.setbacks.leave_alone(row.id for row in letter.rows)
            await departures.put_off(work, letter.rows, cause)
            return
        await departures.doubt(work, letter.rows, cause)
        self.setbacks.doubt(row.id for row in letter.rows if departures.is_resent(row))


async def _mark_sending(work: Work, letter: Letter) -> None:
    for row in letter.rows:
        if not await outbox.mark_sending(work, row.id, letter.chat_id):
            raise Taken
