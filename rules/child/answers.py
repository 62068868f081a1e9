"""What the answers of a family mean for everybody else (rules.md 7)."""

from __future__ import annotations

from rules.model.attendance import Answer

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


#: Answers by which a leave that nobody has decided yet is taken back: the child is not ill.
CONTRADICTS_LEAVE = frozenset(
    {
        Answer.ON_THE_WAY,
        Answer.LEFT_HOME,
        Answer.UNWILLING,
        Answer.TRANSFERRED,
        Answer.ELSEWHERE,
        Answer.DONT_KNOW,
    }
)
ELSEWHERE = frozenset({Answer.TRANSFERRED, Answer.ELSEWHERE})
#: What keeps its meaning when the child has been seen meanwhile.
ALWAYS_MEANT = FREE | {Answer.CALL_ME, Answer.WRONG_PERSON, Answer.NOT_THERE}
