"""From suspected to the township: with everybody at work, and with everybody silent."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from rules.model.case import Stage
from rules.model.ladder import Paper, PaperState, Referral, ReferralState, Service
from rules.model.people import Post, Role
from rules.model.school import EnrolmentStatus
from storage.tables.ladder import papers, referrals, services
from storage.tables.people import posts
from storage.tables.plumbing import journal
from tests.support.county import add_person
from tests.support.upper import (
    CHILD,
    SEPTEMBER,
    contacted,
    missing_until,
    open_card,
    press,
    says,
    sends_photo,
    the_case,
)
from tests.support.world import World

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY_14 = SEPTEMBER[5]


async def told(world: World) -> set[str]:
    """Who has heard what since the last time; answers to one's own keys and files left out."""
    lines = [line.split(" ", 1)[1].removesuffix("!") for line in await world.heard()]
    return {line for line in lines if line.split()[-1] not in ("screen", "paper_file")}


async def suspected(world: World) -> None:
    """Six days missed; the family was reached and will not send the child."""
    await missing_until(world, *SEPTEMBER[:6])
    await world.to("10:00")
    await contacted(world, result="again")
    assert (await world.child(CHILD)).status is EnrolmentStatus.SUSPECTED
    await world.heard()


async def with_township(world: World) -> None:
    """The township has a contact on the phone."""
    async with world.stage.database.work(world.stage.clock.now()) as work:
        person = await add_person(work, world.county, "township", "何敏")
        await work.insert(posts, Post(0, person, Role.TOWNSHIP, world.county.township_id))
    await world.meet("township")


async def confirm(world: World, who: str) -> None:
    """Nothing to add; the step is taken."""
    await world.tap(who, "不用补充")
    await world.tap(who, "确认提交")


async def noticed(world: World) -> None:
    """Asked for, approved, stamped, signed for by the father."""
    await open_card(world, "teacher", "contact")
    await world.tap("teacher", "申请发通知书")
    await confirm(world, "teacher")
    assert await told(world) == {"head paper_card", "leader stage_reached"}
    await open_card(world, "head", "notice_approval")
    await world.tap("head", "批准")
    assert await told(world) == {"teacher paper_card"}
    await open_card(world, "teacher", "notice_service")
    await world.tap("teacher", "上传盖章件")
    await sends_photo(world, "teacher")
    await world.tap("teacher", "当面签收")
    await world.tap("teacher", "今天")
    await says(world, "teacher", "李大山，父亲")
    await sends_photo(world, "teacher", 2)
    await world.tap("teacher", "保存")
    assert await told(world) == set()


async def reported(world: World) -> None:
    """Refused; the report signed by the head and acknowledged by the section."""
    await contacted(world, result="refuses")
    assert (await the_case(world)).stage is Stage.REPORT
    assert await told(world) == {"head paper_card", "leader stage_reached"}
    await open_card(world, "head", "report_signature")
    await world.tap("head", "批准")
    assert await told(world) == {"section paper_card"}
    await open_card(world, "section", "report_acknowledgement")
    await world.tap("section", "签收")
    everybody = {"bureau paper_card", "teacher stage_reached", "leader stage_reached"}
    assert await told(world) == everybody


async def delivered(world: World) -> None:
    """Issued by the bureau leader, delivered by the section."""
    await open_card(world, "bureau", "joint_issue")
    await world.tap("bureau", "签发")
    assert await told(world) == {"section paper_card"}
    for kind, key in (("township_delivery", "已送乡镇"), ("county_delivery", "已报县政府")):
        await open_card(world, "section", kind)
        await world.tap("section", key)
        await sends_photo(world, "section", len(kind))
    assert await told(world) == {"township township_card"}


async def test_a_case_goes_from_suspected_to_the_township_by_everybodys_acts(
    world: World,
) -> None:
    await with_township(world)
    await suspected(world)

    await noticed(world)
    case = await the_case(world)
    assert (case.served_on, case.notice_until) == (MONDAY_14, date(2026, 9, 21))
    await reported(world)
    await delivered(world)

    (referral,) = await world.all_of(referrals, Referral)
    assert referral.state is ReferralState.SENT
    assert len(await world.all_of(services, Service)) == 1
    found = await world.all_of(papers, Paper)
    assert {one.state for one in found} == {PaperState.APPROVED}
    assert {one.number for one in found} == {1}
    assert (await the_case(world)).marks == ()


def at(day: int, month: int = 9) -> datetime:
    return datetime(2026, month, day, 9, 0, tzinfo=ZONE)


async def test_where_head_section_and_bureau_are_silent_the_case_goes_on_by_itself(
    world: World,
) -> None:
    await missing_until(world, *SEPTEMBER[:6])
    await world.to("08:59", date(2026, 9, 17))
    assert (await the_case(world)).stage is Stage.PERSUADE

    await world.to("09:00")
    case = await the_case(world)
    assert (case.stage, case.stage_at) == (Stage.NOTICE, at(17))
    task = await world.task("notice_prepare")
    await press(world, "teacher", f"paper:{task.id}:submit")
    await confirm(world, "teacher")

    marks: tuple[str, ...] = ()
    for moment, stage, mark in (
        (at(23), Stage.REPORT, "notice_unapproved"),
        (at(24), Stage.REPORT, "school_unsigned"),
        (at(30), Stage.JOINT, "section_unacknowledged"),
        (at(9, 10), Stage.JOINT, "bureau_unissued"),
    ):
        await world.to("08:59", moment.date())
        assert (await the_case(world)).marks == marks
        assert not await told_township(world)
        await world.to("09:00")
        marks = (*marks, mark)
        assert ((await the_case(world)).stage, (await the_case(world)).marks) == (stage, marks)

    assert await told_township(world)
    assert await silent(world) == [
        ("notice_unapproved", "head"),
        ("school_unsigned", "head"),
        ("section_unacknowledged", "section"),
        ("bureau_unissued", "bureau"),
    ]
    card = await open_card(world, "bureau", "joint_issue")
    assert "通知书学校未批（张敏）、学校未签（张敏）、股室未签收（陈勇）" in card


async def told_township(world: World) -> bool:
    """Whether the township has been asked to accept, by the program itself."""
    found = await world.all_of(referrals, Referral)
    return any(one.state is ReferralState.SENT and one.sent_by is None for one in found)


async def silent(world: World) -> list[tuple[str, str]]:
    """Who was silent, by the journal."""
    case = await the_case(world)
    query = select(journal.c.public).where(
        journal.c.subject == f"case:{case.id}", journal.c.kind == "went_on"
    )
    async with world.stage.database.read() as read:
        lines = [json.loads(one) for one in await read.scalars(query.order_by(journal.c.number))]
    names = {person: who for who, person in world.county.people.items()}
    return [(one["mark"], names[one["silent"]]) for one in lines]
