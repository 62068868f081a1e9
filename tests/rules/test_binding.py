from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.binding import Claim, ClaimedAs, bind_staff, claim
from rules.calendar import SchoolCalendar, Term
from rules.codes import (
    CodeState,
    Stranger,
    count_useless,
    count_wrong_code,
    forgive,
    read_code,
    spend,
)
from rules.confirming import confirm, registered, reject
from rules.consent import needs_parent, note_parent_consent, refuse
from rules.decision import Decision
from rules.givennames import given_name
from rules.leaving import come_back, may_come_back, stop
from rules.messages.binding import ClaimToConfirm
from rules.messages.guardians import GuardianConfirmed
from rules.model.case import Task
from rules.model.people import (
    Consent,
    ContactFlag,
    Guardianship,
    GuardianState,
    Invite,
    Person,
    Relation,
)
from rules.model.school import SchoolClass
from rules.parties import Party, Tie, may_use_code
from rules.policy import Policy
from rules.refusals import NotNow

NOW = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
TODAY = date(2026, 9, 7)
CHAT, OTHER_CHAT = 71, 72
TEACHER, GUARDIAN = 5, 8
POLICY = Policy()
CALENDAR = SchoolCalendar(
    zone=ZoneInfo("Asia/Shanghai"),
    official={},
    known_until=date(2026, 12, 31),
    terms=(Term(date(2026, 9, 1), date(2027, 1, 20), "autumn"),),
)
SAID = Claim(ClaimedAs.MOTHER, CHAT, "1")


def an_invite(**changes: object) -> Invite:
    invite = Invite(3, "hash", GUARDIAN, 11, NOW, NOW + timedelta(days=14))
    return replace(invite, **changes)  # type: ignore[arg-type]


def a_link(**changes: object) -> Guardianship:
    link = Guardianship(11, 40, GUARDIAN, relation=Relation.MOTHER)
    return replace(link, **changes)  # type: ignore[arg-type]


def a_tie(link: Guardianship | None = None, **changes: object) -> Tie:
    tie = Tie(link or a_link(), SchoolClass(2, 1, 3, 2), TEACHER, CALENDAR)
    return replace(tie, **changes)  # type: ignore[arg-type]


def a_party(*ties: Tie, **changes: object) -> Party:
    party = Party(Person(GUARDIAN, "王芳"), ties or (a_tie(),))
    return replace(party, **changes)  # type: ignore[arg-type]


def a_task(note: str = "mother:") -> Task:
    return Task(9, "binding", "guardianship:11", TEACHER, NOW, NOW, note=note)


def a_claimed_tie(**changes: object) -> Tie:
    return a_tie(a_link(state=GuardianState.CLAIMED, **changes), task=a_task())


def links_in(decision: Decision | None) -> list[Guardianship]:
    assert decision is not None
    return [one for one in decision.records if isinstance(one, Guardianship)]


def tasks_in(decision: Decision | None) -> list[Task]:
    assert decision is not None
    return [one for one in decision.records if isinstance(one, Task)]


def people_in(decision: Decision | None) -> list[Person]:
    assert decision is not None
    return [one for one in decision.records if isinstance(one, Person)]


@pytest.mark.parametrize(
    ("invite", "state"),
    [
        pytest.param(None, CodeState.WRONG, id="unknown"),
        pytest.param(an_invite(), CodeState.GOOD, id="fresh"),
        pytest.param(an_invite(expires_at=NOW), CodeState.WRONG, id="expired this very instant"),
        pytest.param(an_invite(revoked_at=NOW), CodeState.WRONG, id="revoked"),
        pytest.param(spend(an_invite(), CHAT, NOW), CodeState.OURS, id="used here"),
        pytest.param(spend(an_invite(), OTHER_CHAT, NOW), CodeState.WRONG, id="used elsewhere"),
        pytest.param(
            replace(spend(an_invite(), CHAT, NOW), revoked_at=NOW),
            CodeState.WRONG,
            id="used here, then revoked",
        ),
    ],
)
def test_a_code_is(invite: Invite | None, state: CodeState) -> None:
    assert read_code(invite, CHAT, NOW) is state


