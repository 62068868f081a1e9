"""书面报告: signed by the head, acknowledged by the section, or on by itself (rules.md 5)."""

from __future__ import annotations

from rules.child import joint, papers
from rules.child.draft import Draft
from rules.child.ladder import enter, is_time_up, pass_silence
from rules.model.case import CaseState, Stage, Task
from rules.model.ladder import Paper, PaperKind, PaperState
from rules.policy import due
from rules.refusals import NotNow

KIND = PaperKind.REPORT
VISIT = "visit"


def missing_for_report(draft: Draft) -> tuple[str, ...]:
    """What [申请上报] still needs: the family cannot be reached, and nobody can be served.

    Two failed contacts by two means, one of them a home visit, and nobody reached (rules.md 5).
    """
    case = draft.facts.case
    if case is None or case.state is not CaseState.OPEN or case.stage is not Stage.PERSUADE:
        return ("not_persuading",)
    failed = [one for one in draft.facts.ladder.contacts if not one.reached]
    means = {one.means for one in failed}
    missing = []
    if len(failed) < draft.facts.policy.case.unreachable_after_failed_contacts or len(means) < 2:
        missing.append("failures")
    if VISIT not in means:
        missing.append("failed_visit")
    if case.last_reached_at is not None:
        missing.append("was_reached")
    return (*missing, *(["seen"] if case.seen_on else []))


def is_unreachable(draft: Draft) -> bool:
    """Whether the case may go straight to the report."""
    return not missing_for_report(draft)


def ask_for_report(draft: Draft, words: str = "") -> None:
    """[申请上报]: the teacher states that nobody can be reached."""
    missing = missing_for_report(draft)
    if missing:
        raise NotNow(f"refusals.missing_{missing[0]}")
    open_stage(draft, "unreachable", words)


def open_stage(draft: Draft, why: str, words: str = "") -> None:
    """The report is put together from the record; the head has one school day to sign it."""
    ends_at = due(draft.facts.policy.case.report_due, draft.now, draft.facts.calendar)
    enter(draft, Stage.REPORT, why, ends_at)
    papers.prepare(draft, KIND, draft.by if words else None, words)
    _ask_for_signature(draft)


def _ask_for_signature(draft: Draft) -> Task | None:
    duties = draft.facts.duties
    case = draft.facts.case
    task = draft.open(
        "report_signature",
        duties.head_id or duties.leader_id,
        due_at=case.stage_ends_at if case else None,
    )
    papers.show(draft, task, round=f"r{_paper(draft).returns}")
    return task


def _paper(draft: Draft) -> Paper:
    paper = draft.facts.ladder.paper(KIND)
    if paper is None:
        raise NotNow("refusals.paper_not_ready")
    return paper


def resubmit(draft: Draft, words: str) -> Paper:
    """The school adds what was asked for; the report is put together anew."""
    paper = papers.paper_in(draft, KIND, PaperState.RETURNED)
    renewed = papers.renew(draft, paper, words)
    _ask_for_signature(draft)
    return renewed


def sign(draft: Draft, task: Task, acting_for: int | None = None) -> Paper:
    """[批准] by the head: the report goes to the section, if it has not gone unsigned."""
    waiting = papers.paper_in(draft, KIND, PaperState.SUBMITTED)
    paper = papers.approve(draft, waiting, acting_for)
    draft.done(task.kind, "signed")
    if draft.facts.task("report_acknowledgement") is None:
        _send_up(draft)
    return paper


def send_back(draft: Draft, task: Task, comment: str) -> Paper:
    """[退回修改] by the head: the teacher completes it; the day to sign runs on."""
    waiting = papers.paper_in(draft, KIND, PaperState.SUBMITTED)
    returned = papers.send_back(draft, waiting, comment, draft.facts.duties.section_id)
    papers.show(draft, task, draft.facts.responsible_id, f"returned:{returned.returns}")
    return returned


def _send_up(draft: Draft) -> None:
    """To the section, which has three working days before the case goes on by itself."""
    facts = draft.facts
    ends_at = due(facts.policy.case.report_goes_on_after, draft.now, facts.calendar)
    draft.case(stage_ends_at=ends_at)
    owner = facts.duties.section_id or facts.duties.bureau_leader_id
    at = due(facts.policy.case.report_acknowledged_within, draft.now, facts.calendar)
    task = draft.open("report_acknowledgement", owner, due_at=at)
    papers.show(draft, task, round=f"r{_paper(draft).returns}")


def acknowledge(draft: Draft, task: Task, acting_for: int | None = None) -> None:
    """[签收] by the section: joint persuasion begins."""
    draft.note("report_acknowledged", {"acting_for": acting_for})
    draft.done(task.kind, "acknowledged")
    joint.open_stage(draft, "acknowledged")


def ask_for_more(draft: Draft, task: Task, comment: str) -> Paper:
    """[退回补充] by the section: the school has one school day, then it goes up again as it is;
    a second return is shown to the bureau leader."""
    leader = draft.facts.duties.bureau_leader_id
    returned = papers.send_back(draft, _paper(draft), comment, leader)
    draft.done(task.kind, "returned")
    facts = draft.facts
    ends_at = due(facts.policy.engine.returned_paper_due, draft.now, facts.calendar)
    draft.case(stage_ends_at=ends_at)
    draft.needless("report_signature", "returned")
    signature = _ask_for_signature(draft)
    papers.show(draft, signature, facts.responsible_id, f"returned:{returned.returns}")
    return returned


def go_on(draft: Draft) -> None:
    """Unsigned it goes up as 学校未签; unacknowledged it goes on as 股室未签收 (rules.md 5)."""
    if not is_time_up(draft):
        return
    asked = draft.facts.task("report_acknowledgement")
    if asked is None:
        signature = draft.facts.task("report_signature")
        pass_silence(draft, "school_unsigned", signature.owner_id if signature else None)
        _send_up(draft)
        asked = draft.facts.task("report_acknowledgement")
        papers.hand_over(draft, _paper(draft), asked.owner_id if asked else None)
        return
    pass_silence(draft, "section_unacknowledged", asked.owner_id)
    joint.open_stage(draft, "not_acknowledged")
