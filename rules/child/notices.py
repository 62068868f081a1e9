"""劝返通知书: asked for, signed, served, and what follows when its time is up (rules.md 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from rules.child import papers, reports
from rules.child.draft import Draft
from rules.child.ladder import enter, is_time_up, pass_silence
from rules.model.case import CaseState, Stage, Task
from rules.model.ladder import Paper, PaperKind, PaperState, Service, ServiceWay
from rules.policy import due
from rules.refusals import BadInput, NotNow

KIND = PaperKind.NOTICE
#: Two people see that the notice was refused (plan 二(二)4; 送达回证).
WITNESSES = 2


def missing_for_notice(draft: Draft) -> tuple[str, ...]:
    """What [申请发通知书] still needs; empty when it may be asked for (rules.md 5).

    Persuasion has failed when the family was contacted and the child does not come; where it was
    not reached or refused, a home visit belongs to it.
    """
    case = draft.facts.case
    if case is None or case.state is not CaseState.OPEN or case.stage is not Stage.PERSUADE:
        return ("not_persuading",)
    missing = [] if draft.facts.ladder.contacts else ["no_contact"]
    in_contact = case.last_reached_at is not None and case.refused_at is None
    if not in_contact and not case.visited_home:
        missing.append("no_visit")
    return (*missing, *(["seen"] if case.seen_on else []))


def ask_for_notice(draft: Draft, words: str) -> Paper:
    """[申请发通知书]: the teacher states that persuasion has failed; the head signs."""
    missing = missing_for_notice(draft)
    if missing:
        raise NotNow(f"refusals.missing_{missing[0]}")
    open_stage(draft, "asked")
    return submit(draft, words)


def open_stage(draft: Draft, why: str) -> None:
    """The notice is to be written; after five school days the case goes on without it."""
    ends_at = due(draft.facts.policy.case.notice_goes_on_after, draft.now, draft.facts.calendar)
    enter(draft, Stage.NOTICE, why, ends_at)
    papers.show(draft, draft.open("notice_prepare", draft.facts.responsible_id))


def submit(draft: Draft, words: str = "") -> Paper:
    """[交校长审批]: the paper goes to the head; where the head prepared it, one level up."""
    known = draft.facts.ladder.paper(KIND)
    if known is not None and known.state is PaperState.RETURNED:
        paper = papers.renew(draft, known, words)
    elif known is None:
        paper = papers.prepare(draft, KIND, draft.by, words)
    else:
        raise NotNow("refusals.paper_underway")
    draft.done("notice_prepare", "submitted")
    papers.show(draft, draft.open("notice_approval", _signer(draft)), round=f"r{paper.returns}")
    return paper


def _signer(draft: Draft) -> int | None:
    duties = draft.facts.duties
    above = (duties.head_id, duties.section_id, duties.bureau_leader_id)
    return next((one for one in above if one is not None and one != draft.by), None)


def approve(draft: Draft, task: Task, acting_for: int | None = None) -> Paper:
    """[批准]: the notice has its number; the responsible teacher prints, stamps and serves it."""
    paper = papers.approve(draft, _of(draft, PaperState.SUBMITTED), acting_for)
    draft.done(task.kind, "approved")
    papers.show(draft, draft.open("notice_service", draft.facts.responsible_id))
    return paper


def send_back(draft: Draft, task: Task, comment: str) -> Paper:
    """[退回修改]: whoever prepared it has it again; the head's task is due again."""
    paper = _of(draft, PaperState.SUBMITTED)
    returned = papers.send_back(draft, paper, comment, draft.facts.duties.section_id)
    again = papers.due_again(draft, task)
    papers.show(draft, again, paper.prepared_by, f"returned:{returned.returns}")
    return returned


def keep_stamped(draft: Draft, file_id: int, sha256: str) -> Paper:
    """[上传盖章件]."""
    return papers.keep_stamped(draft, _of(draft, PaperState.APPROVED), file_id, sha256)


def _of(draft: Draft, state: PaperState) -> Paper:
    return papers.paper_in(draft, KIND, state)


