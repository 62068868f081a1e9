"""One-time codes: whom they are for, and their writing (data.md, Binding)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from rules.decision import Entry
from rules.model.people import GuardianState, Invite, Role
from rules.model.school import EnrolmentStatus
from rules.policy import Policy
from storage.lookups import code_hash
from storage.tables.people import guardianships, invites, people, posts
from storage.tables.school import classes, students, units
from storage.work import Reading, Work

GUARDIAN = "guardian"
#: The roles that programs see, in the order in which one is named for somebody with several.
ROLES: dict[str, tuple[Role, ...]] = {
    "admin": (Role.ADMIN,),
    "bureau_leader": (Role.BUREAU_LEADER,),
    "section": (Role.SECTION, Role.EDUCATION_SECTION),
    "inspector": (Role.INSPECTOR,),
    "township": (Role.TOWNSHIP,),
    "leader": (Role.HEAD, Role.LEADER),
    "teacher": (Role.CLASS_TEACHER, Role.TEACHER),
    "clerk": (Role.REGISTER_CLERK, Role.REPORT_CLERK),
}
BYTES = 16  # 128 bits, 22 characters
_ASKED = (GuardianState.UNBOUND, GuardianState.CLAIMED, GuardianState.BOUND)
_GONE = (EnrolmentStatus.LEFT.value, EnrolmentStatus.TRANSFERRED.value)


@dataclass(frozen=True)
class Wanted:
    """Whom to invite: ids of school and class, and a role of `ROLES` or guardian."""

    school_id: int | None = None
    class_id: int | None = None
    role: str | None = None
    unbound: bool = False


@dataclass(frozen=True)
class Guest:
    """One person to invite; for guardians, to one child."""

    person_id: int
    name: str
    role: str
    guardianship_id: int | None = None
    student: str | None = None
    school: str | None = None
    class_key: tuple[int, int] | None = None


async def guests(read: Reading, wanted: Wanted) -> list[Guest]:
    """Guardians by school and class, then staff."""
    found: list[Guest] = []
    if wanted.role in (None, GUARDIAN):
        found += await _guardians(read, wanted)
    if wanted.role != GUARDIAN:
        found += await _staff(read, wanted)
    return found


async def issue(work: Work, invited: Sequence[Guest], policy: Policy) -> list[str]:
    """A new code for each; earlier ones stay valid."""
    valid = timedelta(days=policy.binding.code_valid_days)
    codes = [secrets.token_urlsafe(BYTES) for _ in invited]
    await work.insert_many(
        invites,
        [
            Invite(
                id=0,
                code_hash=code_hash(work.vault, code),
                person_id=guest.person_id,
                guardianship_id=guest.guardianship_id,
                issued_at=work.now,
                expires_at=work.now + valid,
            )
            for guest, code in zip(invited, codes, strict=True)
        ],
    )
    if invited:
        work.journal(Entry("invited", "invites", public={"codes": len(codes)}))
    return codes


async def _guardians(read: Reading, wanted: Wanted) -> list[Guest]:
    query = (
        select(
            people.c.id,
            people.c.name,
            guardianships.c.id,
            students.c.name,
            units.c.name,
            classes.c.grade,
            classes.c.number,
        )
        .select_from(guardianships)
        .join(people, people.c.id == guardianships.c.person_id)
        .join(students, students.c.id == guardianships.c.student_id)
        .join(classes, classes.c.id == students.c.class_id)
        .join(units, units.c.id == students.c.school_id)
        .where(*_guardian_conditions(wanted))
        .order_by(units.c.id, classes.c.grade, classes.c.number, students.c.id)
        .order_by(guardianships.c.position, guardianships.c.id)
    )
    return [
        Guest(row[0], row[1], GUARDIAN, row[2], row[3], row[4], (row[5], row[6]))
        for row in (await read.execute(query)).rows
    ]


def _guardian_conditions(wanted: Wanted) -> list[Any]:
    asked = [GuardianState.UNBOUND] if wanted.unbound else _ASKED
    conditions: list[Any] = [
        people.c.left_on.is_(None),
        students.c.status.not_in(_GONE),
        guardianships.c.state.in_([one.value for one in asked]),
        or_(guardianships.c.is_guardian, guardianships.c.is_carer),
    ]
    if wanted.school_id is not None:
        conditions.append(students.c.school_id == wanted.school_id)
    if wanted.class_id is not None:
        conditions.append(students.c.class_id == wanted.class_id)
    return conditions


async def _staff(read: Reading, wanted: Wanted) -> list[Guest]:
    roles = ROLES[wanted.role] if wanted.role else tuple(Role)
    conditions: list[Any] = [
        people.c.left_on.is_(None),
        posts.c.to_on.is_(None),
        posts.c.role.in_([one.value for one in roles]),
    ]
    if wanted.unbound:
        conditions.append(people.c.chat_id.is_(None))
    if wanted.school_id is not None:
        conditions.append(posts.c.unit_id == wanted.school_id)
    if wanted.class_id is not None:
        conditions.append(posts.c.class_id == wanted.class_id)
    query = (
        select(people.c.id, people.c.name, posts.c.role)
        .join(posts, posts.c.person_id == people.c.id)
        .where(and_(*conditions))
        .order_by(people.c.id)
    )
    held: dict[tuple[int, str], set[Role]] = {}
    for person_id, name, role in (await read.execute(query)).rows:
        held.setdefault((person_id, name), set()).add(Role(role))
    return [Guest(*person, plain_role(found)) for person, found in held.items()]


def plain_role(held: set[Role]) -> str:
    """The one role that somebody with these posts is named by."""
    return next(name for name, roles in ROLES.items() if held & set(roles))
