"""A case at the township: accepted, declined, forgotten, taken away, and with two at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from sqlalchemy import select, update

from rules.child import joint
from rules.child.contacts import log_contact
from rules.child.draft import Draft
from rules.child.reports import acknowledge, ask_for_report, sign
from rules.child.returns import sign_return
from rules.child.rollcall import see_child
from rules.child.settle import settle
from rules.model.case import CaseState, Contact, Stage, Task, TaskState
from rules.model.ladder import Paper, PaperState, Referral, ReferralState
from rules.model.people import Post, Role
from rules.model.school import Student, Unit, UnitKind
from storage.tables.cases import tasks
from storage.tables.ladder import papers, referrals
from storage.tables.people import people, posts
from storage.tables.school import students, units
from tests.support.county import add_person
from tests.support.upper import CHILD, SEPTEMBER, missing_until, newest, open_card, press, says
from tests.support.world import ZONE, World

THURSDAY = date(2026, 9, 10)
MONDAY, TUESDAY = date(2026, 9, 14), date(2026, 9, 15)


async def with_contact(world: World, who: str, unit_id: int) -> None:
    """A township has a contact on the phone."""
    async with world.stage.database.work(world.stage.clock.now()) as work:
        person = await add_person(work, world.county, who, f"{who}何")
        await work.insert(posts, Post(0, person, Role.TOWNSHIP, unit_id))
    await world.meet(who)


async def another_township(world: World, name: str = "白石乡") -> int:
    async with world.stage.database.work(world.stage.clock.now()) as work:
        return await work.insert(units, Unit(0, UnitKind.TOWNSHIP, name))


async def at_the_township(world: World) -> None:
    """Nobody can be reached; reported, acknowledged, issued and sent on the fourth day."""
    await with_contact(world, "township", world.county.township_id)
    await missing_until(world, *SEPTEMBER[:4])
    await world.to("10:00")
    people = world.county.people
    for means in ("phone", "visit"):
        await missed(world, means)
    await world.decide(CHILD, partial(_as, by=people["teacher"], act=ask_for_report))
    await _decided(world, "head", "report_signature", sign)
    await _decided(world, "section", "report_acknowledgement", acknowledge)
    await _decided(world, "bureau", "joint_issue", joint.issue)
    await send(world)
    await world.heard()


async def missed(world: World, means: str) -> None:
    """The teacher finds nobody."""

    def act(draft: Draft) -> None:
        by = draft.facts.duties.class_teacher_id or 0
        log_contact(draft, Contact(0, draft.child_id, None, by, draft.now, means, False))

    await world.decide(CHILD, act)


def _as(draft: Draft, by: int, act: Callable[..., object], args: tuple[object, ...] = ()) -> None:
    draft.by = by
    act(draft, *args)


async def _decided(world: World, who: str, kind: str, act: Callable[..., object]) -> None:
    """Somebody decides the open task of a kind."""
    await world.settle()
    task = await world.task(kind, CHILD)
    person = world.county.people[who]
    await world.decide(CHILD, partial(_as, by=person, act=act, args=(task,)))


async def send(world: World) -> None:
    """The section hands over the papers and keeps the receipt."""
    async with world.stage.database.read() as read:
        waiting = await read.all(
            select(tasks).where(tasks.c.kind == "township_delivery", tasks.c.state == "open"), Task
        )
        lines = await read.all(select(referrals), Referral)
    section = world.county.people["section"]
    for task in waiting:
        number = int(task.subject.partition(":")[2])
        line = next(one for one in lines if one.id == number)
        act = partial(_as, by=section, act=joint.deliver, args=(task, line, None, "0" * 64))
        await world.decide(CHILD, act)
    await world.settle()


async def open_card_of(world: World, who: str) -> str:
    """The card of this person's own open task about the child."""
    async with world.stage.database.read() as read:
        query = select(tasks).where(
            tasks.c.owner_id == world.county.people[who], tasks.c.state == TaskState.OPEN.value
        )
        (task,) = await read.all(query, Task)
    await press(world, who, f"task:{task.id}:open")
    return newest(world, who)


def returns(draft: Draft) -> None:
    """Seen in class, and the leader signs at once."""
    see_child(draft)
    sign_return(draft)
    settle(draft)


async def the_case_state(world: World) -> tuple[CaseState, Stage]:
    case = await world.case_of(CHILD)
    assert case is not None
    return case.state, case.stage


async def the_lines(world: World) -> list[Referral]:
    async with world.stage.database.read() as read:
        return await read.all(select(referrals).order_by(referrals.c.id), Referral)


async def test_accepted_and_logged_until_the_child_is_back(world: World) -> None:
    await at_the_township(world)
    card = await open_card(world, "township", "township_acceptance")
    assert "〔接收〕" in card
    assert CHILD in card

    await world.tap("township", "接收")
    await says(world, "township", "赵强，副乡长")
    (line,) = await the_lines(world)
    assert (line.state, line.responsible) == (ReferralState.ACCEPTED, "赵强，副乡长")
    card = await open_card(world, "township", "joint_contact")
    assert "赵强" in card

    await world.tap("township", "请学校同去")
    assert "10:00 teacher township_card" in await world.heard()
    await open_card(world, "township", "joint_contact")
    await world.tap("township", "记录劝返")
    for key in ("详细记录", "家访", "联系上了", "厌学、跟不上", "答应返校", "明天"):
        await world.tap("township", key)
    await world.tap("township", "保存")
    rhythm = await world.task("joint_contact", CHILD)
    assert local(rhythm.due_at) == "09-17 10:00"


