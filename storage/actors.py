"""Who speaks from a chat: the persons on it, their posts, children, and whom they stand in for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import bindparam, select

from rules.model.people import Deputy, Guardianship, GuardianState, Person, Post, Role
from rules.refusals import Stranger
from storage.asking import Lookup
from storage.by_key import LINKS
from storage.held import acts_on, holds_on
from storage.prepared import Prepared
from storage.tables.people import deputies, people, posts
from storage.work import Reading

_LINKED = (GuardianState.BOUND, GuardianState.CLAIMED)
_ON_CHAT = Lookup(select(people).where(people.c.left_on.is_(None)), people.c.chat_id, Person)
_HELD = Lookup(
    select(posts).where(holds_on(posts, bindparam("on"))).order_by(posts.c.id),
    posts.c.person_id,
    Post,
)
_ON = select(people.c.id).where(people.c.chat_id == bindparam("chat"))
_EVERYBODY_ON, _BLOCKED_ON = Prepared(_ON), Prepared(_ON.where(people.c.blocked_at.is_not(None)))
_STANDS_IN = Lookup(select(deputies).where(acts_on(bindparam("on"))), deputies.c.deputy_id, Deputy)


@dataclass(frozen=True)
class Actor:
    """Everybody on one chat, taken as one: a chat may carry several persons.

    `acts_for` holds the persons for whom one of them is deputy today.  Someone unknown is an
    actor without persons.
    """

    chat_id: int
    persons: tuple[Person, ...] = ()
    posts: tuple[Post, ...] = ()
    guardianships: Mapping[int, Guardianship] = field(default_factory=dict)
    acts_for: frozenset[int] = frozenset()
    language: str = "zh"

    @property
    def person_ids(self) -> tuple[int, ...]:
        """The persons on this chat, the speaker first."""
        return tuple(person.id for person in self.persons)

    @property
    def is_stranger(self) -> bool:
        """Whether nobody known speaks from this chat."""
        return not self.persons

    @property
    def is_staff(self) -> bool:
        """Whether one of them holds a post today."""
        return bool(self.posts)

    @property
    def is_guardian(self) -> bool:
        """Whether one of them answers for a child by this chat."""
        return any(one.state in _LINKED for one in self.guardianships.values())

    @property
    def primary_id(self) -> int:
        """The person taken as the speaker; Stranger when there is none."""
        if not self.persons:
            raise Stranger
        return self.persons[0].id

    def has_role(self, *roles: Role, unit_id: int | None = None) -> bool:
        """Whether one of them holds one of these posts today (in that unit)."""
        return any(post.role in roles and unit_id in (None, post.unit_id) for post in self.posts)

    def is_one_of(self, person_id: int | None) -> bool:
        """Whether this person is on the chat, or is stood in for by somebody on it."""
        return person_id in self.person_ids or person_id in self.acts_for

    def speaks_for(self, student_id: int) -> int:
        """The person who speaks where it is about this child: its guardian, or the first."""
        mine = self.guardianships.get(student_id)
        return mine.person_id if mine else self.primary_id


async def actor_of(read: Reading, chat_id: int, today: date, language: str = "zh") -> Actor:
    """The actor behind a chat; `language` is for somebody unknown."""
    found = await _persons_on(read, chat_id)
    if not found:
        return Actor(chat_id, language=language)
    ids = [person.id for person in found]
    held = await _posts_of(read, ids, today)
    staff = {post.person_id for post in held}
    found.sort(key=lambda person: (person.id not in staff, person.id))
    return Actor(
        chat_id=chat_id,
        persons=tuple(found),
        posts=tuple(held),
        guardianships=await _children_of(read, ids),
        acts_for=await _stood_in_for(read, ids, today),
        language=found[0].language,
    )


async def actor_as(read: Reading, person_id: int, today: date) -> Actor:
    """One person alone, with or without a chat, as what they hold today lets them see; Stranger
    when there is no such person, or not any more."""
    query = select(people).where(people.c.id == person_id, people.c.left_on.is_(None))
    person = await read.one(query, Person)
    if person is None:
        raise Stranger
    return Actor(
        chat_id=person.chat_id or 0,
        persons=(person,),
        posts=tuple(await _posts_of(read, [person_id], today)),
        guardianships=await _children_of(read, [person_id]),
        acts_for=await _stood_in_for(read, [person_id], today),
        language=person.language,
    )


async def people_on(read: Reading, chat_id: int) -> list[int]:
    """Everybody whose chat this is, or was when they left."""
    return await read.values(_EVERYBODY_ON, chat=chat_id)


async def blocked_on(read: Reading, chat_id: int) -> list[int]:
    """Those of them who count as not to be reached."""
    return await read.values(_BLOCKED_ON, chat=chat_id)


async def _persons_on(read: Reading, chat_id: int) -> list[Person]:
    return list(await read.found(_ON_CHAT, chat_id))


async def _posts_of(read: Reading, person_ids: list[int], today: date) -> list[Post]:
    found = [post for one in person_ids for post in await read.found(_HELD, one, on=today)]
    return sorted(found, key=lambda post: post.id)


async def _children_of(read: Reading, person_ids: list[int]) -> dict[int, Guardianship]:
    """One guardianship per child: a linked one before others, then the family's own order."""
    found = [link for one in person_ids for link in await read.found(LINKS, one)]
    found.sort(key=lambda one: (one.state not in _LINKED, one.position, one.id), reverse=True)
    return {one.student_id: one for one in found}


async def _stood_in_for(read: Reading, person_ids: list[int], today: date) -> frozenset[int]:
    found = [line for one in person_ids for line in await read.found(_STANDS_IN, one, on=today)]
    return frozenset(line.person_id for line in found)
