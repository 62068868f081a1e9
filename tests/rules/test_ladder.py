"""Notice, report and joint persuasion, step by step and by silence (rules.md 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.child import joint, notices, reports, townships
from rules.child.contacts import log_contact
from rules.child.draft import Draft
from rules.child.returns import sign_return
from rules.child.rollcall import see_child
from rules.child.settle import settle
from rules.child.supervision import supervise
from rules.messages.ladder import JointEnded, PaperCard, PaperFile, TownshipCard
from rules.model.case import CaseState, Contact, Stage
from rules.model.ladder import PaperKind, PaperState, ReferralState, Service, ServiceWay
from rules.refusals import BadInput, NotNow, OwnPaper
from tests.support.build import (
    BUREAU,
    BUREAU_LEADER,
    CHILD,
    HEAD,
    OTHER_CONTACT,
    OTHER_TOWNSHIP,
    SECTION,
    TEACHER,
    TOWNSHIP,
    TOWNSHIP_CONTACT,
    at,
    receivers,
)
from tests.support.ladder import LADDER, SUSPECTED, Followed, a_contact

WEDNESDAY = date(2026, 9, 23)


def a_service(way: ServiceWay = ServiceWay.SIGNED, **changes: object) -> Service:
    service = Service(
        id=0,
        paper_id=0,
        case_id=0,
        student_id=CHILD,
        way=way,
        on=SUSPECTED,
        by=TEACHER,
        at=at(SUSPECTED, "15:00"),
        proof_file_id=90,
    )
    return replace(service, **changes)  # type: ignore[arg-type]


def stage_of(child: Followed) -> Stage:
    return child.stage


def serve(child: Followed, service: Service) -> None:
    child.act(lambda draft: notices.serve(draft, service))


def log(child: Followed, contact: Contact) -> None:
    child.act(lambda draft: log_contact(draft, contact))


@pytest.fixture
def child() -> Followed:
    """Suspected this morning; the family refuses, and the teacher has been at their home."""
    followed = Followed()
    followed.to(SUSPECTED, "10:00")
    visit = a_contact("visit", "refuses", at=followed.now)
    followed.act(lambda draft: log_contact(draft, visit))
    return followed


def with_notice(child: Followed) -> Followed:
    child.act(lambda draft: notices.ask_for_notice(draft, "家长说明年再读"))
    return child


def with_approved_notice(child: Followed) -> Followed:
    task = with_notice(child).task("notice_approval")
    child.act(lambda draft: notices.approve(draft, task), HEAD)
    return child


def with_served_notice(child: Followed) -> Followed:
    with_approved_notice(child)
    child.act(lambda draft: notices.keep_stamped(draft, 80, "a" * 64))
    child.act(lambda draft: notices.serve(draft, a_service()))
    return child


def with_report(child: Followed) -> Followed:
    with_served_notice(child)
    child.to(SUSPECTED, "18:00")
    refusal = a_contact("phone", "refuses", at=child.now)
    child.act(lambda draft: log_contact(draft, refusal))
    return child


def with_joint(child: Followed) -> Followed:
    sign = with_report(child).task("report_signature")
    child.act(lambda draft: reports.sign(draft, sign), HEAD)
    task = child.task("report_acknowledgement")
    child.act(lambda draft: reports.acknowledge(draft, task), SECTION)
    return child


def with_township(child: Followed) -> Followed:
    issue = with_joint(child).task("joint_issue")
    child.act(lambda draft: joint.issue(draft, issue), BUREAU_LEADER)
    _deliver(child)
    return child


def _deliver(child: Followed) -> None:
    task = child.task("township_delivery")
    referral = child.facts.ladder.running_referrals[-1]
    child.act(lambda draft: joint.deliver(draft, task, referral, 70, "b" * 64), SECTION)


class TestTheNotice:
    def test_it_is_asked_for_only_when_persuasion_was_tried(self) -> None:
        child = Followed()
        child.to(SUSPECTED, "10:00")
        assert child.act(notices.missing_for_notice) == ("no_contact", "no_visit")
        missed = a_contact(at=child.now)
        child.act(lambda draft: log_contact(draft, missed))
        assert child.act(notices.missing_for_notice) == ("no_visit",)
        with pytest.raises(NotNow):
            with_notice(child)
        visit = a_contact("visit", at=child.now)
        child.act(lambda draft: log_contact(draft, visit))
        assert child.act(notices.missing_for_notice) == ()

    def test_it_goes_to_the_head_and_not_to_who_prepared_it(self, child: Followed) -> None:
        with_notice(child)
        assert stage_of(child) is Stage.NOTICE
        assert child.task("notice_approval").owner_id == HEAD
        assert receivers(child.decisions[-1], PaperCard) == [TEACHER, HEAD]
        task = child.task("notice_approval")
        with pytest.raises(OwnPaper):
            child.act(lambda draft: notices.approve(draft, task), TEACHER)

    def test_a_head_who_prepares_it_is_not_the_one_who_signs(self, child: Followed) -> None:
        child.act(lambda draft: notices.ask_for_notice(draft, ""), HEAD)
        assert child.task("notice_approval").owner_id == SECTION

    def test_it_has_its_number_with_the_approval(self, child: Followed) -> None:
        child.facts = replace(
            child.facts,
            ladder=replace(child.facts.ladder, last_numbers={(10, PaperKind.NOTICE): 4}),
        )
        with_approved_notice(child)
        paper = child.paper("notice")
        assert (paper.year, paper.number, paper.approved_by) == (2026, 5, HEAD)
        assert child.task("notice_service").owner_id == TEACHER

    def test_nobody_approves_what_has_not_been_written_yet(self, child: Followed) -> None:
        with_notice(child)
        task, paper = child.task("notice_approval"), child.paper("notice")
        unwritten = replace(child.facts.ladder, papers=(replace(paper, content=None),))
        draft = Draft(replace(child.facts, ladder=unwritten), child.now, HEAD)
        with pytest.raises(NotNow):
            notices.approve(draft, task)

    def test_sent_back_it_returns_to_the_teacher_and_is_due_again(self, child: Followed) -> None:
        with_notice(child)
        for times in (1, 2):
            child.on("notice_approval", notices.send_back, "写清楚日期", by=HEAD)
            assert child.paper("notice").returns == times
            assert receivers(child.decisions[-1], PaperCard) == [TEACHER]
            assert child.task("notice_approval").due_at == at(date(2026, 9, 18), "10:00")
            child.act(lambda draft: notices.submit(draft, "已改"))
        assert child.paper("notice").state is PaperState.SUBMITTED
        told = [m for d in child.decisions for m in d.messages if m.kind == "note"]
        assert [one.to for one in told if one.more["line"] == "returned_twice"] == [SECTION]

    def test_it_is_served_only_when_stamped_and_with_two_witnesses_of_a_refusal(
        self, child: Followed
    ) -> None:
        with_approved_notice(child)
        with pytest.raises(NotNow):
            child.act(lambda draft: notices.serve(draft, a_service()))
        child.act(lambda draft: notices.keep_stamped(draft, 80, "a" * 64))
        for witnesses in (None, "王强", "王强、王强"):
            refused = a_service(ServiceWay.REFUSED, witnesses=witnesses)
            with pytest.raises(BadInput):
                serve(child, refused)
        refused = a_service(ServiceWay.REFUSED, witnesses="王强、李梅")
        child.act(lambda draft: notices.serve(draft, refused))
        assert child.case.served_on == SUSPECTED

    def test_its_deadline_is_a_legal_period_that_ends_with_its_day(self, child: Followed) -> None:
        with_served_notice(child)
        assert child.case.notice_until == date(2026, 9, 24)
        child.to(date(2026, 9, 24), "23:59")
        assert stage_of(child) is Stage.NOTICE
        child.to(date(2026, 9, 25), "00:01")
        assert stage_of(child) is Stage.REPORT

    def test_a_refusal_after_service_leads_to_the_report_at_once(self, child: Followed) -> None:
        assert with_report(child).stage is Stage.REPORT
        assert child.paper("report").state is PaperState.SUBMITTED

    def test_the_number_of_a_voided_case_is_never_given_again(self, child: Followed) -> None:
        with_approved_notice(child)
        child.act(_comes_back)
        assert child.case.state is CaseState.WATCH
        assert child.paper("notice").number == 1
        assert child.facts.ladder.last_numbers == {(10, PaperKind.NOTICE): 1}


def _comes_back(draft: Draft) -> None:
    see_child(draft)
    sign_return(draft)
    settle(draft)


class TestSilence:
    def test_every_stage_goes_on_by_itself_and_names_who_was_silent(self) -> None:
        child = Followed()
        child.to(SUSPECTED, "09:00")
        seen: list[tuple[Stage, int, str]] = []
        for day in range(18, 31):
            for clock in ("08:58", "09:02"):
                child.to(date(2026, 9, day), clock)
                if not seen or seen[-1][0] is not child.stage:
                    seen.append((child.stage, day, clock))
        assert seen == [
            (Stage.PERSUADE, 18, "08:58"),
            (Stage.NOTICE, 21, "09:02"),
            (Stage.REPORT, 28, "09:02"),
        ]
        child.to(date(2026, 10, 9), "08:58")
        assert stage_of(child) is Stage.REPORT
        child.to(date(2026, 10, 9), "09:02")
        assert stage_of(child) is Stage.JOINT
        silent = [e.public for d in child.decisions for e in d.entries if e.kind == "went_on"]
        assert [(one["mark"], one["silent"]) for one in silent] == [
            ("notice_unprepared", TEACHER),
            ("school_unsigned", HEAD),
            ("section_unacknowledged", SECTION),
        ]

    def test_an_unsigned_report_goes_up_and_an_unacknowledged_one_goes_on(
        self, child: Followed
    ) -> None:
        with_report(child)
        child.to(date(2026, 9, 18), "17:59")
        assert child.facts.task("report_acknowledgement") is None
        child.to(date(2026, 9, 18), "18:01")
        assert child.task("report_acknowledgement").owner_id == SECTION
        assert list(child.case.marks) == ["school_unsigned"]
        child.to(date(2026, 9, 22), "17:59")
        assert stage_of(child) is Stage.REPORT
        child.to(date(2026, 9, 22), "18:01")
        assert stage_of(child) is Stage.JOINT
        assert list(child.case.marks) == ["school_unsigned", "section_unacknowledged"]

    def test_a_late_signature_is_still_a_signature(self, child: Followed) -> None:
        with_report(child)
        child.to(date(2026, 9, 20), "18:01")
        sign = child.task("report_signature")
        child.act(lambda draft: reports.sign(draft, sign), HEAD)
        assert child.paper("report").number == 1
        assert child.facts.task("report_signature") is None
        assert len([t for t in child.facts.tasks if t.kind == "report_acknowledgement"]) == 1

    def test_two_working_days_later_the_township_hears_whoever_is_silent(
        self, child: Followed
    ) -> None:
        with_joint(child)
        opened = child.now
        assert opened == at(SUSPECTED, "18:00")
        child.to(date(2026, 9, 20), "18:01")
        assert "bureau_unissued" in child.case.marks
        assert child.task("township_acceptance").owner_id == TOWNSHIP_CONTACT
        assert child.task("joint_issue").owner_id == BUREAU_LEADER


class TestTheReport:
    def test_who_cannot_be_reached_is_reported_and_nobody_is_served(self) -> None:
        child = Followed()
        child.to(SUSPECTED, "10:00")
        for means in ("phone", "phone"):
            log(child, a_contact(means, at=child.now))
        missing = child.act(reports.missing_for_report)
        assert missing == ("failures", "failed_visit")
        visit = a_contact("visit", at=child.now)
        child.act(lambda draft: log_contact(draft, visit))
        child.act(lambda draft: reports.ask_for_report(draft, "邻居说全家外出"))
        assert stage_of(child) is Stage.REPORT
        assert child.facts.ladder.paper(PaperKind.NOTICE) is None

    def test_a_family_that_was_reached_is_served_and_not_reported(self, child: Followed) -> None:
        assert "was_reached" in child.act(reports.missing_for_report)

    def test_sent_back_by_the_section_it_comes_up_again_and_the_leader_sees_the_second_time(
        self, child: Followed
    ) -> None:
        sign = with_report(child).task("report_signature")
        child.act(lambda draft: reports.sign(draft, sign), HEAD)
        for _ in range(2):
            child.on("report_acknowledgement", reports.ask_for_more, "缺家访", by=SECTION)
            child.act(lambda draft: reports.resubmit(draft, "已补"))
            child.on("report_signature", reports.sign, by=HEAD)
        assert child.paper("report").number == 1
        told = [m for d in child.decisions for m in d.messages if m.kind == "note"]
        twice = [one.to for one in told if one.more["line"] == "returned_twice"]
        assert twice == [BUREAU_LEADER]

    def test_sent_back_and_forgotten_it_goes_up_again_as_it_is(self, child: Followed) -> None:
        sign = with_report(child).task("report_signature")
        child.act(lambda draft: reports.sign(draft, sign), HEAD)
        task = child.task("report_acknowledgement")
        child.act(lambda draft: reports.ask_for_more(draft, task, "缺家访"), SECTION)
        child.to(date(2026, 9, 18), "18:01")
        assert child.task("report_acknowledgement").owner_id == SECTION
        assert "school_unsigned" in child.case.marks


class TestJointPersuasion:
    def test_issued_sent_accepted_and_logged(self, child: Followed) -> None:
        with_township(child)
        numbers = {one.kind: one.number for one in child.facts.ladder.papers}
        assert {PaperKind.TOWNSHIP, PaperKind.COUNTY, PaperKind.HANDOVER} <= set(numbers)
        task, referral = child.task("township_acceptance"), child.facts.ladder.referrals[0]
        with pytest.raises(BadInput):
            child.act(lambda draft: townships.accept(draft, task, referral, " "), TOWNSHIP_CONTACT)
        child.act(
            lambda draft: townships.accept(draft, task, referral, "赵乡长"), TOWNSHIP_CONTACT
        )
        rhythm = child.task("joint_contact")
        assert rhythm.owner_id == TOWNSHIP_CONTACT
        assert rhythm.due_at == at(date(2026, 9, 23), "18:00")
        child.act(settle, None)
        assert child.facts.task("contact") is None

        child.to(date(2026, 9, 22), "10:00")
        visit = a_contact("visit", "again", by=TOWNSHIP_CONTACT, at=child.now)
        child.act(lambda draft: log_contact(draft, visit), TOWNSHIP_CONTACT)
        assert child.task("joint_contact").due_at == at(date(2026, 9, 29), "10:00")

    def test_declined_it_is_back_at_the_section_and_the_clock_starts_anew(
        self, child: Followed
    ) -> None:
        with_township(child)
        task, referral = child.task("township_acceptance"), child.facts.ladder.referrals[0]
        child.act(lambda draft: townships.decline(draft, task, referral, "户口在外县"))
        dispute = child.task("township_dispute")
        assert dispute.owner_id == SECTION
        child.to(date(2026, 9, 21), "10:00")
        referral = child.facts.ladder.referrals[0]
        child.act(lambda draft: townships.insist(draft, dispute, referral, "学校在贵乡"), SECTION)
        assert child.task("township_acceptance").due_at == at(WEDNESDAY, "10:00")

    def test_another_township_gets_papers_of_its_own(self, child: Followed) -> None:
        with_township(child)
        task, referral = child.task("township_acceptance"), child.facts.ladder.referrals[0]
        child.act(lambda draft: townships.decline(draft, task, referral, "不住本乡"))
        referral = child.facts.ladder.referrals[0]
        child.act(lambda draft: joint.reroute(draft, referral, OTHER_TOWNSHIP), SECTION)
        assert [one.state for one in child.facts.ladder.referrals] == [
            ReferralState.WITHDRAWN,
            ReferralState.WAITING,
        ]
        assert child.facts.task("township_dispute") is None
        issue = child.task("joint_issue")
        child.act(lambda draft: joint.issue(draft, issue), BUREAU_LEADER)
        _deliver(child)
        assert child.task("township_acceptance").owner_id == OTHER_CONTACT

    def test_school_and_residence_differ_so_two_townships_act(self) -> None:
        child = Followed(replace(LADDER, residence_id=OTHER_TOWNSHIP))
        child.to(SUSPECTED, "10:00")
        visit = a_contact("visit", "refuses", at=child.now)
        child.act(lambda draft: log_contact(draft, visit))
        with_joint(child)
        places = [(one.township_id, one.is_residence) for one in child.facts.ladder.referrals]
        assert places == [(TOWNSHIP, False), (OTHER_TOWNSHIP, True)]
        child.to(date(2026, 9, 20), "18:01")
        assert receivers(child.decisions[-1], TownshipCard) == [TOWNSHIP_CONTACT, OTHER_CONTACT]

    def test_the_return_ends_it_for_everybody(self, child: Followed) -> None:
        with_township(child)
        child.act(_comes_back)
        assert child.case.state is CaseState.WATCH
        assert child.facts.ladder.referrals[0].state is ReferralState.ENDED
        assert [task.kind for task in child.facts.tasks] == ["register_correction"]
        assert TOWNSHIP_CONTACT in receivers(child.decisions[-1], JointEnded)


class TestSupervision:
    def test_what_the_bureau_leader_writes_about_an_overdue_task_goes_out_on_paper(
        self, child: Followed
    ) -> None:
        with_notice(child)
        child.to(date(2026, 9, 18), "10:01")
        paper = child.on("notice_approval", supervise, "三日内办结", by=BUREAU_LEADER)
        assert (paper.kind, paper.state) == (PaperKind.SUPERVISION, PaperState.APPROVED)
        assert (paper.unit_id, paper.number, paper.words) == (BUREAU, 1, "三日内办结")
        assert child.stage is Stage.NOTICE

    def test_nothing_is_written_about_what_is_not_overdue(self, child: Followed) -> None:
        with_notice(child)
        assert child.on("notice_approval", supervise, "抓紧", by=BUREAU_LEADER) is None
        assert child.facts.ladder.paper(PaperKind.SUPERVISION) is None

    def test_the_section_reads_a_report_that_nobody_signed(self, child: Followed) -> None:
        with_report(child)
        (report,) = [one for one in child.facts.ladder.papers if one.kind is PaperKind.REPORT]
        written = replace(report, draft_file_id=7)
        others = tuple(one for one in child.facts.ladder.papers if one is not report)
        child.facts = replace(
            child.facts, ladder=replace(child.facts.ladder, papers=(*others, written))
        )
        child.to(date(2026, 9, 18), "18:01")
        files = [m for d in child.decisions for m in d.messages if isinstance(m, PaperFile)]
        assert [(one.to, one.more["final"]) for one in files] == [(SECTION, 0)]