def test_the_fifth_wrong_code_of_a_day_is_the_last_and_tomorrow_counts_anew() -> None:
    stranger = Stranger(0, CHAT)
    for _ in range(4):
        stranger = count_wrong_code(stranger, TODAY)
    assert stranger.may_try(TODAY, Policy())
    stranger = count_wrong_code(stranger, TODAY)

    assert not stranger.may_try(TODAY, Policy())
    assert stranger.may_try(TODAY + timedelta(days=1), Policy())
    assert count_wrong_code(stranger, TODAY + timedelta(days=1)).wrong_codes == 1


def test_five_useless_messages_are_answered_and_a_good_code_ends_the_silence() -> None:
    stranger = Stranger(0, CHAT)
    for _ in range(4):
        stranger = count_useless(stranger)
    assert stranger.is_heard(Policy())
    stranger = count_useless(stranger)

    assert not stranger.is_heard(Policy())
    assert forgive(stranger).is_heard(Policy())


@pytest.mark.parametrize(
    ("person", "has_posts", "invite", "may"),
    [
        pytest.param({}, False, {}, True, id="who is nowhere yet"),
        pytest.param({"chat_id": CHAT, "bound_at": NOW}, True, {}, True, id="who is here already"),
        pytest.param(
            {"chat_id": OTHER_CHAT, "bound_at": NOW},
            False,
            {"issued_at": NOW},
            False,
            id="unless linked elsewhere since",
        ),
        pytest.param(
            {"chat_id": OTHER_CHAT, "bound_at": NOW},
            False,
            {"issued_at": NOW + timedelta(seconds=1)},
            True,
            id="who was invited anew",
        ),
        pytest.param(
            {"chat_id": OTHER_CHAT, "bound_at": NOW},
            True,
            {"issued_at": NOW + timedelta(seconds=1)},
            False,
            id="unless a colleague is moved by a child's invite",
        ),
        pytest.param(
            {"chat_id": OTHER_CHAT, "bound_at": NOW},
            True,
            {"issued_at": NOW + timedelta(seconds=1), "guardianship_id": None},
            True,
            id="who is a colleague with a code of their own",
        ),
    ],
)
def test_a_good_code_links_somebody(
    person: dict[str, object], has_posts: bool, invite: dict[str, object], may: bool
) -> None:
    who = replace(Person(GUARDIAN, "王芳"), **person)  # type: ignore[arg-type]
    party = a_party(person=who, has_posts=has_posts)

    assert may_use_code(party, an_invite(**invite), CHAT) is may


def test_staff_are_linked_by_the_code_alone() -> None:
    decision = bind_staff(Person(TEACHER, "陈老师", blocked_at=NOW), an_invite(), CHAT, NOW)

    person, invite = decision.records
    assert (person.chat_id, person.bound_at, person.blocked_at) == (CHAT, NOW, None)
    assert (invite.used_at, invite.used_by_chat) == (NOW, CHAT)


def test_a_claim_waits_for_the_class_teacher_with_a_task_of_one_school_day() -> None:
    party = a_party(a_tie(a_link(relation=Relation.OTHER)))
    decision = claim(party, party.ties, SAID, POLICY, NOW)

    (link,), (task,) = links_in(decision), tasks_in(decision)
    assert (link.state, link.relation) == (GuardianState.CLAIMED, Relation.MOTHER)
    assert (task.kind, task.owner_id) == ("binding", TEACHER)
    assert task.due_at == NOW + timedelta(days=1)
    assert registered(task, link).relation is Relation.OTHER
    assert [(type(one), one.to) for one in decision.messages] == [(ClaimToConfirm, TEACHER)]


