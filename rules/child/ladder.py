"""How a case goes from stage to stage: by an act, by what happened, or by silence (rules.md 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rules.attendance import DayState
from rules.child.draft import Draft
from rules.messages.ladder import StageReached
from rules.model.case import Stage
from rules.model.ladder import PaperKind, PaperState

#: Tasks that belong to one stage: when the case leaves it, what is left of them is not needed.
TASKS_OF = {
    Stage.PERSUADE: ("home_visit", "leader_visit"),
    Stage.NOTICE: ("notice_prepare", "notice_approval", "notice_service"),
    Stage.REPORT: ("report_signature", "report_acknowledgement"),
    Stage.JOINT: (
        "joint_issue",
        "township_delivery",
        "county_delivery",
        "township_acceptance",
        "township_dispute",
        "joint_contact",
        "joint_company",
    ),
}
LADDER_TASKS = (*(kind for kinds in TASKS_OF.values() for kind in kinds), "reassignment")


def enter(draft: Draft, stage: Stage, why: str, ends_at: datetime | None = None) -> None:
    """Open a stage.  Silence that was passed is told to leader, head and section by name.

    Due times and the case's climb go on as they stand: another stage resets no clock.
    """
    leaving = draft.facts.case.stage if draft.facts.case else stage
    for kind in TASKS_OF.get(leaving, ()):
        draft.needless(kind, f"stage_{stage.value}")
    drop_unapproved(draft)
    draft.case(stage=stage, stage_at=draft.now, stage_ends_at=ends_at)
    draft.note("stage", {"to": stage.value, "why": why})
    _tell(draft, stage, why)


def drop_unapproved(draft: Draft) -> None:
    """A paper of the stage before that nobody approved will not be needed.

    The written report is an exception: unsigned it went up, and stays what it is (学校未签).
    """
    for paper in draft.facts.ladder.papers:
        is_left = paper.state in (PaperState.SUBMITTED, PaperState.RETURNED)
        if is_left and paper.kind is not PaperKind.REPORT:
            draft.keep_paper(replace(paper, state=PaperState.VOID, render_at=None))


def _tell(draft: Draft, stage: Stage, why: str) -> None:
    """The responsible teacher and the leader hear in one silent line where the case stands."""
    duties = draft.facts.duties
    persons = dict.fromkeys((draft.facts.responsible_id, duties.leader_id or duties.head_id))
    draft.say(
        *(
            StageReached(
                to=person,
                item=draft.case_id or 0,
                round=f"{stage.value}:{draft.now:%Y%m%d%H%M}",
                student_id=draft.child_id,
                case_id=draft.case_id,
                more={"stage": stage.value, "why": why},
            )
            for person in persons
            if person is not None and person != draft.by
        )
    )


def pass_silence(draft: Draft, mark: str, silent_id: int | None) -> None:
    """The case goes on without what somebody did not do; the record names who was silent."""
    case = draft.facts.case
    if case is not None and mark not in case.marks:
        draft.case(marks=(*case.marks, mark))
    draft.note("went_on", {"mark": mark, "silent": silent_id})


def is_time_up(draft: Draft) -> bool:
    """Whether the present stage has had its time."""
    case = draft.facts.case
    at = case.stage_ends_at if case else None
    return at is not None and at <= draft.now


def waits_for_the_child(draft: Draft) -> bool:
    """Whether the child was seen, or is on accepted leave today: the case takes no step up."""
    case = draft.facts.case
    if case is not None and case.seen_on is not None:
        return True
    days = draft.facts.read(draft.now)
    return bool(days) and days[-1].on == draft.facts.today and days[-1].state is DayState.EXCUSED