def paper_to_serve(draft: Draft) -> Paper:
    """The approved notice; NotNow while its stamped copy is missing."""
    paper = _of(draft, PaperState.APPROVED)
    if paper.stamped_file_id is None:
        raise NotNow("refusals.not_stamped")
    return paper


def service_days(draft: Draft) -> tuple[date, ...]:
    """The days on which the notice can have been served: from today back to its approval."""
    paper = _of(draft, PaperState.APPROVED)
    first = draft.facts.calendar.local_date(paper.approved_at or draft.now)
    count = (draft.facts.today - first).days + 1
    return tuple(draft.facts.today - timedelta(days=n) for n in range(count))


def are_witnesses(words: str | None) -> bool:
    """Whether two different people are named."""
    parts = (words or "").replace("，", " ").replace("、", " ").replace(",", " ").split()
    return len(set(parts)) >= WITNESSES


def serve(draft: Draft, service: Service) -> Service:
    """送达: signed, refused before two witnesses, or posted, with its proof (rules.md 5).

    A chat message is no service.  Whatever was refused before is asked anew: the second
    persuasion lasts until the notice's deadline, a legal period that ends with its last day; then
    the case goes on by itself.
    """
    paper = paper_to_serve(draft)
    if service.on not in service_days(draft):
        raise BadInput("served_on")
    if service.way is ServiceWay.REFUSED and not are_witnesses(service.witnesses):
        raise BadInput("witnesses")
    kept = draft.put(
        replace(service, id=draft.new_id(), paper_id=paper.id, case_id=draft.case_id or 0)
    )
    until = notice_until(draft, service.on)
    ends_at = draft.facts.calendar.day_ends(until)
    draft.case(served_on=service.on, notice_until=until, stage_ends_at=ends_at, refused_at=None)
    facts = {"way": service.way.value, "on": service.on.isoformat(), "until": until.isoformat()}
    draft.note("notice_served", {"number": paper.number, **facts})
    draft.done("notice_service", service.way.value)
    return kept


def notice_until(draft: Draft, served_on: date) -> date:
    """The last day of the second persuasion: seven days, a legal period (民法典 201 to 203)."""
    days = draft.facts.policy.case.second_persuasion_days
    return draft.facts.calendar.period_ends(served_on, days)


def persuasion_failed(draft: Draft) -> bool:
    """Three school days after the suspicion without a return: the case goes on by itself."""
    on = draft.facts.student.suspected_on
    if on is None:
        return False
    span = draft.facts.policy.case.persuasion_fails_after_suspected
    clock = draft.facts.policy.roll_call.due_at
    since = draft.facts.calendar.at_local(on, clock)
    case = draft.facts.case
    if case is not None and case.stage_at is not None:
        since = max(since, case.stage_at)  # taken over later: persuasion has its time here too
    return due(span, since, draft.facts.calendar) <= draft.now


def go_on_from_persuade(draft: Draft) -> None:
    """To the notice; or, where the family cannot be reached, straight to the report."""
    if not persuasion_failed(draft):
        return
    if reports.is_unreachable(draft):
        reports.open_stage(draft, "unreachable")
    else:
        open_stage(draft, "no_return")


def go_on(draft: Draft) -> None:
    """Refused after service, or the deadline passed: the report.  Not approved or not served
    within five school days: on by itself, marked so (rules.md 5)."""
    case = draft.facts.case
    if case is None:
        return
    if case.served_on is not None and case.refused_at is not None:
        reports.open_stage(draft, "refused")
    elif is_time_up(draft):
        if case.served_on is None:
            _mark_silence(draft)
        reports.open_stage(draft, "deadline" if case.served_on else "not_served")


def _mark_silence(draft: Draft) -> None:
    for kind, mark in (
        ("notice_prepare", "notice_unprepared"),
        ("notice_approval", "notice_unapproved"),
        ("notice_service", "notice_unserved"),
    ):
        task = draft.facts.task(kind)
        if task is not None:
            pass_silence(draft, mark, task.owner_id)
            return
