"""Away: a deputy for some days, who sees and does what is theirs (rules.md 6).

A person names a colleague of the same role in the same unit, or the next level chooses anybody of
the unit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime

from rules.decision import Decision, Entry
from rules.messages.away import DeputyNamed
from rules.model.people import Deputy, Post, Role
from rules.refusals import BadInput, NotAllowed, NotNow


def may_stand_in(absent: Iterable[Post], other: Iterable[Post]) -> bool:
    """Tell whether somebody holds the same role in the same unit as the absent person."""
    held = {(post.role, post.unit_id) for post in absent}
    return any((post.role, post.unit_id) in held for post in other)


_TEACHING = (Role.CLASS_TEACHER, Role.TEACHER, Role.REGISTER_CLERK, Role.REPORT_CLERK)
OFFICE = (Role.SECTION, Role.EDUCATION_SECTION)
#: Who is arranged for by whom: the next level, in a school also the head for the teachers.
BELOW: dict[Role, tuple[Role, ...]] = {
    Role.LEADER: _TEACHING,
    Role.HEAD: (*_TEACHING, Role.LEADER),
    Role.SECTION: (Role.HEAD,),
    Role.BUREAU_LEADER: OFFICE,
}


def may_arrange(mine: Iterable[Post], theirs: Iterable[Post], schools: Collection[int]) -> bool:
    """Tell whether somebody with these posts is the next level of somebody with those.

    `schools` are those that the first answers for; offices of the bureau are all beneath its
    leaders.
    """
    below = {role for post in mine for role in BELOW.get(post.role, ())}
    return any(
        post.role in below and (post.role in OFFICE or post.unit_id in schools) for post in theirs
    )


def name_deputy(wanted: Deputy, running: Iterable[Deputy], today: date, now: datetime) -> Decision:
    """Write down who stands in from one day to another; both are told.

    A person has one deputy at a time: an earlier line that overlaps ends here.  Whoever is away
    cannot stand in for somebody else on the same days.
    """
    if wanted.person_id == wanted.deputy_id:
        raise NotAllowed
    if not today <= wanted.from_on <= wanted.to_on:
        raise BadInput("away_dates")
    lines = [one for one in running if one.ended_at is None and _overlap(one, wanted)]
    if any(one.person_id == wanted.deputy_id for one in lines):
        raise NotNow("refusals.deputy_is_away")
    ended = tuple(replace(one, ended_at=now) for one in lines if one.person_id == wanted.person_id)
    told = tuple(
        DeputyNamed(to=person, item=wanted.id, round="named")
        for person in (wanted.person_id, wanted.deputy_id)
        if person != wanted.named_by
    )
    days = {"from": wanted.from_on.isoformat(), "to": wanted.to_on.isoformat()}
    people = {"person": wanted.person_id, "deputy": wanted.deputy_id}
    subject = f"person:{wanted.person_id}"
    entry = Entry("deputy_named", subject, wanted.named_by, {**people, **days})
    return Decision((*ended, wanted), told, (entry,))


def _overlap(one: Deputy, other: Deputy) -> bool:
    return one.from_on <= other.to_on and other.from_on <= one.to_on


def end_deputy(line: Deputy, by: int, now: datetime) -> Decision:
    """Back earlier than planned: the deputy acts no more; whoever did not end it is told."""
    if line.ended_at is not None:
        raise NotNow
    ended = replace(line, ended_at=now)
    told = tuple(
        DeputyNamed(to=person, item=line.id, round="ended")
        for person in (line.person_id, line.deputy_id)
        if person != by
    )
    entry = Entry("deputy_ended", f"person:{line.person_id}", by, {"deputy": line.deputy_id})
    return Decision((ended,), told, (entry,))
