"""The persistent keyboard and the commands of a chat, by the roles and the language on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from handlers.context import Context, content_of
from handlers.dispatch import InputHandler
from rules.model.people import GuardianState, Role
from storage import outgoing
from storage.actors import Actor, actor_of
from templates.words import label, phrase

Rows = tuple[tuple[str, ...], ...]

LEADERS = (Role.LEADER, Role.HEAD)
TEACHERS = (Role.CLASS_TEACHER, Role.TEACHER)

#: Label names, a row each.
GUARDIAN_KEYS: Rows = (("my_child", "ask_leave"), ("reach_teacher",))
CLASS_TEACHER_KEYS: Rows = (("roll_call", "my_tasks"), ("my_class", "my_children"))
TEACHER_KEYS: Rows = (("my_tasks", "my_children"),)
LEADER_KEYS: Rows = (("my_approvals", "school_today"), ("weekly", "more"))
SECTION_KEYS: Rows = (("to_receive", "reports_in"), ("ledgers", "more"))
EDUCATION_KEYS: Rows = (("reports_in", "ledgers"),)
CLERK_KEYS: Rows = (("weekly", "my_tasks"),)
BUREAU_KEYS: Rows = (("my_approvals",),)
TOWNSHIP_KEYS: Rows = (("my_cases",),)

EVERYBODY = ("help", "language", "privacy", "cancel")
GUARDIAN_COMMANDS = ("children", "leave", "teacher", "contact", "mydata", "stop")
CLASS_TEACHER_COMMANDS = ("rollcall", "tasks", "myclass", "paired", "away")
TEACHER_COMMANDS = ("tasks", "paired", "away")
LEADER_COMMANDS = ("approvals", "today", "reports", "package", "staff", "ledger", "away", "more")
SECTION_COMMANDS = ("received", "tasks", "reports", "package", "ledger", "away", "more")
EDUCATION_COMMANDS = ("tasks", "reports", "package", "ledger", "away")
BUREAU_COMMANDS = ("approvals", "tasks", "reports", "away")
TOWNSHIP_COMMANDS = ("cases", "tasks", "away")
OFFICE_COMMANDS = ("tasks",)
CLERK_COMMANDS = ("tasks", "reports", "package")


@dataclass(frozen=True)
class Roles:
    """What the people on a chat are, as far as words and keys depend on it."""

    is_guardian: bool
    is_class_teacher: bool
    is_teacher: bool
    is_leader: bool
    is_section: bool
    is_education: bool
    is_clerk: bool
    is_bureau_leader: bool
    is_township: bool
    is_staff: bool


def roles_of(actor: Actor) -> Roles:
    """The roles on a chat; a guardian whom no teacher has confirmed yet counts as one."""
    return Roles(
        is_guardian=actor.is_guardian,
        is_class_teacher=actor.has_role(Role.CLASS_TEACHER),
        is_teacher=actor.has_role(*TEACHERS),
        is_leader=actor.has_role(*LEADERS),
        is_section=actor.has_role(Role.SECTION),
        is_education=actor.has_role(Role.EDUCATION_SECTION),
        is_clerk=actor.has_role(Role.REPORT_CLERK),
        is_bureau_leader=actor.has_role(Role.BUREAU_LEADER),
        is_township=actor.has_role(Role.TOWNSHIP),
        is_staff=actor.is_staff,
    )


def waits_for_teacher(actor: Actor) -> bool:
    """Whether somebody here is known only by what they said: no teacher has confirmed them."""
    states = {one.state for one in actor.guardianships.values()}
    return GuardianState.CLAIMED in states and GuardianState.BOUND not in states


def keyboard_of(actor: Actor) -> Rows:
    """The rows of the persistent keyboard, in the language of the chat; none: no keyboard."""
    roles = roles_of(actor)
    rows = CLASS_TEACHER_KEYS if roles.is_class_teacher else ()
    if roles.is_teacher and not roles.is_class_teacher:
        rows = TEACHER_KEYS
    rows += LEADER_KEYS if roles.is_leader else ()
    rows += SECTION_KEYS if roles.is_section else ()
    rows += EDUCATION_KEYS if roles.is_education and not roles.is_section else ()
    rows += CLERK_KEYS if roles.is_clerk and not roles.is_leader else ()
    rows += BUREAU_KEYS if roles.is_bureau_leader and not roles.is_leader else ()
    rows += TOWNSHIP_KEYS if roles.is_township else ()
    rows += GUARDIAN_KEYS if roles.is_guardian else ()
    return tuple(tuple(label(actor.language, name) for name in row) for row in dict.fromkeys(rows))


def commands_of(actor: Actor) -> tuple[tuple[str, str], ...]:
    """The commands of this chat with their descriptions, in the language of the chat."""
    roles = roles_of(actor)
    names: tuple[str, ...] = CLASS_TEACHER_COMMANDS if roles.is_class_teacher else ()
    if roles.is_teacher and not roles.is_class_teacher:
        names = TEACHER_COMMANDS
    names += LEADER_COMMANDS if roles.is_leader else ()
    names += SECTION_COMMANDS if roles.is_section else ()
    names += EDUCATION_COMMANDS if roles.is_education else ()
    names += CLERK_COMMANDS if roles.is_clerk else ()
    names += BUREAU_COMMANDS if roles.is_bureau_leader else ()
    names += TOWNSHIP_COMMANDS if roles.is_township else ()
    names += GUARDIAN_COMMANDS if roles.is_guardian else ()
    names = names or (OFFICE_COMMANDS if roles.is_staff else ("start",))
    every = [name for name in dict.fromkeys((*names, *EVERYBODY)) if name in handled()]
    return tuple((name, phrase(actor.language, f"commands.{name}")) for name in every)


@cache
def handled() -> frozenset[str]:
    """The commands that some handler acts on."""
    from handlers.all import HANDLERS  # it imports this module

    known = [one.commands for one in HANDLERS if isinstance(one, InputHandler)]
    return frozenset().union(*known)


async def say_with_menu(context: Context, kind: str, view: object) -> None:
    """A new message to the speaker, under which the keyboard and commands are set anew."""
    screen = replace(context.rendered(kind, view), menu=keyboard_of(context.actor))
    content: dict[str, Any] = content_of(screen)
    content["language"] = context.language
    people = context.actor.person_ids
    await outgoing.answer(
        context.work,
        f"menu:{context.arrived.update_id}:{kind}",
        context.chat_id,
        content,
        person_id=people[0] if people else None,
    )
    commands = commands_of(context.actor)
    key = f"commands:{context.arrived.update_id}:{kind}"
    await outgoing.register(context.work, key, context.chat_id, commands)


async def look_again(context: Context) -> None:
    """Who speaks from this chat has changed within this update."""
    context.actor = await actor_of(context.work, context.chat_id, context.today, context.language)
