"""A decision about one child while it is being made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from rules.child.facts import ChildFacts, Guardian
from rules.decision import Decision, Entry, Record, Withdrawal
from rules.messages.base import Message
from rules.messages.staff import DayCard, TaskCard
from rules.model.case import Case, Contact, Task
from rules.model.ladder import PENDING, Closing, Paper, PaperKind, Referral
from rules.model.people import Level
from rules.tasks import finish, open_task, void

R = TypeVar("R")


class Draft:
    """Collects what one rule after the other adds; `facts` is the child as it will be."""

    def __init__(self, facts: ChildFacts, now: datetime, by: int | None = None) -> None:
        """`by` is the person whose act this is, None for time itself."""
        self.facts = facts
        self.now = now
        self.by = by
        self._last_id = 0
        self._records: dict[tuple[type, int], Record] = {}
        self._messages: list[Message] = []
        self._entries: list[Entry] = []
        self._withdrawals: list[Withdrawal] = []

    def new_id(self) -> int:
        """A placeholder for a record that is yet to be stored."""
        self._last_id -= 1
        return self._last_id

    def put(self, record: R) -> R:
        """Store a record (the last state of each counts)."""
        if record.id == 0:  # type: ignore[attr-defined]
            record = replace(record, id=self.new_id())  # type: ignore[type-var]
        self._records[type(record), record.id] = record  # type: ignore[attr-defined]
        return record

    def case(self, **changes: object) -> Case:
        """Change the running case."""
        case = replace(self._running(), **changes)  # type: ignore[arg-type]
        self.facts = replace(self.facts, case=case)
        return self.put(case)

    def _running(self) -> Case:
        if self.facts.case is None:
            raise ValueError("no case to change")
        return self.facts.case

    @property
    def case_id(self) -> int | None:
        """The running case, if there is one."""
        return self.facts.case.id if self.facts.case else None

    @property
    def child_id(self) -> int:
        """Whom this is about."""
        return self.facts.student.id

    def say(self, *messages: Message) -> None:
        """Tell people."""
        self._messages += messages

    def said_to(self, kind: type[Message]) -> frozenset[int]:
        """Who is told this by what has been decided so far."""
        return frozenset(one.to for one in self._messages if isinstance(one, kind))

    def note(
        self,
        kind: str,
        public: Mapping[str, object] | None = None,
        personal: Mapping[str, object] | None = None,
    ) -> None:
        """Add a line to the journal: of the case, if there is one, else of the child."""
        case_id = self.case_id
        subject = f"case:{case_id}" if case_id else f"child:{self.child_id}"
        facts = {"child": self.child_id, **(public or {})}
        self._entries.append(Entry(kind, subject, self.by, facts, personal))

    def withdraw(self, key_prefix: str, cause: str) -> None:
        """Take back what still waits."""
        self._withdrawals.append(Withdrawal(key_prefix, cause))

    def open(
        self, kind: str, owner_id: int | None, subject: str | None = None, **more: object
    ) -> Task | None:
        """Open a task about the child unless one of its kind and subject is open; return it.

        Without an owner it goes to the first person of the chain; None when there is nobody at
        all (the set-up check and the gap task speak of that).
        """
        owner = owner_id or self.facts.duties.first
        subject = subject or f"child:{self.child_id}"
        known = [t for t in self.facts.tasks if (t.kind, t.subject) == (kind, subject)]
        if owner is None or known:
            return known[0] if known else None
        task = open_task(
            kind,
            subject,
            owner,
            id=self.new_id(),
            policy=self.facts.policy,
            calendar=self.facts.calendar,
            now=self.now,
            student_id=self.child_id,
            case_id=self.case_id,
            school_id=self.facts.student.school_id,
            class_id=self.facts.student.class_id,
            **more,  # type: ignore[arg-type]
        )
        return self.keep(task)

    def keep_contact(self, contact: Contact) -> Contact:
        """Store a line of the contact log."""
        contact = self.put(contact)
        self._ladder(contacts=(*self.facts.ladder.contacts, contact))
        return contact

    def keep_paper(self, paper: Paper) -> Paper:
        """Store a paper of the case."""
        paper = self.put(paper)
        known = self.facts.ladder.papers
        self._ladder(papers=(*(one for one in known if one.id != paper.id), paper))
        return paper

    def keep_referral(self, referral: Referral) -> Referral:
        """Store what one township has to do with the case."""
        referral = self.put(referral)
        known = self.facts.ladder.referrals
        self._ladder(referrals=(*(one for one in known if one.id != referral.id), referral))
        return referral

    def keep_closing(self, closing: Closing) -> Closing:
        """Store a closing; one that waits for nobody is not in the facts any more."""
        closing = self.put(closing)
        self._ladder(closing=closing if closing.state in PENDING else None)
        return closing

    def next_number(self, unit_id: int, kind: PaperKind) -> int:
        """The number after the last one that this unit gave to a paper of this kind this year."""
        key = (unit_id, kind)
        number = self.facts.ladder.last_numbers.get(key, 0) + 1
        self._ladder(last_numbers={**self.facts.ladder.last_numbers, key: number})
        return number

    def _ladder(self, **changes: object) -> None:
        ladder = replace(self.facts.ladder, **changes)  # type: ignore[arg-type]
        self.facts = replace(self.facts, ladder=ladder)

    def keep(self, task: Task) -> Task:
        """Store a task."""
        self.facts = self.facts.with_task(task)
        return self.put(task)

    def card_for(
        self,
        task: Task | None,
        message: type[Message] = TaskCard,
        to: int | None = None,
        round: str = "",
    ) -> None:
        """Send the card on which the decision's keys stand: to the owner, or `to` somebody else
        whom it concerns; a deputy of today gets it as well (rules.md 6, Away)."""
        if task is None:
            return
        absent = to or task.owner_id
        deputy = self.facts.duties.deputies.get(absent)
        self.say(
            *(
                message(
                    to=person,
                    item=task.id,
                    round=round,
                    student_id=self.child_id,
                    case_id=self.case_id,
                )
                for person in (absent, deputy)
                if person is not None
            )
        )

    def done(self, kind: str, outcome: str, subject: str | None = None) -> None:
        """Finish the open task of a kind, if there is one."""
        self._end(
            kind,
            subject,
            lambda task: finish(task, self.by, self.now, outcome, self._acting_for(task)),
        )

    def _acting_for(self, task: Task) -> int | None:
        """Whose task it is, where a deputy does it (rules.md 6, Away)."""
        is_deputy = (
            self.by is not None and self.facts.duties.deputies.get(task.owner_id) == self.by
        )
        return task.owner_id if is_deputy else None

    def needless(self, kind: str, why: str, subject: str | None = None) -> None:
        """The facts took away the need for the task."""
        self._end(kind, subject, lambda task: void(task, self.now, why))

    def _end(self, kind: str, subject: str | None, end: object) -> None:
        for task in self.facts.tasks:
            if task.kind == kind and subject in (None, task.subject):
                decision: Decision = end(task)  # type: ignore[operator]
                for record in decision.records:
                    self.keep(record)
                self._messages += decision.messages
                self._entries += decision.entries
                self._withdrawals += decision.withdrawals

    def families(self) -> tuple[Guardian, ...]:
        """The guardians who may be written to, carer first, one for each chat."""
        by_chat: dict[int, Guardian] = {}
        for guardian in sorted(
            self.facts.guardians, key=lambda one: (not one.link.is_carer, one.link.position)
        ):
            if guardian.may_be_written_to and guardian.person.chat_id is not None:
                by_chat.setdefault(guardian.person.chat_id, guardian)
        return tuple(by_chat.values())

    def refresh_card(self, roll_call_id: int | None) -> None:
        """The class teacher's living card shows the present state."""
        teacher = self.facts.duties.class_teacher_id
        if teacher is not None and roll_call_id is not None:
            stamp = f"{self.now.timestamp():.6f}:{self.child_id}"
            self.say(DayCard(to=teacher, item=roll_call_id, round=stamp))

    def level_person(self, level: Level) -> int | None:
        """Who stands at a level above the owner."""
        return self.facts.duties.above[level - 1]

    def decision(self) -> Decision:
        """Everything together."""
        return Decision(
            tuple(self._records.values()),
            tuple(self._messages),
            tuple(self._entries),
            tuple(self._withdrawals),
        )
