"""When each guardian was last reached: a question to what is on record anyway (plan 二(二)1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from rules.child.asking import ContactChange
from rules.model.attendance import Answer
from rules.model.case import Task, TaskState
from rules.model.people import Guardianship
from rules.reach import Proof, ProofKind
from storage.chunks import among
from storage.tables.attendance import leaves, replies
from storage.tables.cases import contacts, tasks
from storage.tables.drills import drills
from storage.tables.people import consents
from storage.work import Reading

REPAIR = "contact_repair"
Proofs = dict[int, Proof]


async def proofs_of(
    read: Reading, links: Sequence[Guardianship], upto: datetime
) -> dict[int, Proof]:
    """The last proof of reach of each guardianship before `upto`; none where there is none.

    What a person did holds for all their children.  The contact log says that somebody of the
    family was reached, and not who: it holds for every guardian of the child.
    """
    child_ids = {one.student_id for one in links}
    people = await _of_people(read, {one.person_id for one in links}, upto)
    await _written(read, child_ids, upto, people)
    children = await _of_children(read, child_ids, upto)
    found: dict[int, Proof] = {}
    for link in links:
        known = [people.get(link.person_id), children.get(link.student_id)]
        if last := max((one for one in known if one is not None), default=None):
            found[link.id] = last
    return found


def of_families(links: Iterable[Guardianship], proofs: Mapping[int, Proof]) -> dict[int, Proof]:
    """The newest proof of anybody, by child."""
    found: Proofs = {}
    for link in links:
        if proof := proofs.get(link.id):
            _keep(found, link.student_id, proof)
    return found


async def unanswered(
    read: Reading, persons: Collection[int], upto: datetime
) -> dict[int, datetime]:
    """When the question of the term that is still unanswered went to each of these people."""
    found: dict[int, datetime] = {}
    for these in among(drills.c.person_id, persons):
        query = select(drills.c.person_id, drills.c.sent_at, drills.c.answered_at).where(
            these, drills.c.sent_at < upto
        )
        for person, sent_at, answered_at in (
            await read.execute(query.order_by(drills.c.sent_at, drills.c.id))
        ).rows:
            if answered_at is None or answered_at >= upto:
                found.setdefault(person, sent_at)
            else:
                found.pop(person, None)
    return found


async def open_repairs(read: Reading, children: Collection[int], upto: datetime) -> list[Task]:
    """The repairs of contacts that were open at that moment."""
    found: list[Task] = []
    for these in among(tasks.c.student_id, children):
        query = select(tasks).where(these, tasks.c.kind == REPAIR, tasks.c.opened_at < upto)
        found += [
            one
            for one in await read.all(query.order_by(tasks.c.id), Task)
            if one.done_at is None or one.done_at >= upto
        ]
    return found


async def _of_people(read: Reading, persons: Collection[int], upto: datetime) -> Proofs:
    """What a person can only have done on their own phone."""
    replied = (replies.c.at < upto, replies.c.kind != Answer.WRONG_PERSON.value)
    agreed = (consents.c.at < upto, consents.c.agreed, consents.c.way == "chat")
    found: Proofs = {}
    for kind, whose, at, conditions in (
        (ProofKind.REPLY, replies.c.person_id, replies.c.at, replied),
        (ProofKind.BOUND, consents.c.person_id, consents.c.at, agreed),
        (
            ProofKind.ASKED,
            drills.c.person_id,
            drills.c.answered_at,
            (drills.c.answered_at < upto,),
        ),
    ):
        for these in among(whose, persons):
            query = select(whose, func.max(at)).where(these, *conditions).group_by(whose)
            for person, newest in (await read.execute(query)).rows:
                _keep(found, person, Proof(newest, kind))
    return found


async def _written(
    read: Reading, children: Collection[int], upto: datetime, found: Proofs
) -> None:
    """Leave that a guardian filed, and changes of theirs that the class teacher confirmed."""
    for these in among(leaves.c.student_id, children):
        filed = (these, leaves.c.way == "chat", leaves.c.asked_at < upto)
        asked = select(leaves.c.asked_by, leaves.c.asked_at).where(*filed)
        for person, at in (await read.execute(asked)).rows:
            if person is not None:
                _keep(found, person, Proof(at, ProofKind.LEAVE))
    for these in among(tasks.c.student_id, children):
        done = select(tasks).where(
            these,
            tasks.c.kind == REPAIR,
            tasks.c.state == TaskState.DONE.value,
            tasks.c.done_at < upto,
        )
        for task in await read.all(done, Task):
            change = ContactChange.read(task.note)
            if change and task.done_at and task.outcome == "confirmed":
                _keep(found, change.person_id, Proof(task.done_at, ProofKind.CONFIRMED))


async def _of_children(read: Reading, children: Collection[int], upto: datetime) -> Proofs:
    """The contact log."""
    found: Proofs = {}
    for these in among(contacts.c.student_id, children):
        query = select(contacts.c.student_id, contacts.c.at, contacts.c.means).where(
            these, contacts.c.reached, contacts.c.at < upto
        )
        for child, at, means in (await read.execute(query)).rows:
            _keep(found, child, Proof(at, ProofKind(means)))
    return found


def _keep(found: Proofs, whose: int, proof: Proof) -> None:
    found[whose] = max(proof, found[whose]) if whose in found else proof
