"""Who plays: picked from the invitations that the program itself hands out."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.story.checks import Checks
from bot.story.narrator import Narrator
from bot.story.people import Actor
from bot.story.texts import words
from papers.sample.children import Child
from papers.sample.county import SchoolClass
from playground.server import BotApi
from rules.classnames import ClassName

GUARDIAN = "guardian"


@dataclass(frozen=True)
class Invitation:
    """One code of `guixiao invite --json`, for one post or one guardian of one child."""

    person: int
    name: str
    role: str
    student: str | None
    school: str | None
    room: str | None
    code: str

    @classmethod
    def read(cls, entry: dict[str, Any]) -> Invitation:
        """One entry of the list."""
        plain = {name: entry[name] for name in ("person", "name", "role", "student", "school")}
        return cls(**plain, room=entry["class"], code=entry["code"])


@dataclass
class Cast:
    """The people by name; `invitations` says who could be invited."""

    api: BotApi
    narrator: Narrator
    checks: Checks
    invitations: Sequence[Invitation]
    actors: dict[int, Actor] = field(default_factory=dict)

    def actor(self, person: int, name: str, who: str) -> Actor:
        """The phone of this person; somebody with several posts has one phone."""
        if person not in self.actors:
            phone = self.api.person(name)
            self.actors[person] = Actor(who, name, phone, self.narrator, self.checks)
        return self.actors[person]

    def stranger(self, name: str, who: str) -> Actor:
        """A phone of somebody whom nobody invited."""
        return Actor(who, name, self.api.person(name), self.narrator, self.checks)

    def staff(self, part: str, name: str, place: SchoolClass | None = None) -> Actor:
        """The member of staff of this name; `part` names the word for what they are."""
        found = next(one for one in self.invitations if one.role != GUARDIAN and one.name == name)
        room = ClassName(place.grade, place.number).label if place else ""
        school = place.school.name if place else ""
        who = words(f"role.{part}", name=name, room=room, school=school)
        return self.actor(found.person, name, who)

    def member(self, invitation: Invitation) -> Actor:
        """Somebody of the staff, whatever they are."""
        return self.actor(invitation.person, invitation.name, invitation.name)

    def all_staff(self, names: Container[str]) -> list[Invitation]:
        """One invitation for everybody of the staff who is named."""
        once = {
            one.person: one
            for one in self.invitations
            if one.role != GUARDIAN and one.name in names
        }
        return list(once.values())

    def paper(self, child: Child, guardian: str) -> Invitation:
        """The strip of paper for this guardian of the child."""
        school = child.school_class.school.name
        return next(
            one
            for one in self.invitations
            if (one.school, one.student, one.name) == (school, child.name, guardian)
        )

    def guardian(self, invitation: Invitation, relation: str) -> Actor:
        """A guardian's phone; `relation` names the word for it."""
        who = words(f"relation.{relation}", name=invitation.name, child=invitation.student)
        return self.actor(invitation.person, invitation.name, who)
