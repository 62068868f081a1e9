"""An ending without a return, with the whole application: by head and section, by the other
school's word, by nobody's answer, and opened again."""

from __future__ import annotations

from datetime import date

from rules.model.case import CaseState, Ending, Stage
from rules.model.ladder import ClosingState, Paper, PaperState
from rules.model.school import EnrolmentStatus
from storage.tables.ladder import papers
from storage.tables.plumbing import journal
from tests.support.closing import (
    another_school,
    hands_in,
    newest_closing,
    opens_more,
    to_the_other_school,
)
from tests.support.upper import (
    CHILD,
    SEPTEMBER,
    contacted,
    keys,
    missing_until,
    newest,
    open_card,
    persuading,
    press,
    says,
    the_case,
)
from tests.support.world import World


async def told(world: World, *kinds: str) -> list[str]:
    """Who has heard one of these since the last time, in order."""
    return [" ".join(line.split()[1:]) for line in await world.heard() if line.endswith(kinds)]


async def notes(world: World, number: int) -> list[str]:
    """The kinds of the case's lines in the journal."""
    async with world.stage.database.read() as read:
        query = journal.select().with_only_columns(journal.c.kind)
        found = query.where(journal.c.subject == f"case:{number}").order_by(journal.c.number)
        return await read.scalars(found)


async def test_head_and_section_agree_and_what_was_open_is_over(either_world: World) -> None:
    world = either_world
    await persuading(world)
    await world.heard()
    await hands_in(world, "出国（境）")
    assert await told(world, "closing_card") == ["head closing_card"]
    await open_card(world, "head", "closing_approval")
    await world.tap("head", "批准")
    assert await told(world, "closing_card", "closing_decided") == ["section closing_card"]
    assert "张敏" in await open_card(world, "section", "closing_approval")
    await world.tap("section", "批准")
    assert await told(world, "closing_card", "closing_decided") == ["teacher closing_decided"]

    case = await the_case(world)
    assert (case.state, case.ended_as) == (CaseState.CLOSED, Ending.LAWFUL_EXIT)
    assert (await world.child(CHILD)).status is EnrolmentStatus.LEFT
    assert await world.open_tasks(CHILD) == ["register_correction"]
    await world.to("10:00", SEPTEMBER[4])
    assert not [one for one in await world.heard("李爸") if "absence_alert" in one]


async def test_in_the_first_stage_too(world: World) -> None:
    await missing_until(world, SEPTEMBER[0])
    await world.to("09:10")
    assert (await the_case(world)).stage is Stage.VERIFY
    await hands_in(world, "不是我校学生")
    await open_card(world, "head", "closing_approval")
    await world.tap("head", "批准")
    assert (await the_case(world)).ended_as is Ending.DATA_FAULT


async def test_the_other_schools_silence_climbs_there_and_its_word_ends_the_case(
    world: World,
) -> None:
    await another_school(world)
    await persuading(world)
    await world.heard()
    await to_the_other_school(world)
    assert await told(world, "transfer_card") == ["clerk2 transfer_card"]
    task = await world.task("transfer_confirm")
    await world.to("10:01", date(2026, 9, 14))
    climbs = [
        line
        for line in await told(world, "task_climbed")
        if line.split()[0] in ("head2", "head", "leader", "section")
    ]
    assert "head2 task_climbed" in climbs
    assert (await world.task("transfer_confirm")).level == 2
    assert "〔在我校就读〕" in await open_card(world, "head2", "transfer_confirm")
    await world.tap("head2", "在我校就读")
    assert (await world.task("transfer_confirm")).id == task.id
    await open_card(world, "head", "closing_approval")
    await world.tap("head", "批准")
    closing, case = await newest_closing(world), await the_case(world)
    assert (closing.state, closing.proof_file_id) == (ClosingState.GRANTED, None)
    assert case.ended_as is Ending.TRANSFERRED
    assert "transfer_confirmed" in await notes(world, case.id)


async def test_the_section_decides_in_a_silent_heads_place_and_once_is_enough(
    world: World,
) -> None:
    await persuading(world)
    await hands_in(world, "已毕业")
    await world.to("12:00", date(2026, 9, 15))
    await open_card(world, "section", "closing_approval")
    assert "代批" in keys(world, "section")
    await world.tap("section", "代批")
    assert (await the_case(world)).ended_as is Ending.LAWFUL_EXIT
    closing = await newest_closing(world)
    assert (closing.head_by, closing.section_by) == (None, world.county.people["section"])


async def test_a_child_who_comes_back_takes_the_request_away(world: World) -> None:
    await missing_until(world, SEPTEMBER[0])
    await world.to("09:10")
    await hands_in(world)
    await press(world, "teacher", f"child:{world.county.children[CHILD]}:open")
    await world.tap("teacher", "已到校")
    assert (await newest_closing(world)).state is ClosingState.WITHDRAWN
    assert "closing_approval" not in await world.open_tasks(CHILD)
    assert (await the_case(world)).ended_as is Ending.RETURNED


async def test_reopened_it_keeps_its_number_its_history_and_the_numbers_of_its_papers(
    either_world: World,
) -> None:
    world = either_world
    await persuading(world)
    await contacted(world, result="again")
    await _notice(world)
    number, before = (await the_case(world)).id, await notes(world, (await the_case(world)).id)
    await hands_in(world)
    await open_card(world, "head", "closing_approval")
    await world.tap("head", "批准")
    await press(world, "head", f"case:{number}:0")
    await world.tap("head", "重新打开")
    await says(world, "head", "截图看错了，人在本校")

    case = await the_case(world)
    assert (case.id, case.state, case.stage, case.round) == (
        number,
        CaseState.OPEN,
        Stage.PERSUADE,
        2,
    )
    assert (await world.child(CHILD)).status in (
        EnrolmentStatus.ENROLLED,
        EnrolmentStatus.SUSPECTED,
    )
    lines = await notes(world, number)
    assert lines[: len(before)] == before
    assert {"case_closed", "case_reopened"} <= set(lines)
    await world.settle()
    assert "contact" in await world.open_tasks(CHILD)

    await contacted(world, means="visit", result="refuses")
    await _notice(world)
    notices = await world.all_of(papers, Paper, kind="notice", state=PaperState.APPROVED.value)
    assert [(one.round, one.number) for one in notices] == [(1, 1), (2, 2)]


async def _notice(world: World) -> None:
    """The teacher asks for a notice, and the head approves it."""
    await opens_more(world, "teacher")
    await world.tap("teacher", "申请发通知书")
    await world.tap("teacher", "不用补充")
    await world.tap("teacher", "确认提交")
    await open_card(world, "head", "notice_approval")
    await world.tap("head", "批准")
    assert "已批准" in newest(world, "head")
