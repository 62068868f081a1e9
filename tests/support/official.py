"""What official papers say, in an invented county: everything known, and almost nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from rules.model.case import Reason
from rules.model.ladder import PaperKind, ServiceWay
from rules.model.official import (
    AbsencePart,
    ChildPart,
    ContactLine,
    Issue,
    LateDuty,
    OfficialPeriods,
    PaperContent,
    PrivatePart,
    Reference,
    Relative,
    ServicePart,
    Silence,
    StatusPart,
)
from rules.model.people import Relation
from rules.model.school import Confirmation, EnrolmentStatus

FIRST = date(2026, 9, 10)
ISSUE = Issue("青石中小劝〔2026〕3号", date(2026, 9, 23), "张敏")
PRIVATE = PrivatePart(
    "990000201501010013", "东岭县青石乡桃花村 3 组 12 号", (("李大", "13900000000"),)
)
_DAYS = tuple(FIRST + timedelta(days=n) for n in (0, 1, 4, 5, 6, 7, 8, 11))


def sparse(kind: PaperKind) -> PaperContent:
    """A child of whom hardly anything is known, and nobody who could be named."""
    return PaperContent(
        kind=kind,
        written_on=date(2026, 9, 22),
        school="青石中心小学",
        bureau="东岭县教体局",
        child=ChildPart("李一", 3, 2),
        absence=AbsencePart(FIRST, 0, 0),
        status=StatusPart(EnrolmentStatus.ENROLLED, Confirmation.CONFIRMED),
        periods=OfficialPeriods(7, 2, 5),
    )


def full(kind: PaperKind) -> PaperContent:
    """A case with a long log, a served notice, silences and late duties."""
    is_for_township = kind in (PaperKind.TOWNSHIP, PaperKind.HANDOVER)
    return replace(
        sparse(kind),
        child=ChildPart("李一", 3, 2, "m", date(2017, 5, 4), boards=True),
        absence=AbsencePart(FIRST, 8, 2, _DAYS, _DAYS[2:4]),
        status=StatusPart(
            EnrolmentStatus.SUSPECTED,
            Confirmation.CONFIRMED,
            date(2026, 9, 17),
            "李强",
            date(2026, 9, 18),
        ),
        addressee="青石乡" if is_for_township else "青石中心小学",
        is_to_township=is_for_township,
        townships=("青石乡", "东岭镇"),
        class_teacher="王芳",
        responsible="王芳",
        head="张敏",
        section_contact="陈勇",
        township_contact="周静",
        relatives=(
            Relative("李大", Relation.FATHER),
            Relative("赵兰", Relation.GRANDPARENT, is_guardian=False, is_carer=True),
        ),
        contacts=_log(),
        notice=Reference("青石中小劝〔2026〕3号", date(2026, 9, 23)),
        service=ServicePart(
            ServiceWay.REFUSED, date(2026, 9, 24), "王芳", date(2026, 10, 8), None, "陈二、周五"
        ),
        report=Reference("青石中小报〔2026〕1号", date(2026, 10, 9)),
        silences=(
            Silence("school_unsigned", date(2026, 10, 9), "张敏"),
            Silence("section_unacknowledged", date(2026, 10, 14), "陈勇"),
        ),
        late=(
            LateDuty("home_visit", date(2026, 9, 16), "王芳"),
            LateDuty("report_signature", date(2026, 10, 9), "张敏"),
        ),
        why="deadline",
        words="孩子奶奶说父母在外地打工，\n电话时通时不通。",
    )


def _log() -> tuple[ContactLine, ...]:
    visit = ContactLine(
        date(2026, 9, 14),
        "visit",
        "王芳",
        reached=True,
        acting_for="李强",
        whom="奶奶赵兰",
        reason=Reason.POVERTY,
        result="will_come",
        agreed_on=date(2026, 9, 15),
        note="家里只有奶奶，想让孩子先帮忙",
    )
    call = ContactLine(date(2026, 9, 11), "phone", "王芳", reached=False)
    refused = ContactLine(
        date(2026, 9, 18),
        "visit",
        "李强",
        reached=True,
        whom="父亲李大",
        reason=Reason.LEARNING,
        result="refuses",
    )
    return (call, visit, refused)
