"""What a guardian answers, and what follows from it (rules.md 7, conversations.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from rules.child import safety_lane
from rules.child.answers import (
    ALWAYS_MEANT,
    CONTRADICTS_LEAVE,
    ELSEWHERE,
    FREE,
    SAYS_WHERE,
    SETTLES,
)
from rules.child.asking import end_transfer, file_leave, is_over, withdraw_leave
from rules.child.draft import Draft
from rules.child.leaves import accept_proof, ring_for_call
from rules.child.settle import settle
from rules.messages.guardians import QuestionSettled
from rules.messages.staff import GuardianRefused
from rules.model.attendance import Answer, Leave, Question, Reply
from rules.model.case import Task
from rules.model.people import GuardianState


def accept_reply(draft: Draft, reply: Reply, earlier: Question | None = None) -> None:
    """Keep what a guardian said, thank by what follows, and let the facts decide the rest.

    The latest answer stands, all are kept.  An answer settles the question for the other
    guardians; what says where the child is also ends the call task.  `earlier` is the question
    that is answered when it is not today's: the answer belongs to that day, and when the child
    has been seen since, nothing follows from it.
    """
    kept = draft.put(reply if reply.id > 0 else replace(reply, id=draft.new_id()))
    draft.note("reply", {"answer": reply.kind.value, "by": reply.person_id})
    question = earlier or draft.facts.question
    on = question.on if question else draft.facts.today
    before = question.answer if question else None
    _stand(draft, kept, earlier)
    if kept.kind in ALWAYS_MEANT or not is_over(draft, on):
        _take_back(draft, kept, before)
        _follow(draft, kept, on)
    settle(draft)


def _follow(draft: Draft, reply: Reply, on: date) -> None:
    if reply.kind in SAYS_WHERE:
        draft.done("call", f"answered_{reply.kind}")
    if reply.kind in (Answer.SICK, Answer.FAMILY):
        file_leave(draft, reply.kind.value, on, None, reply.person_id)
    else:
        FOLLOWS.get(reply.kind, _nothing_more)(draft, reply)


def _take_back(draft: Draft, reply: Reply, before: str | None) -> None:
    """What followed from the answer that this one takes the place of, as far as nobody acted."""
    if before in (Answer.SICK, Answer.FAMILY) and reply.kind in CONTRADICTS_LEAVE:
        withdraw_leave(draft, draft.facts.today)
    if before in ELSEWHERE and reply.kind in SETTLES - ELSEWHERE - {Answer.CALL_ME}:
        end_transfer(draft, "answer_changed")


def accept_leave(
    draft: Draft, reply: Reply, kind: str, from_on: date, back_on: date | None
) -> None:
    """[我要请假]: a leave that covers today is also the answer to today's question."""
    kept = draft.put(replace(reply, id=draft.new_id()))
    draft.note("reply", {"answer": reply.kind.value, "by": reply.person_id})
    if from_on <= draft.facts.today and (back_on is None or draft.facts.today < back_on):
        _stand(draft, kept, None)
        draft.done("call", f"answered_{reply.kind}")
    file_leave(draft, kind, from_on, back_on, reply.person_id)
    settle(draft)


def ask_for_call(draft: Draft, reply: Reply) -> None:
    """[找老师]: the teacher is rung; what was answered to today's question stands."""
    kept = draft.put(replace(reply, id=draft.new_id()))
    draft.note("reply", {"answer": reply.kind.value, "by": reply.person_id})
    _call_back(draft, kept)


def _stand(draft: Draft, reply: Reply, earlier: Question | None) -> None:
    """The newest answer becomes that day's; another day's question keeps its own.

    发错人了 answers nothing: the question stays open for the family.
    """
    question = earlier or draft.facts.question
    if question is None or reply.question_id not in (None, question.id):
        return
    if reply.kind is Answer.WRONG_PERSON:
        return
    if reply.kind in FREE:
        _replace_question(draft, replace(question, second_at=None))
        return
    was_open = question.answered_at is None
    answered = replace(
        question,
        answered_at=draft.now,
        answered_by=reply.person_id,
        answer=reply.kind.value,
        second_at=None,
        confirm_at=None,
    )
    _replace_question(draft, answered)
    if was_open and reply.kind in SETTLES:
        _tell_the_others(draft, reply, answered)


def _replace_question(draft: Draft, question: Question) -> None:
    """Store it; today's is also what the rules that follow read."""
    kept = draft.put(question)
    if draft.facts.question is not None and draft.facts.question.id == kept.id:
        draft.facts = replace(draft.facts, question=kept)


def _tell_the_others(draft: Draft, reply: Reply, question: Question) -> None:
    """老师已了解情况，谢谢: the other guardians' alerts lose their question."""
    if not question.is_automatic:
        return
    for guardian in draft.families():
        if guardian.person.id != reply.person_id:
            draft.say(
                QuestionSettled(
                    to=guardian.person.id,
                    item=question.id,
                    student_id=draft.child_id,
                    case_id=draft.case_id,
                )
            )


def _expect_arrival(draft: Draft, reply: Reply) -> None:
    """在路上: within an hour the child must be there, else the safety lane opens."""
    if draft.facts.question is not None:
        at = draft.now + draft.facts.policy.safety.arrives_within.within
        question = draft.put(replace(draft.facts.question, confirm_at=at))
        draft.facts = replace(draft.facts, question=question)


