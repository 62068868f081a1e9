"""Where a climb arrives: levels in order, gaps skipped, nobody counted twice (rules.md 6)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.chain import Chain, Gap, Reach, Rung
from rules.model.people import Level

TEACHER, LEADER, HEAD, SECTION, BUREAU, DEPUTY, CENTRAL_HEAD = range(1, 8)
SCHOOL, TOWNSHIP = 50, 60


def a_rung(level: Level, person: int | None, *, deputy: int | None = None) -> Rung:
    unit = SCHOOL if level <= Level.HEAD else TOWNSHIP
    return Rung(level, person, is_reachable=person is not None, deputy_id=deputy, unit_id=unit)


def a_chain(*rungs: Rung) -> Chain:
    return Chain(
        rungs
        or (
            a_rung(Level.OWNER, TEACHER),
            a_rung(Level.LEADER, LEADER),
            a_rung(Level.HEAD, HEAD),
            a_rung(Level.SECTION, SECTION),
            a_rung(Level.BUREAU_LEADER, BUREAU),
        )
    )


def unreachable(level: Level, person: int) -> Rung:
    return Rung(level, person, is_reachable=False, unit_id=SCHOOL)


def test_a_climb_arrives_at_the_level_it_was_meant_for() -> None:
    assert a_chain().reach(Level.LEADER, TEACHER) == Reach(Level.LEADER, (LEADER,))
    assert a_chain().reach(Level.BUREAU_LEADER, TEACHER) == Reach(Level.BUREAU_LEADER, (BUREAU,))


def test_a_vacant_level_is_skipped_at_once_with_a_gap() -> None:
    chain = a_chain(a_rung(Level.LEADER, None), a_rung(Level.HEAD, HEAD))

    reach = chain.reach(Level.LEADER, TEACHER)

    assert reach == Reach(Level.HEAD, (HEAD,), (Gap(Level.LEADER, SCHOOL),))


def test_a_person_without_a_working_chat_is_skipped_like_a_vacancy() -> None:
    chain = a_chain(unreachable(Level.LEADER, LEADER), a_rung(Level.HEAD, HEAD))

    reach = chain.reach(Level.LEADER, TEACHER)

    assert reach == Reach(Level.HEAD, (HEAD,), (Gap(Level.LEADER, SCHOOL),))


def test_a_level_that_is_no_part_of_the_chain_is_passed_without_a_gap() -> None:
    chain = a_chain(a_rung(Level.OWNER, TEACHER), a_rung(Level.SECTION, SECTION))

    assert chain.reach(Level.LEADER, TEACHER) == Reach(Level.SECTION, (SECTION,))


def test_where_nobody_is_left_every_level_is_a_gap() -> None:
    chain = a_chain(unreachable(Level.SECTION, SECTION), a_rung(Level.BUREAU_LEADER, None))

    reach = chain.reach(Level.SECTION, TEACHER)

    gaps = (Gap(Level.SECTION, SCHOOL), Gap(Level.BUREAU_LEADER, TOWNSHIP))
    assert reach == Reach(None, (), gaps)


def test_one_person_at_two_levels_counts_once_and_the_levels_above_keep_their_time() -> None:
    chain = a_chain(
        a_rung(Level.LEADER, HEAD), a_rung(Level.HEAD, HEAD), a_rung(Level.SECTION, SECTION)
    )

    assert chain.reach(Level.LEADER, TEACHER) == Reach(Level.LEADER, (HEAD,))
    assert chain.reach(Level.HEAD, TEACHER) == Reach(Level.HEAD, ())


def test_one_unreachable_person_at_two_levels_stops_nothing() -> None:
    chain = a_chain(
        unreachable(Level.LEADER, HEAD),
        unreachable(Level.HEAD, HEAD),
        a_rung(Level.SECTION, SECTION),
    )

    assert chain.reach(Level.LEADER, TEACHER).persons == (SECTION,)


def test_above_a_task_of_the_head_stands_the_section_and_not_the_paired_leader() -> None:
    reach = a_chain().reach(Level.LEADER, HEAD)

    assert reach == Reach(Level.SECTION, (SECTION,))


def test_the_absent_person_and_the_deputy_are_both_told() -> None:
    chain = a_chain(a_rung(Level.LEADER, LEADER, deputy=DEPUTY))

    assert chain.reach(Level.LEADER, TEACHER).persons == (LEADER, DEPUTY)


def test_a_deputy_mans_the_level_of_a_person_without_a_chat() -> None:
    chain = a_chain(Rung(Level.LEADER, LEADER, is_reachable=False, deputy_id=DEPUTY))

    assert chain.reach(Level.LEADER, TEACHER) == Reach(Level.LEADER, (DEPUTY,))


def test_an_owner_who_stands_in_for_the_leader_is_not_told_of_the_own_task() -> None:
    chain = a_chain(a_rung(Level.LEADER, LEADER, deputy=TEACHER))

    assert chain.reach(Level.LEADER, TEACHER).persons == (LEADER,)


def test_a_village_school_tells_its_own_responsible_person_and_the_central_head() -> None:
    chain = a_chain(
        a_rung(Level.LEADER, LEADER), a_rung(Level.HEAD, HEAD), a_rung(Level.HEAD, CENTRAL_HEAD)
    )

    assert chain.reach(Level.HEAD, TEACHER).persons == (HEAD, CENTRAL_HEAD)
    assert chain.reach(Level.LEADER, HEAD) == Reach(Level.HEAD, (CENTRAL_HEAD,))


def test_the_gap_task_is_known_by_level_and_unit() -> None:
    assert Gap(Level.BUREAU_LEADER, TOWNSHIP).subject == "gap:bureau_leader:60"


def test_the_owner_may_be_another_than_the_teacher_of_the_chain() -> None:
    chain = a_chain().owned_by(Rung(Level.SECTION, DEPUTY, is_reachable=False))

    assert chain.owner(DEPUTY).to_tell == ()
    assert [rung.person_id for rung in chain.above(DEPUTY)] == [LEADER, HEAD, SECTION, BUREAU]


some_level = st.sampled_from(tuple(Level))
rungs = some_level.map(lambda level: a_rung(level, None)) | st.builds(
    Rung,
    level=some_level,
    person_id=st.integers(1, 6),
    is_reachable=st.booleans(),
    deputy_id=st.none() | st.integers(1, 6),
    unit_id=st.just(SCHOOL),
)
chains = st.lists(rungs, max_size=7).map(
    lambda some: Chain(tuple(sorted(some, key=lambda rung: rung.level)))
)


@given(chains, st.sampled_from([one for one in Level if one]), st.integers(1, 6))
@settings(deadline=None)
def test_a_climb_never_arrives_below_its_level_nor_at_its_owner(
    chain: Chain, level: Level, owner: int
) -> None:
    reach = chain.reach(level, owner)

    assert reach.level is None or reach.level >= level
    assert owner not in reach.persons


@given(chains, st.sampled_from([one for one in Level if one]), st.integers(1, 6))
@settings(deadline=None)
def test_a_level_with_somebody_to_tell_is_never_skipped(
    chain: Chain, level: Level, owner: int
) -> None:
    reach = chain.reach(level, owner)
    arrived = Level.BUREAU_LEADER + 1 if reach.level is None else reach.level

    skipped = [rung for rung in chain.above(owner) if level <= rung.level < arrived]
    assert [rung for rung in skipped if set(rung.to_tell) - {owner}] == []
