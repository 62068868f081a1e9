"""Everybody with a phone: they look at what arrives, and press, write or forget."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from bot.simulation import rolling
from bot.simulation.county import Cast
from bot.simulation.habits import (
    GUARDIAN,
    LEAVE,
    STAFF,
    choose,
    habits,
    mood_of,
    table,
    weight,
)
from bot.simulation.reading import Placed, keys_of, sayings
from bot.simulation.truth import Truth, Why
from bot.story.ladder import A_PHOTO
from playground.feed import Happening
from playground.messages import Shown
from playground.people import Person as Phone
from playground.server import BotApi
from templates.presses import Press
from templates.presses_teacher import NamePress, RollPress, SeenPress

#: How attentive people are, and how many of them: reliable, forgetful, gone silent.
ATTENTION = ((0.95, 68), (0.6, 24), (0.03, 8))
#: Minutes until somebody looks at the phone.
SOON = {STAFF: (1, 45), GUARDIAN: (2, 120)}
#: Presses on one message in one sitting; what a person can be bothered with.
PATIENCE = 12
#: Shares of all that is pressed: a finger that slips twice, and a card from before.
TWICE, STALE, WRITES = 0.02, 0.01, 0.35


@dataclass
class Someone:
    """A person, the phone, and what is going on with it."""

    person: int
    part: str
    phone: Phone
    attention: float
    children: tuple[int, ...] = ()
    is_busy_with: set[int] = field(default_factory=set)
    pressed: Counter[int] = field(default_factory=Counter)
    called: set[tuple[int, int]] = field(default_factory=set)
    writes_next: bool = False

    @property
    def role(self) -> str:
        """Whose habits these are."""
        return GUARDIAN if self.part == GUARDIAN else STAFF


Plan = Callable[[], None]


class Crowd:
    """All of them, and what they are going to do."""

    def __init__(self, api: BotApi, cast: Cast, truth: Truth, chance: Random) -> None:
        """Phones that opened the bot before the term began."""
        self._api = api
        self._truth = truth
        self._chance = chance
        self._cast = cast
        self._plans: list[tuple[datetime, int, Plan]] = []
        self._numbers = count()
        self._read = 0
        self.happened: Counter[str] = Counter()
        self.people = {chat: self._someone(person, chat) for person, chat in cast.chats.items()}
        api.account.updates.drop_all()

    def newcomer(self, person: int, after: Someone, chat: int) -> Someone:
        """Somebody new, who does what `after` did until now."""
        cast = self._cast
        cast.chats[person], cast.roles[person] = chat, after.part
        for room, teacher in cast.teachers.items():
            if teacher == after.person:
                cast.teachers[room] = person
        after.part = ""
        self.people[chat] = self._someone(person, chat)
        return self.people[chat]

    def _someone(self, person: int, chat: int) -> Someone:
        phone = self._api.person(f"{person}", chat_id=chat)
        phone.start()
        levels = [level for level, _ in ATTENTION]
        (attention,) = self._chance.choices(levels, [share for _, share in ATTENTION])
        part = self._cast.roles[person]
        children = tuple(self._cast.families.get(person, ()))
        return Someone(person, part, phone, attention, children)

    def of_part(self, *parts: str) -> list[Someone]:
        """Everybody who is one of these."""
        return [one for one in self.people.values() if one.part in parts]

    # What they are going to do

    def at(self, at: datetime, plan: Plan) -> None:
        """Somebody will do something then."""
        heapq.heappush(self._plans, (at, next(self._numbers), plan))

    @property
    def next_at(self) -> datetime | None:
        """When the next of them does something."""
        return self._plans[0][0] if self._plans else None

    def act(self, now: datetime) -> int:
        """Everybody whose time has come does what they meant to; how many."""
        done = 0
        while self._plans and self._plans[0][0] <= now:
            heapq.heappop(self._plans)[2]()
            done += 1
        return done

    def errands(self, morning: datetime) -> None:
        """What some do today of their own accord."""
        chances = habits()["errands"]
        for one in self.people.values():
            for name, command in _COMMANDS.items():
                part, _, errand = name.partition(".")
                likely = float(str(chances[name]))
                if one.part == part and self._chance.random() < likely * one.attention:
                    if errand == "ask_leave" and not self._why(one, None):
                        continue
                    at = morning + timedelta(minutes=self._chance.randint(0, 600))
                    self.at(at, lambda one=one, command=command: self._say(one, command))  # type: ignore[misc]

    # What they see

    def look(self, now: datetime) -> None:
        """Look at what has arrived since."""
        new = self._api.feed.since(self._read)
        self._read += len(new)
        for happening in new:
            one = self.people.get(happening.chat_id)
            if one is not None and happening.shown is not None:
                self._see(one, happening, now)

    def _see(self, one: Someone, happening: Happening, now: datetime) -> None:
        shown = happening.shown
        if shown is None or happening.kind not in ("message", "edit"):
            return
        in_flow = shown.message_id in one.is_busy_with
        keys = keys_of(shown)
        if one.writes_next and happening.kind == "message" and not keys:
            one.writes_next = False
            if self._chance.random() < WRITES:
                self.at(now, lambda: self._write(one))
            return
        if not keys or (happening.kind == "edit" and not in_flow and not rolling.is_open(keys)):
            return
        is_answer = in_flow or (one.writes_next and happening.kind == "message")
        if not is_answer and self._chance.random() > one.attention:
            return
        low, high = (0, 0) if is_answer else SOON[one.role]
        at = now + timedelta(minutes=self._chance.randint(low, high))
        self.at(at, lambda: self._handle(one, shown))

    def _handle(self, one: Someone, seen: Shown) -> None:
        """Press one key of the message as it stands now; what comes then is seen again."""
        one.is_busy_with.discard(seen.message_id)
        shown = seen if self._chance.random() < STALE else one.phone.current(seen)
        if shown is None or one.phone.standing != "open":
            return
        keys = keys_of(shown)
        place = self._place(one, keys)
        if place is None or one.pressed[shown.message_id] >= self._patience(keys):
            one.pressed[shown.message_id] = 0
            return
        one.pressed[shown.message_id] += 1
        one.is_busy_with.add(shown.message_id)
        one.writes_next = True
        row, column, _ = keys[place]
        self.happened["taps"] += 1
        one.phone.touch_at(shown, row, column)
        if self._chance.random() < TWICE:
            one.phone.touch_at(shown, row, column)

    def _patience(self, keys: list[Placed]) -> int:
        return rolling.PATIENCE if rolling.is_open(keys) else PATIENCE

    def _place(self, one: Someone, keys: list[Placed]) -> int | None:
        """Which key: the roll is called as it is, all else as the habit goes."""
        if one.role == STAFF and rolling.is_open(keys):
            return rolling.next_key(keys, self._truth, one.called, self._cast.room_of(one.person))
        weights = [self._weight(one, press) for _, _, press in keys]
        habit = table(one.role, mood_of(None))
        return choose(self._chance, weights, habit[LEAVE])

    def _weight(self, one: Someone, press: Press) -> float:
        if isinstance(press, (RollPress, NamePress, SeenPress)) and one.role == GUARDIAN:
            return 0.0
        return weight(press, table(one.role, mood_of(self._why(one, press))))

    def _why(self, one: Someone, press: Press | None) -> Why | None:
        child = getattr(press, "student_id", 0)
        return self._truth.why(child) if child else self._truth.why_any(one.children)

    # What they do

    def _write(self, one: Someone) -> None:
        """A few words, or a photo."""
        if self._chance.random() < 0.4:
            self._send(one, lambda: one.phone.send_photo(A_PHOTO))
        else:
            self._say(one, self._chance.choice(sayings(one.role)))

    def _say(self, one: Someone, text: str) -> None:
        one.writes_next = True
        said = text or self._chance.choice(sayings(one.role))
        self._send(one, lambda: one.phone.say(said))

    def _send(self, one: Someone, send: Callable[[], object]) -> None:
        if one.phone.standing == "open":
            self.happened["messages"] += 1
            send()

    def block_some(self, share: float) -> None:
        """A few block the bot, and some of those who did open it again."""
        for one in self.people.values():
            if one.phone.standing == "open" and self._chance.random() < share:
                one.phone.block()
                self.happened["blocked"] += 1
            elif one.phone.standing == "blocked" and self._chance.random() < 0.1:
                one.phone.unblock()


#: What is done of their own accord; an empty text is something in their own words.
_COMMANDS = {
    "guardian.ask_leave": "/leave",
    "guardian.words": "",
    "leader.staff": "/staff",
    "teacher.tasks": "/tasks",
    "head.tasks": "/tasks",
    "section.tasks": "/tasks",
}