def _search(draft: Draft, reply: Reply) -> None:
    """已出门上学: the child left home and is not at school."""
    safety_lane.start(draft, "left_home", reply.person_id)


def _search_or_ask_carer(draft: Draft, reply: Reply) -> None:
    """我不清楚: from the carer the safety lane; from anybody else the carer is asked first."""
    safety_lane.start(draft, "dont_know", reply.person_id)


def _call_back(draft: Draft, reply: Reply) -> None:
    """请老师打电话: the teacher is rung at once; the whereabouts clock runs on."""
    teacher = draft.facts.duties.class_teacher_id
    ring_for_call(draft, draft.open("callback", teacher), "asked")


def _refuse(draft: Draft, reply: Reply) -> None:
    """不想上学: persuasion begins; whom the family wants to talk to calls within two hours."""
    if draft.case_id is not None:
        draft.case(refused_at=draft.now)
    duties = draft.facts.duties
    wanted = duties.leader_id if reply.detail == "leader" else duties.class_teacher_id
    task = draft.open("callback", wanted)
    if task is not None:
        draft.say(_refusal(draft, task))


def _refusal(draft: Draft, task: Task) -> GuardianRefused:
    return GuardianRefused(
        to=task.owner_id,
        item=task.id,
        round=draft.facts.today.isoformat(),
        student_id=draft.child_id,
        case_id=draft.case_id,
    )


def _verify_elsewhere(draft: Draft, reply: Reply) -> None:
    """已转学, 跟父母在外地: the register clerk verifies in five working days, the transfer task
    runs thirty days, and the count runs on until it is verified."""
    draft.open("transfer_verify", draft.facts.duties.register_clerk_id)
    draft.open("transfer", draft.facts.duties.register_clerk_id)


def _unbind(draft: Draft, reply: Reply) -> None:
    """发错人了: unbound at once; the contact is repaired, and somebody else is called."""
    for guardian in draft.facts.guardians:
        if guardian.person.id == reply.person_id:
            draft.put(replace(guardian.link, state=GuardianState.WRONG_PERSON))
    others = tuple(g for g in draft.facts.guardians if g.person.id != reply.person_id)
    draft.facts = replace(draft.facts, guardians=others)
    draft.open("contact_repair", draft.facts.duties.class_teacher_id)
    if not draft.families() and draft.facts.question is not None:
        teacher = draft.facts.duties.class_teacher_id
        ring_for_call(draft, draft.open("call", teacher, due_at=draft.now), "nobody_bound")


def _keep_proof(draft: Draft, reply: Reply) -> None:
    """A photo after 生病了 is the note that the fourth day asks for."""
    leave = current_leave(draft.facts.leaves, draft.facts.today)
    if leave is not None and leave.asked_by == reply.person_id:
        accept_proof(draft, leave)


def _contradict_return(draft: Draft, reply: Reply) -> None:
    """[孩子没去]: the return is void, the days are recounted, the teacher looks again."""
    seen = [fact for fact in draft.facts.days if fact.mark and fact.mark.seen_by is not None]
    if not seen or seen[-1].mark is None:
        return
    mark = draft.put(replace(seen[-1].mark, void=True))
    draft.facts = draft.facts.with_mark(mark)
    draft.note("return_void", {"on": mark.on.isoformat()})
    _ask_no_more(draft, reply, mark.on)
    safety_lane.start(draft, "not_there", reply.person_id)


def _ask_no_more(draft: Draft, reply: Reply, on: date) -> None:
    """A family that has just said that the child is missing is not asked the same at once."""
    if draft.facts.question is not None or on != draft.facts.today:
        return
    question = Question(
        id=draft.new_id(),
        student_id=draft.child_id,
        case_id=draft.case_id,
        on=on,
        asked_at=draft.now,
        is_automatic=False,
        answered_at=draft.now,
        answered_by=reply.person_id,
        answer=reply.kind.value,
    )
    draft.facts = replace(draft.facts, question=draft.put(question))


def _nothing_more(draft: Draft, reply: Reply) -> None:
    """What is only kept."""


def current_leave(leaves: tuple[Leave, ...], today: date) -> Leave | None:
    """The leave that runs today: the latest asked for."""
    running = [
        leave
        for leave in leaves
        if leave.from_on <= today and (leave.back_on is None or today < leave.back_on)
    ]
    return max(running, key=lambda leave: leave.asked_at, default=None)


FOLLOWS: Mapping[Answer, Callable[[Draft, Reply], None]] = {
    Answer.ON_THE_WAY: _expect_arrival,
    Answer.LEFT_HOME: _search,
    Answer.DONT_KNOW: _search_or_ask_carer,
    Answer.CALL_ME: _call_back,
    Answer.UNWILLING: _refuse,
    Answer.TRANSFERRED: _verify_elsewhere,
    Answer.ELSEWHERE: _verify_elsewhere,
    Answer.WRONG_PERSON: _unbind,
    Answer.PHOTO: _keep_proof,
    Answer.DOCUMENT: _keep_proof,
    Answer.NOT_THERE: _contradict_return,
}
