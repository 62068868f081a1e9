"""联动劝返: the bureau leader issues, the section sends, townships act (rules.md 5)."""

from __future__ import annotations

from dataclasses import replace

from rules.child import papers
from rules.child.draft import Draft
from rules.child.ladder import enter, is_time_up, pass_silence
from rules.child.townships import ask_for_joint_contact, ask_township
from rules.messages.ladder import JointEnded
from rules.model.case import Stage, Task
from rules.model.ladder import Paper, PaperKind, PaperState, Referral, ReferralState
from rules.policy import due
from rules.refusals import NotNow

#: What the bureau leader issues together.
ISSUED = (PaperKind.TOWNSHIP, PaperKind.HANDOVER, PaperKind.COUNTY)


def open_stage(draft: Draft, why: str) -> None:
    """Townships of school and residence where they differ; drafts for the bureau leader.

    Two working days later, issued or not, the townships are told (nobody's silence stops a case).
    """
    facts = draft.facts
    ends_at = due(facts.policy.case.township_notified_within, draft.now, facts.calendar)
    enter(draft, Stage.JOINT, why, ends_at)
    places = {facts.ladder.township_id: False, facts.ladder.residence_id: True}
    for township_id, is_residence in places.items():
        if township_id is not None:
            _refer(draft, township_id, is_residence=is_residence)
    papers.prepare(draft, PaperKind.COUNTY, None)
    _ask_for_issue(draft)


def _refer(draft: Draft, township_id: int, *, is_residence: bool) -> Referral:
    referral = draft.keep_referral(
        Referral(
            id=draft.new_id(),
            case_id=draft.case_id or 0,
            student_id=draft.child_id,
            township_id=township_id,
            is_residence=is_residence,
            state=ReferralState.WAITING,
            opened_at=draft.now,
            round=draft.facts.case.round if draft.facts.case else 1,
        )
    )
    draft.note("referred", {"township": township_id, "residence": is_residence})
    for kind in (PaperKind.TOWNSHIP, PaperKind.HANDOVER):
        papers.prepare(draft, kind, None, referral=referral)
    return referral


def _ask_for_issue(draft: Draft) -> None:
    duties = draft.facts.duties
    task = draft.open("joint_issue", duties.bureau_leader_id or duties.section_id)
    papers.show(draft, task, round=f"{draft.now:%Y%m%d%H%M}")


def waiting_papers(draft: Draft) -> tuple[Paper, ...]:
    """The papers of the bureau that wait for [签发]."""
    return tuple(
        one
        for one in draft.facts.ladder.papers
        if one.kind in ISSUED and one.state is PaperState.SUBMITTED
    )


def issue(draft: Draft, task: Task, acting_for: int | None = None) -> tuple[Paper, ...]:
    """[签发]: every draft has its number; the section sends them."""
    waiting = waiting_papers(draft)
    if not waiting:
        raise NotNow("refusals.paper_returned")
    issued = tuple(papers.approve(draft, one, acting_for) for one in waiting)
    draft.done(task.kind, "issued")
    _ask_for_delivery(draft)
    return issued


def _ask_for_delivery(draft: Draft) -> None:
    """Two working days from the stage's opening (or the new township's), for each receipt."""
    case, section = draft.facts.case, draft.facts.duties.section_id
    limit = case.stage_ends_at if case else None
    due_at = limit if limit is not None and limit > draft.now else draft.now
    for referral in draft.facts.ladder.running_referrals:
        if referral.receipt_file_id is None:
            subject = f"referral:{referral.id}"
            papers.show(draft, draft.open("township_delivery", section, subject, due_at=due_at))
    county = draft.facts.ladder.paper(PaperKind.COUNTY)
    if county is not None and county.stamped_file_id is None:
        papers.show(draft, draft.open("county_delivery", section, due_at=due_at))


def send_back(draft: Draft, task: Task, comment: str) -> None:
    """[退回修改] by the bureau leader: the section completes the drafts and lays them before."""
    waiting = waiting_papers(draft)
    if not waiting:
        raise NotNow("refusals.paper_returned")
    for paper in waiting:
        papers.send_back(draft, paper, comment, None)
    again = papers.due_again(draft, task)
    papers.show(draft, again, draft.facts.duties.section_id, f"returned:{draft.now:%Y%m%d%H%M}")


