"""How children are named to staff (privacy D2): over every view that is registered."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from rules.danger import Danger
from rules.decision import Decision
from rules.messages.base import Lane
from rules.model.attendance import RollCall, Session
from rules.model.case import Safety, SafetyState, Task
from rules.model.school import SchoolClass, Student
from rules.naming import shown_name
from rules.policy import Policy, PolicyError, StaffNames
from rules.policy.sections import Reaching
from storage.carrying import carry_out
from storage.database import Database
from storage.outbox import Outgoing
from storage.tables.cases import cases, tasks
from storage.tables.danger import dangers
from storage.tables.school import classes, students
from storage.views import kinds, view_of
from storage.views.child_card import child_card
from storage.views.my_class import my_class
from storage.views.protection import flags_view
from storage.work import Work
from tests.support.county import County
from tests.support.databases import KEYS
from tests.support.long_case import CHILD

NOW = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
#: What families read; their own rule is the given name or 您家孩子.
FOR_FAMILIES = frozenset(
    {
        "absence_alert",
        "asked_again",
        "carer_asked",
        "child_arrived",
        "child_is_safe",
        "contact_decided",
        "guardian_confirmed",
        "leave_answered",
        "parent_asked",
        "question_settled",
        "second_alert",
        "still_ill",
        "teacher_visited",
        "weekly_total",
        "welcome_back",
    }
)
#: What names the child of this story, and what each is about; whatever else is registered must
#: not let the name out.
NAMING = {
    "approval_card": "task",
    "binding_card": "binding",
    "child_in_danger": "danger",
    "child_missing": "search",
    "day_card": "roll_call",
    "deadline_near": "task",
    "flag_asked": "flag",
    "flag_decided": "flag",
    "guardian_refused": "task",
    "look_again": "search",
    "nobody_answered": "task",
    "note": "task",
    "nudge": "task",
    "paper_card": "paper_task",
    "please_call": "task",
    "search_ended": "search",
    "search_found": "search",
    "stage_reached": "case",
    "staffing_changed": "class",
    "status_card": "task",
    "task_card": "task",
    "task_climbed": "task",
    "task_handed_over": "task",
    "task_reminder": "task",
    "township_card": "township_task",
}


def a_child(name: str, seat: str | None = None) -> Student:
    return Student(41, 1, 1, name, seat=seat)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("李一", "李*"),
        ("王小明", "王**"),
        ("欧阳小明", "欧阳**"),
        ("欧阳", "欧*"),
        ("阿依古丽·买买提", "阿*"),
        ("Li Yi", "L*"),
    ],
)
def test_a_masked_name_keeps_the_family_name(name: str, masked: str) -> None:
    assert shown_name(a_child(name), StaffNames.MASKED) == masked
    assert shown_name(a_child(name), StaffNames.FULL) == name


def test_a_number_is_the_seat_or_else_the_childs_own() -> None:
    assert shown_name(a_child("李一", "7"), StaffNames.NUMBER) == "7"
    assert shown_name(a_child("李一"), StaffNames.NUMBER) == "#41"


def test_the_policy_says_how_and_refuses_another_word() -> None:
    policy = Policy.from_toml('[privacy]\nstaff_names = "masked"')

    assert policy.privacy.staff_names is StaffNames.MASKED
    assert Policy().privacy.staff_names is StaffNames.FULL
    with pytest.raises(PolicyError, match=r"privacy\.staff_names"):
        Policy.from_toml('[privacy]\nstaff_names = "initials"')


@dataclass
class Office:
    """A case over two months, with everything else that staff can be shown about a child."""

    database: Database
    county: County
    ids: dict[str, int]

    async def seen(self, kind: str, item: int) -> object:
        """The view of a kind as it would go to the head of the school."""
        row = Outgoing(
            key=kind,
            kind=kind,
            lane=Lane.TASK,
            person_id=self.county.people["head"],
            payload={"items": [item], "more": self._more(kind)},
            student_id=self.county.children[CHILD],
            created_at=NOW,
        )
        async with self.database.read() as read:
            return await view_of(kind)(read, row)

    def _more(self, kind: str) -> dict[str, object]:
        teacher, child = self.county.people["teacher"], self.county.children[CHILD]
        more = {
            "staffing_changed": {"what": "pairing", "old": teacher, "new": teacher, "tasks": 0}
        }
        said = {"line": "status_suspected", "stage": "joint", "by": teacher, "student": child}
        return {**said, **more.get(kind, {})}


@pytest.fixture
async def office(told_story: tuple[Path, County], tmp_path: Path) -> AsyncIterator[Office]:
    file, county = told_story
    shutil.copy(file, tmp_path / "names.db")
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'names.db'}", KEYS)
    database.staff_names = StaffNames.MASKED
    yield Office(database, county, await add_what_is_missing(database, county))
    await database.close()


async def add_what_is_missing(database: Database, county: County) -> dict[str, int]:
    """A call, a roll call, searches, a child in danger, a flag that waits, a case that is over."""
    child, teacher = county.children[CHILD], county.people["teacher"]
    link = county.links[f"李父:{CHILD}"]
    call = Task(-1, "data_repair", "child:0", teacher, NOW, NOW, child, school_id=county.school_id)
    flag = replace(
        call,
        id=-2,
        kind="correction_approval",
        subject=f"flag:{link}",
        note=f"normal emergencies {teacher}",
    )
    search = Safety(-3, child, None, "left_home", SafetyState.OPEN, NOW, NOW, told=(teacher,))
    at = NOW - timedelta(hours=1)
    records = {
        "task": call,
        "flag": flag,
        "search": search,
        "binding": replace(call, id=-4, kind="binding", subject=f"guardianship:{link}"),
        "roll_call": RollCall(
            -5, county.class_id, county.school_id, NOW.date(), Session.MORNING, at, at, page=0
        ),
    }
    async with database.work(NOW) as work:
        kept = await carry_out(work, Decision(tuple(records.values())))
        ids = {name: one.id for name, one in zip(records, kept, strict=True)}
        danger = Danger(0, child, teacher, NOW, county.people["head"], None, "看见新伤")
        ids["danger"] = await work.insert(dangers, danger)
        ids["case"] = int(await work.scalar(select(func.max(cases.c.id))))
        ids["class"] = county.class_id
        ids["paper_task"] = await opened(work, "notice_approval")
        ids["township_task"] = await opened(work, "township_acceptance")
    return ids


async def opened(work: Work, kind: str) -> int:
    """A task of the story that is over by now, as it was when its card was sent."""
    task_id = int(await work.scalar(select(func.max(tasks.c.id)).where(tasks.c.kind == kind)))
    await work.execute(update(tasks).where(tasks.c.id == task_id).values(state="open"))
    return task_id


async def test_staff_read_the_name_as_the_county_wants_it(office: Office) -> None:
    for kind, about in NAMING.items():
        view = repr(await office.seen(kind, office.ids[about]))
        assert "李*" in view, kind
        assert CHILD not in view, kind


async def test_no_other_view_for_staff_lets_the_name_out(office: Office) -> None:
    others = kinds() - FOR_FAMILIES - set(NAMING)
    assert others
    for kind in others:
        for item in set(office.ids.values()):
            try:
                view = repr(await office.seen(kind, item))
            except (LookupError, ValueError):
                continue
            assert CHILD not in view, kind


async def test_equal_masked_names_of_a_class_are_told_apart(office: Office) -> None:
    async with office.database.work(NOW) as work:
        twin = replace(a_child("李二", "9"), id=0, school_id=office.county.school_id)
        await work.insert(students, replace(twin, class_id=office.county.class_id))
    shown = await office.seen("day_card", office.ids["roll_call"])

    assert "李*(9)" in repr(shown)


async def test_lists_and_cards_that_are_asked_for_obey_too(office: Office) -> None:
    child = office.county.children[CHILD]
    async with office.database.read() as read:
        student = await read.one(select(students).where(students.c.id == child), Student)
        school_class = await read.one(
            select(classes).where(classes.c.id == office.county.class_id), SchoolClass
        )
        assert student is not None
        assert school_class is not None
        views = (
            await child_card(read, student, NOW.date()),
            await my_class(read, school_class, [], (NOW, NOW.date()), Reaching()),
            await flags_view(read, student),
        )
    for view in views:
        assert "李*" in repr(view)
        assert CHILD not in repr(view)
