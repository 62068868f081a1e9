"""What a guardian answers, and what follows from it (rules.md 7, conversations.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from rules.child import safety_lane
from rules.child.draft import Draft
from rules.child.leaves import accept_proof, ask_for_leave, ring_for_call
from rules.child.settle import settle
from rules.messages.guardians import QuestionSettled
from rules.messages.staff import GuardianRefused
from rules.model.attendance import Answer, Leave, Reply
from rules.model.case import Task
from rules.model.people import GuardianState

#: Answers that say where the child is: they end the whereabouts clock.
SAYS_WHERE = frozenset(
    {
        Answer.SICK,
        Answer.FAMILY,
        Answer.UNWILLING,
        Answer.TRANSFERRED,
        Answer.ELSEWHERE,
        Answer.STILL_ILL,
    }
)
#: Answers that settle the day's question for the other guardians.
SETTLES = SAYS_WHERE | {Answer.ON_THE_WAY, Answer.CALL_ME, Answer.LEFT_HOME}
#: What is merely kept and shown; the teacher classifies it, nothing is guessed.
FREE = frozenset({Answer.TEXT, Answer.VOICE, Answer.PHOTO, Answer.DOCUMENT})


def accept_reply(draft: Draft, reply: Reply) -> None:
    """Keep what a guardian said, thank by what follows, and let the facts decide the rest.

    The latest answer stands, all are kept.  An answer settles the question for the other
    guardians; what says where the child is also ends the call task.
    """
    kept = draft.put(replace(reply, id=draft.new_id()))
    draft.note("reply", {"answer": reply.kind.value, "by": reply.person_id})
    _stand(draft, kept)
    if reply.kind in SAYS_WHERE:
        draft.done("call", f"answered_{reply.kind}")
    FOLLOWS.get(reply.kind, _nothing_more)(draft, kept)
    settle(draft)


def _stand(draft: Draft, reply: Reply) -> None:
    """The newest answer becomes the day's; a later question keeps its own."""
    question = draft.facts.question
    if question is None or reply.question_id not in (None, question.id):
        return
    if reply.kind in FREE:
        draft.facts = replace(draft.facts, question=draft.put(replace(question, second_at=None)))
        return
    was_open = question.answered_at is None
    question = replace(
        question,
        answered_at=draft.now,
        answered_by=reply.person_id,
        answer=reply.kind.value,
        second_at=None,
        confirm_at=None,
    )
    draft.facts = replace(draft.facts, question=draft.put(question))
    if was_open and reply.kind in SETTLES:
        _tell_the_others(draft, reply)


def _tell_the_others(draft: Draft, reply: Reply) -> None:
    """老师已了解情况，谢谢: the other guardians' alerts lose their question."""
    question = draft.facts.question
    if question is None or not question.is_automatic:
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


def _take_leave(draft: Draft, reply: Reply) -> None:
    """生病了 / 家里有事: leave from today until the day the family names next."""
    ask_for_leave(draft, reply.kind.value, draft.facts.today, None, reply.person_id)


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
    safety_lane.start(draft, "not_there", reply.person_id)


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
    Answer.SICK: _take_leave,
    Answer.FAMILY: _take_leave,
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
