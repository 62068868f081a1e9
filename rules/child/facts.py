"""One child as the record stands: the aggregate on which all rules about a child decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from rules.attendance import Day, DayFact, Episode, LeaveLimits, read_days, read_episode
from rules.calendar import SchoolCalendar
from rules.model.attendance import Leave, Mark, Question
from rules.model.case import STAGES, Case, CaseState, Contact, Safety, Stage, Task, TaskState
from rules.model.ladder import OVER, Closing, Paper, PaperKind, PaperState, Referral
from rules.model.people import ContactFlag, Guardianship, GuardianState, Person
from rules.model.school import SchoolClass, Student
from rules.policy import Policy


@dataclass(frozen=True)
class Guardian:
    """One guardian of the child, with the person behind it."""

    link: Guardianship
    person: Person

    @property
    def may_be_written_to(self) -> bool:
        """Whether an ordinary text may go to this chat: bound, reachable, flag normal."""
        return self.is_bound and self.link.flag is ContactFlag.NORMAL

    @property
    def is_bound(self) -> bool:
        """Whether the chat is confirmed and can be reached."""
        return self.link.state is GuardianState.BOUND and self.person.is_reachable


@dataclass(frozen=True)
class Duties:
    """Who answers for the child today, level by level; None where nobody does."""

    class_teacher_id: int | None = None
    paired_teacher_id: int | None = None
    leader_id: int | None = None
    head_id: int | None = None
    section_id: int | None = None
    bureau_leader_id: int | None = None
    register_clerk_id: int | None = None
    deputies: Mapping[int, int] = field(default_factory=dict)  # who stands in for whom today
    unreachable: frozenset[int] = frozenset()  # whom no message can reach

    @property
    def first(self) -> int | None:
        """The first person of the chain that exists: nobody's task is never nobody's."""
        known = (self.class_teacher_id, self.paired_teacher_id, *self.above)
        return next((person for person in known if person is not None), None)

    @property
    def above(self) -> tuple[int | None, ...]:
        """Leader, head, section, bureau leader."""
        return (self.leader_id, self.head_id, self.section_id, self.bureau_leader_id)


@dataclass(frozen=True)
class Ladder:
    """What the running case has on paper in its present round, and where its papers go.

    `last_numbers` holds the last number used this year, by unit and kind of paper;
    `township_contacts` who acts for a township today.
    """

    papers: tuple[Paper, ...] = ()
    referrals: tuple[Referral, ...] = ()
    contacts: tuple[Contact, ...] = ()
    closing: Closing | None = None
    last_numbers: Mapping[tuple[int, PaperKind], int] = field(default_factory=dict)
    bureau_unit_id: int | None = None
    township_id: int | None = None  # of the school
    residence_id: int | None = None  # where the child lives, if that is another one
    township_contacts: Mapping[int, int] = field(default_factory=dict)

    def paper(self, kind: PaperKind) -> Paper | None:
        """The newest paper of a kind that is not void."""
        found = [one for one in self.papers if one.kind is kind]
        found = [one for one in found if one.state is not PaperState.VOID]
        return max(found, key=lambda one: (one.prepared_at, abs(one.id)), default=None)

    @property
    def running_referrals(self) -> tuple[Referral, ...]:
        """The townships that have something to do with the case."""
        return tuple(one for one in self.referrals if one.state not in OVER)


@dataclass(frozen=True)
class ChildFacts:
    """The child now.  `days` are school days in order, up to and including today."""

    student: Student
    school_class: SchoolClass
    today: date
    policy: Policy  # of the running case, else the county's present one
    county_policy: Policy
    calendar: SchoolCalendar
    duties: Duties
    days: tuple[DayFact, ...] = ()
    leaves: tuple[Leave, ...] = ()
    case: Case | None = None
    question: Question | None = None  # today's
    tasks: tuple[Task, ...] = ()  # open ones about the child
    guardians: tuple[Guardian, ...] = ()
    safety: Safety | None = None
    chains_this_week: int = 0
    told_status: tuple[int, ...] = ()  # who was told of the present status
    ladder: Ladder = Ladder()
    is_held_back: bool = False  # today's roll call waits for a leader: the family is not told yet

    def task(self, kind: str) -> Task | None:
        """The open task of a kind, if there is one."""
        return next((task for task in self.tasks if task.kind == kind), None)

    @property
    def responsible_id(self) -> int | None:
        """Who persuades: whom a superior named, else the paired teacher, else the next known."""
        named = self.case.responsible_id if self.case else None
        return named or self.duties.paired_teacher_id or self.duties.first

    @property
    def is_persuaded(self) -> bool:
        """Whether the running case has reached `persuade`, from where a return needs two signs."""
        return (
            self.case is not None
            and self.case.state is not CaseState.CLOSED
            and STAGES.index(self.case.stage) >= STAGES.index(Stage.PERSUADE)
        )

    @property
    def limits(self) -> LeaveLimits:
        """How far leave reaches (rules.md 2)."""
        leave = self.policy.leave
        return LeaveLimits(
            leave.proof_over_school_days,
            leave.leader_over_school_days,
            leave.section_over_school_days,
        )

    def read(self, now: datetime) -> tuple[Day, ...]:
        """What each school day was."""
        return read_days(self.days, self.leaves, self.limits, now)

    def episode(self, now: datetime) -> Episode | None:
        """The absence episode that is running."""
        unsigned: frozenset[date] = frozenset()
        since = None
        if self.case is not None and self.case.state is CaseState.OPEN:
            since = self.case.first_absent_on
            if self.is_persuaded:
                signed = self.case.signed_on
                seen = {fact.on for fact in self.days if fact.on >= since}
                unsigned = frozenset(on for on in seen if on != signed)
        return read_episode(self.read(now), since, unsigned)

    def with_mark(self, mark: Mark) -> ChildFacts:
        """The same child with one more mark (the newest of its day holds).

        A school day before the first run is known by its mark from now on.
        """
        known = {fact.on: fact for fact in self.days}
        if mark.on in known or self.calendar.is_school_day(mark.on):
            due_at = self.calendar.at_local(mark.on, self.policy.roll_call.due_at)
            known[mark.on] = DayFact(mark.on, due_at, is_taken=True, mark=mark)
        return replace(self, days=tuple(known[on] for on in sorted(known)))

    def mark_on(self, on: date) -> Mark | None:
        """The morning mark of a day."""
        return next((fact.mark for fact in self.days if fact.on == on), None)

    def with_leave(self, leave: Leave) -> ChildFacts:
        """The same child with a leave added or changed."""
        others = tuple(one for one in self.leaves if one.id != leave.id)
        return replace(self, leaves=(*others, leave))

    def with_task(self, task: Task) -> ChildFacts:
        """The same child with a task added, changed or ended."""
        others = tuple(one for one in self.tasks if one.id != task.id)
        is_open = task.state is TaskState.OPEN
        return replace(self, tasks=(*others, task) if is_open else others)