def local(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%m-%d %H:%M}"


async def test_declined_it_is_back_at_the_section_and_the_clock_starts_anew(
    world: World,
) -> None:
    await at_the_township(world)
    await open_card(world, "township", "township_acceptance")
    await world.tap("township", "不属本乡镇")
    await says(world, "township", "户口和住处都在外县")
    assert [one.split()[1:] for one in await world.heard() if "section" in one] == [
        ["section", "township_card"]
    ]
    await world.to("10:00", MONDAY)
    await world.heard()
    card = await open_card(world, "section", "township_dispute")
    assert "户口和住处都在外县" in card
    await world.tap("section", "维持，请继续")
    await says(world, "section", "学校在贵乡镇")
    task = await world.task("township_acceptance", CHILD)
    assert local(task.due_at) == "09-16 10:00"
    assert [one.split()[1:] for one in await world.heard() if "township" in one.split()[1]] == [
        ["township", "township_card"]
    ]


async def test_its_silence_climbs_to_section_and_bureau_leader_and_never_to_the_school(
    world: World,
) -> None:
    await at_the_township(world)
    await world.to("09:59", TUESDAY)
    await world.heard()
    await world.to("10:01", TUESDAY)
    task = await world.task("township_acceptance", CHILD)
    climbs = [line for line in await world.heard() if "task_climbed" in line]
    assert climbs == ["10:00 section task_climbed"]
    await world.to("10:01", date(2026, 9, 16))
    climbs = [line for line in await world.heard() if "task_climbed" in line]
    assert "10:00 bureau task_climbed" in climbs
    assert not [line for line in climbs if line.split()[1] in ("leader", "head")]
    assert (await world.task("township_acceptance", CHILD)).id == task.id


async def test_taken_away_when_its_contact_is_gone_and_given_to_another(world: World) -> None:
    other = await another_township(world)
    await with_contact(world, "other", other)
    await at_the_township(world)
    async with world.stage.database.work(world.stage.clock.now()) as work:
        gone = world.county.people["township"]
        await work.execute(update(people).where(people.c.id == gone).values(chat_id=None))
    await world.to("10:01", TUESDAY)
    await world.heard()
    await open_card(world, "section", "township_acceptance")
    await world.tap("section", "改送其他乡镇")
    await world.tap("section", "白石乡")
    first, second = await the_lines(world)
    assert (first.state, second.state) == (ReferralState.WITHDRAWN, ReferralState.WAITING)
    await _decided(world, "bureau", "joint_issue", joint.issue)
    await send(world)
    assert "other township_card" in {line.split(" ", 1)[1] for line in await world.heard()}
    await open_card(world, "other", "township_acceptance")
    await world.tap("other", "接收")
    await says(world, "other", "周平，民政所")
    assert (await the_lines(world))[1].state is ReferralState.ACCEPTED
    async with world.stage.database.read() as read:
        found = await read.all(select(papers).order_by(papers.c.id), Paper)
    township = [one.number for one in found if one.kind == "township"]
    assert township == [1, 2]


async def test_school_and_residence_differ_so_two_act_and_one_return_ends_both(
    world: World,
) -> None:
    other = await another_township(world)
    await with_contact(world, "other", other)
    async with world.stage.database.work(world.stage.clock.now()) as work:
        child = await work.one(
            select(students).where(students.c.id == world.county.children[CHILD]), Student
        )
        assert child is not None
        await work.save(students, replace(child, address="白石乡上坪村12号"))
    await at_the_township(world)
    assert [one.is_residence for one in await the_lines(world)] == [False, True]
    assert "孩子住在贵乡镇" in await open_card_of(world, "other")
    for who in ("township", "other"):
        await open_card_of(world, who)
        await world.tap(who, "接收")
        await says(world, who, f"{who}负责")
    await world.heard()

    await world.to("08:10", date(2026, 9, 11))
    await world.heard()
    await world.decide(CHILD, returns)
    assert (await the_case_state(world)) == (CaseState.WATCH, Stage.JOINT)
    assert {one.state for one in await the_lines(world)} == {ReferralState.ENDED}
    told = {line.split(" ", 1)[1] for line in await world.heard()}
    assert {"township joint_ended", "other joint_ended"} <= told
    async with world.stage.database.read() as read:
        open_kinds = await read.scalars(
            select(tasks.c.kind).where(tasks.c.state == TaskState.OPEN.value)
        )
    assert not {"joint_contact", "township_acceptance", "county_delivery"} & set(open_kinds)
    assert PaperState.SUBMITTED not in {one.state for one in await world.all_of(papers, Paper)}