def test_a_second_claim_while_one_waits_asks_nobody_twice() -> None:
    party = a_party(a_claimed_tie())
    decision = claim(party, party.ties, SAID, POLICY, NOW)

    assert tasks_in(decision) == []
    assert decision.messages == ()


@pytest.mark.parametrize(
    ("until", "said", "state"),
    [
        pytest.param(timedelta(seconds=1), ClaimedAs.MOTHER, GuardianState.BOUND, id="in it"),
        pytest.param(timedelta(0), ClaimedAs.MOTHER, GuardianState.CLAIMED, id="when it is over"),
        pytest.param(timedelta(hours=1), ClaimedAs.CARER, GuardianState.CLAIMED, id="as carer"),
    ],
)
def test_the_meeting_confirms_by_itself(
    until: timedelta, said: ClaimedAs, state: GuardianState
) -> None:
    meeting = SchoolClass(2, 1, 3, 2, live_binding_until=NOW + until)
    tie = a_tie(a_link(relation=Relation.GRANDPARENT), school_class=meeting)
    decision = claim(a_party(tie), (tie,), replace(SAID, claimed_as=said), POLICY, NOW)

    assert [link.state for link in links_in(decision)] == [state]


def test_moving_to_another_chat_has_every_child_confirmed_again() -> None:
    bound = a_tie(a_link(id=12, state=GuardianState.BOUND, confirmed_at=NOW))
    party = a_party(a_tie(), bound, person=Person(GUARDIAN, "王芳", chat_id=OTHER_CHAT))
    decision = claim(party, party.ties[:1], SAID, POLICY, NOW)

    assert [link.state for link in links_in(decision)] == [GuardianState.CLAIMED] * 2
    assert [person.chat_id for person in people_in(decision)] == [CHAT]


def test_staying_in_the_chat_leaves_the_other_children_as_they_are() -> None:
    bound = a_tie(a_link(id=12, state=GuardianState.BOUND, confirmed_at=NOW))
    party = a_party(a_tie(), bound, person=Person(GUARDIAN, "王芳", chat_id=CHAT))
    decision = claim(party, party.ties[:1], SAID, POLICY, NOW)

    assert [link.id for link in links_in(decision)] == [11]


def test_confirming_opens_the_chat_for_the_child_and_ends_the_task() -> None:
    decision = confirm(a_claimed_tie(), TEACHER, NOW)

    (link,), (task,) = links_in(decision), tasks_in(decision)
    assert decision is not None
    assert (link.state, link.confirmed_by) == (GuardianState.BOUND, TEACHER)
    assert task.outcome == "confirmed"
    assert [type(one) for one in decision.messages] == [GuardianConfirmed]


def test_a_carer_is_not_confirmed_before_a_parent_has_agreed() -> None:
    tie = a_claimed_tie(is_carer=True, relation=Relation.GRANDPARENT)
    with pytest.raises(NotNow) as refused:
        confirm(tie, TEACHER, NOW)
    assert refused.value.phrase == "binding.parent_needed"
    noted = note_parent_consent(tie.link, "1", TEACHER, NOW)

    (link,) = links_in(noted)
    assert not needs_parent(link)
    assert note_parent_consent(link, "1", TEACHER, NOW) is None
    assert confirm(replace(tie, link=link), TEACHER, NOW) is not None


@pytest.mark.parametrize(
    ("party", "states", "chats"),
    [
        pytest.param(
            a_party(a_claimed_tie(), a_tie(a_link(id=12, state=GuardianState.CLAIMED))),
            [GuardianState.UNBOUND] * 2,
            [None],
            id="takes all claims of that chat, and the chat",
        ),
        pytest.param(
            a_party(a_claimed_tie(), a_tie(a_link(id=12, state=GuardianState.BOUND))),
            [GuardianState.UNBOUND],
            [],
            id="leaves what another teacher has confirmed",
        ),
        pytest.param(
            a_party(a_claimed_tie(), has_posts=True),
            [GuardianState.UNBOUND],
            [],
            id="leaves a colleague their chat",
        ),
    ],
)
def test_a_rejection(party: Party, states: list[GuardianState], chats: list[int | None]) -> None:
    decision = reject(party, party.ties[0], TEACHER, NOW)

    assert [link.state for link in links_in(decision)] == states
    assert [person.chat_id for person in people_in(decision)] == chats


