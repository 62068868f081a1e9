"""Whatever anybody taps, in whatever order, the ladder holds (rules.md 4, 5 and 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rules.child import closings, joint, notices, reports, townships
from rules.child.contacts import log_contact
from rules.child.draft import Draft
from rules.child.returns import sign_return
from rules.child.rollcall import see_child
from rules.child.settle import settle
from rules.model.case import STAGES, Case, CaseState, Stage, Task
from rules.model.ladder import (
    Closing,
    ClosingReason,
    ClosingState,
    Paper,
    Referral,
    ReferralState,
    Service,
    ServiceWay,
)
from rules.model.school import EnrolmentStatus, StatusChange
from rules.refusals import Refusal
from tests.support.build import (
    BUREAU_LEADER,
    CHILD,
    HEAD,
    LEADER,
    OTHER_TOWNSHIP,
    SECTION,
    TEACHER,
    TOWNSHIP_CONTACT,
    at,
)
from tests.support.ladder import FIRST, LADDER, Act, Followed, a_contact

RESULTS = st.sampled_from([None, "will_come", "refuses", "again"])
MEANS = st.sampled_from(["phone", "visit", "message"])
HOURS = st.integers(1, 60)
DAYS = st.integers(2, 6)
#: In verify, persuade, notice, report, and twice in joint.
BEGINNINGS = (
    FIRST,
    date(2026, 9, 17),
    date(2026, 9, 22),
    date(2026, 9, 28),
    date(2026, 10, 9),
    date(2026, 10, 14),
)
#: How a status may move (rules.md 4); every other move needs a closing.
BY_PROGRAM = {
    (EnrolmentStatus.ENROLLED, EnrolmentStatus.SUSPECTED),
    (EnrolmentStatus.SUSPECTED, EnrolmentStatus.DROPOUT),
    (EnrolmentStatus.SUSPECTED, EnrolmentStatus.ENROLLED),
    (EnrolmentStatus.DROPOUT, EnrolmentStatus.ENROLLED),
}


def pass_time(child: Followed, hours: int) -> None:
    """So many hours, within the term."""
    local = child.facts.calendar.local(child.now + timedelta(hours=hours))
    if local.date() < date(2026, 12, 20):
        child.to(local.date(), f"{local:%H:%M}")
        event(child.facts.case.stage if child.facts.case else "no case")


class Ladder(RuleBasedStateMachine):
    """One absent child; teacher, head, section, bureau leader and township tap what they like."""

    child: Followed

    @initialize(two_townships=st.booleans(), since=st.sampled_from(BEGINNINGS))
    def begin(self, two_townships: bool, since: date) -> None:
        """From the first day on, or after everybody was silent until a later stage."""
        residence = OTHER_TOWNSHIP if two_townships else None
        self.child = Followed(replace(LADDER, residence_id=residence))
        self.child.to(since, "10:00")
        self.closed: Case | None = None
        self.served: list[date] = []

    def tap(self, act: Act, by: int) -> None:
        """A tap that the rules refuse changes nothing."""
        before = self.child.facts
        try:
            self.child.act(act, by)
        except Refusal:
            assert self.child.facts is before
            return
        self.child.act(settle, None)

    def on(self, kind: str, act: Any, by: int) -> None:
        """A tap on the card of an open task."""
        task = self.child.facts.task(kind)
        if task is not None:
            self.tap(lambda draft: act(draft, task), by)

    @property
    def is_open(self) -> bool:
        case = self.child.facts.case
        return case is not None and case.state is CaseState.OPEN

    def referral(self, *states: ReferralState) -> Referral | None:
        found = [one for one in self.child.facts.ladder.referrals if one.state in states]
        return found[0] if found else None

    def of_township(self, kind: str, referral: Referral) -> Task | None:
        subject = f"referral:{referral.id}"
        return next(
            (t for t in self.child.facts.tasks if (t.kind, t.subject) == (kind, subject)), None
        )

    # What people do.

    @rule(hours=HOURS)
    def wait(self, hours: int) -> None:
        pass_time(self.child, hours)

    @rule(days=DAYS)
    def wait_for_days(self, days: int) -> None:
        pass_time(self.child, 24 * days)

    @precondition(lambda self: self.is_open)
    @rule(means=MEANS, result=RESULTS, by=st.sampled_from([TEACHER, LEADER, TOWNSHIP_CONTACT]))
    def contact(self, means: str, result: str | None, by: int) -> None:
        line = a_contact(means, result, by=by, at=self.child.now)
        self.tap(lambda draft: log_contact(draft, line), by)

    @precondition(lambda self: self.is_open)
    @rule(by=st.sampled_from([TEACHER, HEAD]))
    def ask_for_notice(self, by: int) -> None:
        self.tap(lambda draft: notices.ask_for_notice(draft, "不来"), by)

    @precondition(lambda self: self.is_open)
    @rule()
    def ask_for_report(self) -> None:
        self.tap(lambda draft: reports.ask_for_report(draft, "找不到人"), TEACHER)

    @precondition(lambda self: self.is_open)
    @rule()
    def submit(self) -> None:
        if self.child.stage is Stage.NOTICE:
            self.tap(lambda draft: notices.submit(draft, "补充"), TEACHER)

    @precondition(lambda self: self.is_open)
    @rule(by=st.sampled_from([TEACHER, HEAD, SECTION]), is_good=st.booleans())
    def decide_notice(self, by: int, is_good: bool) -> None:
        if is_good:
            self.on("notice_approval", notices.approve, by)
        else:
            self.on("notice_approval", lambda d, t: notices.send_back(d, t, "再改"), by)

    @precondition(lambda self: self.is_open and self.child.stage is Stage.NOTICE)
    @rule(way=st.sampled_from(list(ServiceWay)), witnesses=st.sampled_from([None, "甲、乙"]))
    def serve(self, way: ServiceWay, witnesses: str | None) -> None:
        self.tap(lambda draft: notices.keep_stamped(draft, 80, "a" * 64), TEACHER)
        today, now = self.child.facts.today, self.child.now
        service = Service(0, 0, 0, CHILD, way, today, TEACHER, now, 81, witnesses=witnesses)
        self.tap(lambda draft: notices.serve(draft, service), TEACHER)

    @precondition(lambda self: self.is_open)
    @rule(is_good=st.booleans())
    def sign(self, is_good: bool) -> None:
        if is_good:
            self.on("report_signature", reports.sign, HEAD)
        else:
            self.on("report_signature", lambda d, t: reports.send_back(d, t, "再改"), HEAD)

    @precondition(lambda self: self.is_open)
    @rule(is_good=st.booleans())
    def acknowledge(self, is_good: bool) -> None:
        if is_good:
            self.on("report_acknowledgement", reports.acknowledge, SECTION)
        else:
            self.on(
                "report_acknowledgement", lambda d, t: reports.ask_for_more(d, t, "补"), SECTION
            )

    @precondition(lambda self: self.is_open)
    @rule(is_good=st.booleans())
    def issue(self, is_good: bool) -> None:
        if is_good:
            self.on("joint_issue", joint.issue, BUREAU_LEADER)
        else:
            self.on("joint_issue", lambda d, t: joint.send_back(d, t, "补"), BUREAU_LEADER)
            self.tap(lambda draft: joint.resubmit(draft, "已补"), SECTION)

    @precondition(lambda self: self.is_open)
    @rule()
    def deliver(self) -> None:
        referral = self.referral(ReferralState.WAITING, ReferralState.SENT)
        task = self.of_township("township_delivery", referral) if referral else None
        if referral is not None and task is not None:
            self.tap(lambda draft: joint.deliver(draft, task, referral, 70, "b" * 64), SECTION)

    @precondition(lambda self: self.is_open)
    @rule(accepts=st.booleans())
    def answer_of_township(self, accepts: bool) -> None:
        referral = self.referral(ReferralState.SENT)
        task = self.of_township("township_acceptance", referral) if referral else None
        if referral is None or task is None:
            return
        if accepts:
            self.tap(lambda d: townships.accept(d, task, referral, "赵乡长"), TOWNSHIP_CONTACT)
        else:
            self.tap(lambda d: townships.decline(d, task, referral, "不住本乡"), TOWNSHIP_CONTACT)

    @precondition(lambda self: self.is_open)
    @rule(insists=st.booleans())
    def settle_dispute(self, insists: bool) -> None:
        referral = self.referral(ReferralState.DECLINED)
        task = self.of_township("township_dispute", referral) if referral else None
        if referral is None or task is None:
            return
        if insists:
            self.tap(lambda d: townships.insist(d, task, referral, "学校在贵乡"), SECTION)
        else:
            self.tap(lambda d: joint.reroute(d, referral, OTHER_TOWNSHIP), SECTION)

    @precondition(lambda self: self.is_open)
    @rule(reason=st.sampled_from(list(ClosingReason)), by=st.sampled_from([TEACHER, HEAD]))
    def ask_to_close(self, reason: ClosingReason, by: int) -> None:
        closing = Closing(
            id=0,
            case_id=0,
            student_id=CHILD,
            reason=reason,
            state=ClosingState.AT_HEAD,
            asked_by=by,
            asked_at=self.child.now,
            proof_file_id=60,
            until_on=date(2027, 6, 30) if reason is ClosingReason.SUSPENSION else None,
        )
        self.tap(lambda draft: closings.ask_to_close(draft, closing), by)

    @precondition(lambda self: self.is_open)
    @rule(by=st.sampled_from([TEACHER, HEAD, SECTION]), is_good=st.integers(0, 3))
    def decide_closing(self, by: int, is_good: int) -> None:
        task = self.child.facts.task("closing_approval")
        if task is None:
            return
        case = self.child.case
        if is_good == 0:
            self.tap(lambda draft: closings.grant(draft, task), by)
        else:
            self.tap(lambda draft: closings.refuse(draft, task, "不够"), by)
        if self.child.facts.case is None:
            self.closed = case

    @precondition(lambda self: self.is_open)
    @rule(signs=st.booleans())
    def come_back(self, signs: bool) -> None:
        self.tap(see_child, TEACHER)
        if signs and self.is_open:
            self.tap(sign_return, LEADER)

    # What holds.

    @invariant()
    def every_open_case_has_an_owner_a_time_and_a_next_step(self) -> None:
        if not self.is_open:
            return
        case, facts = self.child.case, self.child.facts
        assert case.review_at is not None
        assert case.review_at > self.child.now
        assert all(task.owner_id and task.next_at is not None for task in facts.tasks)
        is_missing = case.seen_on is None and facts.episode(self.child.now) is not None
        if is_missing and case.stage is not Stage.VERIFY:
            assert facts.tasks, case.stage
        if case.stage in (Stage.NOTICE, Stage.REPORT):
            assert case.stage_ends_at is not None

    @invariant()
    def statuses_move_only_as_the_rules_say(self) -> None:
        for decision in self.child.decisions:
            closes = [one for one in decision.records if isinstance(one, Closing)]
            for change in decision.records:
                if isinstance(change, StatusChange):
                    is_closing = any(one.state is ClosingState.GRANTED for one in closes)
                    assert is_closing or (change.old, change.new) in BY_PROGRAM

    @invariant()
    def every_closing_has_its_proof_and_its_second_person(self) -> None:
        stage = Stage.VERIFY
        for decision in self.child.decisions:
            for one in decision.records:
                if isinstance(one, Case) and one.state is CaseState.OPEN:
                    stage = one.stage
                if isinstance(one, Closing) and one.state is ClosingState.GRANTED:
                    assert one.proof_file_id
                    signers = {one.head_by, one.section_by} - {None}
                    assert signers
                    assert one.asked_by not in signers
                    if STAGES.index(stage) >= STAGES.index(Stage.REPORT):
                        assert one.section_by is not None

    @invariant()
    def numbers_have_no_gap_and_are_never_used_twice(self) -> None:
        given: dict[tuple[int, str], dict[int, int]] = {}
        for decision in self.child.decisions:
            for one in decision.records:
                if isinstance(one, Paper) and one.number is not None:
                    series = given.setdefault((one.unit_id, one.kind.value), {})
                    assert series.setdefault(one.number, abs(one.id) % 5000) == abs(one.id) % 5000
        for series in given.values():
            assert sorted(series) == list(range(1, len(series) + 1))

    @invariant()
    def an_ended_case_leaves_nothing_to_do_about_the_absence(self) -> None:
        if self.child.facts.case is None and self.closed is not None:
            kinds = {task.kind for task in self.child.facts.tasks}
            assert kinds <= {"register_correction", "suspension_end", "contact_repair"} | _OTHERS


#: What goes on for its own sake after the case: checks of leave and of groups.
_OTHERS = {"watch", "poverty_support", "mental_health", "work_referral"}

TestLadder = Ladder.TestCase
TestLadder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


class School(RuleBasedStateMachine):
    """Only the school taps; nobody claims to have seen the child."""

    child: Followed

    @initialize()
    def begin(self) -> None:
        self.child = Followed()
        self.child.to(FIRST, "10:00")

    def tap(self, act: Act, by: int) -> None:
        try:
            self.child.act(act, by)
        except Refusal:
            return
        self.child.act(settle, None)

    @rule(hours=HOURS)
    def wait(self, hours: int) -> None:
        pass_time(self.child, hours)

    @rule(days=DAYS)
    def wait_for_days(self, days: int) -> None:
        pass_time(self.child, 24 * days)

    @rule(means=MEANS, result=RESULTS)
    def contact(self, means: str, result: str | None) -> None:
        line = a_contact(means, result, at=self.child.now)
        self.tap(lambda draft: log_contact(draft, line), TEACHER)

    @rule(what=st.sampled_from(["ask", "submit", "approve", "back", "serve"]))
    def notice(self, what: str) -> None:
        task = self.child.facts.task("notice_approval")
        if what == "ask":
            self.tap(lambda draft: notices.ask_for_notice(draft, "不来"), TEACHER)
        elif what == "submit" and self.child.stage is Stage.NOTICE:
            self.tap(lambda draft: notices.submit(draft, ""), TEACHER)
        elif what == "approve" and task:
            self.tap(lambda draft: notices.approve(draft, task), HEAD)
        elif what == "back" and task:
            self.tap(lambda draft: notices.send_back(draft, task, "再改"), HEAD)
        elif what == "serve" and self.child.stage is Stage.NOTICE:
            today, now = self.child.facts.today, self.child.now
            way = ServiceWay.POSTED
            service = Service(0, 0, 0, CHILD, way, today, TEACHER, now, 81)
            self.tap(lambda draft: notices.keep_stamped(draft, 80, "a" * 64), TEACHER)
            self.tap(lambda draft: notices.serve(draft, service), TEACHER)

    @rule(is_good=st.booleans())
    def sign(self, is_good: bool) -> None:
        task = self.child.facts.task("report_signature")
        if task is not None and is_good:
            self.tap(lambda draft: reports.sign(draft, task), HEAD)
        elif task is not None:
            self.tap(lambda draft: reports.send_back(draft, task, "再改"), HEAD)

    @rule()
    def ask_to_close(self) -> None:
        closing = Closing(
            0,
            0,
            CHILD,
            ClosingReason.ABROAD,
            ClosingState.AT_HEAD,
            TEACHER,
            self.child.now,
            60,
        )
        self.tap(lambda draft: closings.ask_to_close(draft, closing), TEACHER)

    @invariant()
    def the_section_has_it_when_all_deadlines_are_over(self) -> None:
        """3 school days after the suspicion, 5 for the notice, 7 days and a day off to answer it,
        1 for the signature: the report is before the section, or the case is beyond it."""
        on = self.child.facts.student.suspected_on
        calendar = self.child.facts.calendar
        if on is None:
            return
        limit = calendar.add_school_days(at(on, "09:00"), 8)
        limit = calendar.day_ends(calendar.period_ends(calendar.local_date(limit), 7))
        if self.child.now > calendar.add_school_days(limit, 1):
            is_there = self.child.facts.task("report_acknowledgement") is not None
            assert is_there or self.child.stage is Stage.JOINT


TestSchool = School.TestCase
TestSchool.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_the_machine_reaches_every_stage() -> None:
    """The random histories are worth something only if the ladder can be climbed in them."""
    child = Followed()
    child.to(date(2026, 10, 20), "10:00")
    assert child.stage is Stage.JOINT

    def accept(draft: Draft) -> None:
        referral = child.facts.ladder.referrals[0]
        townships.accept(draft, child.task("township_acceptance"), referral, "赵乡长")

    child.act(accept, TOWNSHIP_CONTACT)
    assert child.task("joint_contact").owner_id == TOWNSHIP_CONTACT