def resubmit(draft: Draft, words: str) -> None:
    """[重新提交] by the section."""
    returned = [one for one in draft.facts.ladder.papers if one.state is PaperState.RETURNED]
    if not returned:
        raise NotNow("refusals.paper_underway")
    for paper in returned:
        papers.renew(draft, paper, words)
    task = draft.facts.task("joint_issue")
    papers.show(draft, task, round=f"{draft.now:%Y%m%d%H%M}")


def deliver(draft: Draft, task: Task, referral: Referral, file_id: int, sha256: str) -> Referral:
    """[已送乡镇] with the receipt's photo: the township has two working days to accept."""
    sent = replace(
        referral,
        state=ReferralState.SENT if _is_new(referral) else referral.state,
        sent_at=draft.now,
        sent_by=draft.by,
        receipt_file_id=file_id,
    )
    draft.note("township_notified", {"township": referral.township_id, "sha256": sha256})
    draft.done(task.kind, "sent", task.subject)
    sent = draft.keep_referral(sent)
    if _is_new(referral):
        ask_township(draft, sent)
    return sent


def _is_new(referral: Referral) -> bool:
    return referral.state is ReferralState.WAITING


def deliver_county(draft: Draft, task: Task, file_id: int, sha256: str) -> None:
    """[已报县政府] with the receipt's photo."""
    county = draft.facts.ladder.paper(PaperKind.COUNTY)
    if county is not None:
        draft.keep_paper(replace(county, stamped_file_id=file_id))
    draft.note("county_reported", {"sha256": sha256})
    draft.done(task.kind, "sent")


def reroute(draft: Draft, referral: Referral, township_id: int) -> Referral:
    """Another township: the old one is out, the new one gets papers of its own to be issued."""
    if township_id in {one.township_id for one in draft.facts.ladder.running_referrals}:
        raise NotNow("refusals.township_has_it")
    draft.keep_referral(replace(referral, state=ReferralState.WITHDRAWN))
    draft.note("referral_withdrawn", {"township": referral.township_id})
    subject = f"referral:{referral.id}"
    for kind in ("township_delivery", "township_acceptance", "township_dispute", "joint_contact"):
        draft.needless(kind, "rerouted", subject)
    _void_papers_of(draft, referral)
    facts = draft.facts
    within = facts.policy.case.township_notified_within
    draft.case(stage_ends_at=due(within, draft.now, facts.calendar))
    new = _refer(draft, township_id, is_residence=referral.is_residence)
    _ask_for_issue(draft)
    return new


def _void_papers_of(draft: Draft, referral: Referral) -> None:
    for paper in draft.facts.ladder.papers:
        if paper.referral_id == referral.id and paper.state is not PaperState.APPROVED:
            draft.keep_paper(replace(paper, state=PaperState.VOID, render_at=None))


def go_on(draft: Draft) -> None:
    """After two working days the townships hear of the case, whoever was silent about papers."""
    if is_time_up(draft):
        issue_task = draft.facts.task("joint_issue")
        silent = issue_task or draft.facts.task("township_delivery")
        waiting = [one for one in draft.facts.ladder.running_referrals if _is_new(one)]
        draft.case(stage_ends_at=None)
        if waiting:
            mark = "bureau_unissued" if issue_task else "section_unsent"
            pass_silence(draft, mark, silent.owner_id if silent else None)
        for referral in waiting:
            told = replace(referral, state=ReferralState.SENT, sent_at=draft.now)
            ask_township(draft, draft.keep_referral(told))
    ask_for_joint_contact(draft)


def end(draft: Draft) -> None:
    """The case is over: the townships that were told hear it and have nothing more to do."""
    contacts = draft.facts.ladder.township_contacts
    running = draft.facts.ladder.running_referrals
    told = dict.fromkeys(contacts.get(one.township_id) for one in running if one.sent_at)
    for referral in running:
        draft.keep_referral(replace(referral, state=ReferralState.ENDED))
    draft.say(
        *(
            JointEnded(
                to=person,
                item=draft.case_id or 0,
                round=f"{draft.now:%Y%m%d%H%M}",
                student_id=draft.child_id,
                case_id=draft.case_id,
            )
            for person in told
            if person is not None
        )
    )