def test_a_rejection_gives_the_register_its_word_back() -> None:
    tie = replace(a_claimed_tie(is_carer=True, relation=Relation.FATHER), task=a_task("sibling:"))
    (link,) = links_in(reject(a_party(tie), tie, TEACHER, NOW))

    assert (link.relation, link.is_carer) == (Relation.SIBLING, False)


@pytest.mark.parametrize("decide", [confirm, lambda *given: reject(a_party(), *given)])
def test_what_waits_no_more_is_decided_no_more(
    decide: Callable[[Tie, int, datetime], Decision | None],
) -> None:
    assert decide(a_tie(a_link(state=GuardianState.BOUND)), TEACHER, NOW) is None


def test_who_would_rather_be_phoned_leaves_no_chat_behind() -> None:
    decision = refuse(a_link(), "1", NOW)

    assert decision is not None
    link, consent = decision.records
    assert link.state is GuardianState.PHONE_ONLY
    assert (consent.agreed, consent.chat_id) == (False, None)
    assert refuse(link, "1", NOW) is None


def a_consent(way: str = "chat") -> Consent:
    return Consent(21, GUARDIAN, 11, "1", agreed=True, way=way, at=NOW, chat_id=CHAT)


def test_stopping_ends_links_chat_and_own_consents_but_not_a_parents_signature() -> None:
    bound = a_tie(a_link(state=GuardianState.BOUND, confirmed_at=NOW))
    party = a_party(
        bound,
        person=Person(GUARDIAN, "王芳", chat_id=CHAT),
        consents=(a_consent(), a_consent("paper")),
    )
    decision = stop(party, NOW)

    assert decision is not None
    ended = [one for one in decision.records if isinstance(one, Consent)]
    assert [link.state for link in links_in(decision)] == [GuardianState.STOPPED]
    assert [person.chat_id for person in people_in(decision)] == [None]
    assert [one.way for one in ended] == ["chat"]


def test_who_is_no_guardian_here_has_nothing_to_stop() -> None:
    assert stop(a_party(), NOW) is None


@pytest.mark.parametrize(
    ("confirmed_at", "state"),
    [(NOW, GuardianState.BOUND), (None, GuardianState.CLAIMED)],
    ids=["confirmed", "still waiting"],
)
def test_coming_back_restores_the_state_before(
    confirmed_at: datetime | None, state: GuardianState
) -> None:
    stopped = a_tie(a_link(state=GuardianState.STOPPED, confirmed_at=confirmed_at))
    party = a_party(stopped, chats=frozenset({CHAT}))
    decision = come_back(party, CHAT, "2", POLICY, NOW + timedelta(days=1))

    assert may_come_back(party, CHAT)
    assert not may_come_back(party, OTHER_CHAT)
    assert [link.state for link in links_in(decision)] == [state]
    assert [link.confirmed_at for link in links_in(decision)] == [confirmed_at]


def test_other_children_are_offered_unless_nobody_may_write_about_them() -> None:
    party = a_party(
        a_tie(),
        a_tie(a_link(id=12, flag=ContactFlag.NO_CONTACT)),
        a_tie(a_link(id=13, state=GuardianState.PHONE_ONLY)),
    )

    assert [tie.link.id for tie in party.unasked] == [11]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("李小明", "小明"),
        ("李一", "李一"),
        ("欧阳小红", "小红"),
        ("欧阳红", "欧阳红"),
        ("阿依古丽·买买提", "阿依古丽"),
        ("Anna Berg", "Anna"),
    ],
)
def test_a_family_says(name: str, given: str) -> None:
    assert given_name(name) == given
