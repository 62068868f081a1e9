"""The pairing chain: who answers above whom, level by level (rules.md 6, The chain).

A level may be held by more than one rung (a village school's own responsible person and the head
of its central school).  A level that has no rung at all is no part of this chain; a rung without
a person, or whose person cannot be reached, is a gap.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rules.model.people import Level

ABOVE = tuple(level for level in Level if level is not Level.OWNER)


@dataclass(frozen=True)
class Rung:
    """One place in the chain and who stands there today.

    `is_reachable` speaks of the person; `deputy_id` is given only for a deputy who acts today
    and can be reached.  `unit_id` is the school or township whose gap it is if nobody stands here.
    """

    level: Level
    person_id: int | None = None
    is_reachable: bool = False
    deputy_id: int | None = None
    unit_id: int | None = None

    @property
    def to_tell(self) -> tuple[int, ...]:
        """Both the person and the deputy, as far as they can be reached (rules.md 6, Away)."""
        person = (self.person_id,) if self.person_id and self.is_reachable else ()
        deputy = (self.deputy_id,) if self.deputy_id else ()
        return tuple(dict.fromkeys((*person, *deputy)))

    @property
    def is_manned(self) -> bool:
        """Whether somebody here can be told."""
        return bool(self.to_tell)

    def holds(self, person_id: int) -> bool:
        """Whether this person stands here, or stands in for who does."""
        return person_id in (self.person_id, self.deputy_id)


@dataclass(frozen=True)
class Gap:
    """A level of a unit that nobody holds, or whose holder cannot be reached."""

    level: Level
    unit_id: int | None

    @property
    def subject(self) -> str:
        """How the one gap task of this level and unit is known."""
        return f"gap:{self.level.name.lower()}:{self.unit_id or 0}"


@dataclass(frozen=True)
class Reach:
    """Where a climb arrives: the level, whom it tells there, and the gaps it passed.

    `level` is None when nobody is left; `persons` is empty when who stands at that level has
    been told at a lower one.
    """

    level: Level | None
    persons: tuple[int, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Chain:
    """The rungs from the owner upward, in order, and who mends a gap."""

    rungs: tuple[Rung, ...]
    admin_ids: tuple[int, ...] = ()
    section_ids: tuple[int, ...] = ()

    def at(self, level: Level) -> tuple[Rung, ...]:
        """The rungs of one level."""
        return tuple(rung for rung in self.rungs if rung.level is level)

    def person(self, level: Level) -> int | None:
        """The first person who stands at a level, reachable or not."""
        return next((rung.person_id for rung in self.at(level) if rung.person_id), None)

    def owned_by(self, owner: Rung) -> Chain:
        """The same chain above another owner."""
        above = tuple(rung for rung in self.rungs if rung.level is not Level.OWNER)
        return replace(self, rungs=(replace(owner, level=Level.OWNER), *above))

    def owner(self, owner_id: int) -> Rung:
        """The rung of a task's owner; an owner of whom the chain knows nothing is reachable."""
        found = [rung for rung in self.at(Level.OWNER) if rung.person_id == owner_id]
        return found[0] if found else Rung(Level.OWNER, owner_id, is_reachable=True)

    def above(self, owner_id: int) -> tuple[Rung, ...]:
        """The rungs that a task of this owner can climb to.

        Whoever holds a level answers to the levels above it alone: where the head owns the task,
        the paired leader is no superior.
        """
        places = [n for n, rung in enumerate(self.rungs) if rung.person_id == owner_id]
        later = self.rungs[places[-1] + 1 :] if places else self.rungs
        return tuple(rung for rung in later if rung.level is not Level.OWNER)

    def level_of(self, owner_id: int) -> Level:
        """The highest level that this person holds."""
        held = [rung.level for rung in self.rungs if rung.person_id == owner_id]
        return max(held, default=Level.OWNER)

    def reach(self, level: Level, owner_id: int) -> Reach:
        """Tell where a climb to `level` arrives today (rules.md 6, The chain).

        A level with nobody, or whose person is unbound or has blocked the bot, is skipped at
        once: the next level is told in its place.  A level that the owner holds, or stands above,
        is passed likewise, but is no gap.  One person at two levels counts once, at the lower;
        the levels above keep their time.
        """
        gaps: list[Gap] = []
        for higher in range(level, Level.BUREAU_LEADER + 1):
            rungs = [one for one in self.above(owner_id) if one.level == higher]
            gaps += [Gap(one.level, one.unit_id) for one in rungs if not one.is_manned]
            counted = [one for one in rungs if self._is_counted(one, owner_id)]
            persons = _persons((one for one in rungs if one not in counted), owner_id)
            if persons or counted:
                return Reach(Level(higher), persons, tuple(gaps))
        return Reach(None, (), tuple(gaps))

    def _is_counted(self, rung: Rung, owner_id: int) -> bool:
        """Whether the same person stands at a lower level too, and is told there."""
        lower = (one for one in self.above(owner_id) if one.level < rung.level)
        return rung.person_id is not None and any(
            one.person_id == rung.person_id and _persons((one,), owner_id) for one in lower
        )


def _persons(rungs: Iterable[Rung], owner_id: int) -> tuple[int, ...]:
    told = dict.fromkeys(person for rung in rungs for person in rung.to_tell)
    return tuple(person for person in told if person != owner_id)
