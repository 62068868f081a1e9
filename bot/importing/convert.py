"""Rows as papers/ reads them, in the words of storage/."""

from __future__ import annotations

from collections.abc import Sequence

from papers.problems import Problem
from papers.tables.attendance import AttendanceEntry
from papers.tables.cases import CaseEntry, CategoryEntry
from papers.tables.county import DayEntry, StaffEntry, TermEntry, UnitEntry
from papers.tables.eligible import EligibleEntry
from papers.tables.pairing import PairingEntry
from papers.tables.register import Member, RegisterEntry
from papers.tables.roster import RosterEntry
from rules.classnames import ClassName
from rules.model.case import Stage
from rules.model.people import PairingLevel, Relation, Role
from rules.model.school import CategoryKind, Confirmation, EnrolmentStatus, SchoolKind
from rules.reconciling.lines import Line
from storage.importing.values import (
    AttendanceRow,
    CaseRow,
    CategoryRow,
    ChildRow,
    ClassKey,
    DayRow,
    EligibleRow,
    MemberRow,
    NamedRow,
    PairingRow,
    StaffRow,
    TermRow,
    UnitRow,
)

ROLES = {
    "head": Role.HEAD,
    "school_leader": Role.LEADER,
    "section_contact": Role.SECTION,
    "township_contact": Role.TOWNSHIP,
    "administrator": Role.ADMIN,
}
SCHOOL_KINDS = {
    "bureau_primary": SchoolKind.COUNTY_PRIMARY,
    "bureau_junior": SchoolKind.COUNTY_JUNIOR,
}
LEVELS = {
    PairingLevel.TEACHER: "teacher",
    PairingLevel.LEADER: "leader",
    PairingLevel.SECTION: "section_contact",
    PairingLevel.BUREAU_LEADER: "bureau_leader",
    PairingLevel.TOWNSHIP: "township_contact",
}
ID_KINDS = {
    "identity_card": "1",
    "hong_kong": "6",
    "macao": "7",
    "taiwan": "8",
    "residence_permit": "9",
    "passport": "A",
    "other": "Z",
}
LEFT_BEHIND = {"no": "none", "one_parent": "one", "both_parents": "both"}
STATUSES = {
    "suspended": EnrolmentStatus.SUSPENSION,
    "transferred": EnrolmentStatus.TRANSFERRED,
    "dropped_out": EnrolmentStatus.DROPOUT,
    "graduated": EnrolmentStatus.LEFT,
    "deceased": EnrolmentStatus.LEFT,
    "left": EnrolmentStatus.LEFT,
}
CATEGORIES = {"lifted_out": CategoryKind.MONITORED}
CLAIMS = {"personal": "family"}
BOARDS = {"boards": True, "day": False, "lodges": False, "home_teaching": False}


def unit_row(entry: UnitEntry) -> UnitRow:
    """A school."""
    kind = None
    if entry.kind is not None:
        kind = SCHOOL_KINDS.get(entry.kind) or SchoolKind(entry.kind)
    return UnitRow(entry.name, entry.code, kind, entry.parent, entry.township)


def staff_row(entry: StaffEntry) -> StaffRow:
    """A person with their posts."""
    roles = tuple(ROLES.get(code) or Role(code) for code in entry.roles)
    key = _key(entry.class_name) if entry.class_name else None
    return StaffRow(entry.name, entry.unit, roles, entry.phone, key)


def term_row(entry: TermEntry) -> TermRow:
    """A term."""
    return TermRow(entry.name, entry.starts_on, entry.ends_on, entry.school)


def day_row(entry: DayEntry) -> DayRow:
    """A day."""
    return DayRow(entry.day, entry.plan == "school", (entry.note or "")[:80], entry.school)


def pairing_row(entry: PairingEntry) -> PairingRow:
    """Who answers for whom."""
    named = {level: entry.at(column) for level, column in LEVELS.items()}
    return PairingRow(
        school=entry.school,
        class_key=_key(entry.class_name) if entry.class_name else None,
        name=entry.name,
        id_number=entry.id_number,
        register_number=entry.register_number,
        levels={level: NamedRow(one.name, one.phone) for level, one in named.items() if one},
        section=entry.section,
        township=entry.township,
    )


def attendance_row(entry: AttendanceEntry) -> AttendanceRow:
    """One child on one day."""
    return AttendanceRow(
        on=entry.day,
        school=entry.school,
        class_key=_key(entry.class_name),
        name=entry.name,
        id_number=entry.id_number,
        register_number=entry.register_number,
        claim=CLAIMS.get(entry.mark, entry.mark),
    )


def case_row(entry: CaseEntry) -> CaseRow:
    """A running case."""
    named = entry.responsible
    return CaseRow(
        id_number=entry.id_number,
        register_number=entry.register_number,
        status=EnrolmentStatus(entry.status),
        since=entry.started_on,
        stage=Stage(entry.stage),
        responsible=NamedRow(named, entry.responsible_phone) if named else None,
        last_contact_on=entry.last_contact_on,
    )


def category_row(entry: CategoryEntry) -> CategoryRow:
    """Groups of a child; 脱贫户 and 监测对象 are one group (rules.md 10)."""
    kinds = dict.fromkeys(CATEGORIES.get(code) or CategoryKind(code) for code in entry.kinds)
    return CategoryRow(
        id_number=entry.id_number,
        register_number=entry.register_number,
        kinds=tuple(kinds),
        from_on=entry.from_on,
        to_on=entry.to_on,
        source=entry.source,
    )


def roster_row(entry: RosterEntry, problems: Sequence[Problem]) -> ChildRow:
    """A child who really sits in the class."""
    return ChildRow(
        school=entry.school,
        class_key=_key(entry.class_name),
        name=entry.name,
        id_number=entry.id_number,
        register_number=entry.register_number,
        birth_on=entry.born_on,
        fills={"sex": _sex(entry.sex), "seat": _seat(entry.seat), "on_roster": True},
        is_roster=True,
        flaws=_flaws(problems),
    )


def register_row(entry: RegisterEntry, problems: Sequence[Problem]) -> ChildRow:
    """A child as registered, with its family."""
    return ChildRow(
        school=entry.school,
        class_key=_key(entry.class_name),
        name=entry.name,
        id_number=entry.id_number,
        register_number=entry.register_number,
        birth_on=entry.born_on,
        fills={
            "sex": _sex(entry.sex),
            "id_kind": ID_KINDS.get(entry.id_type or ""),
            "seat": _seat(entry.seat),
            "boards": BOARDS.get(entry.boarding or ""),
            "left_behind": LEFT_BEHIND.get(entry.left_behind or ""),
            "health": entry.health,
            "disability": entry.disability,
            "address": entry.address or entry.home_address,
        },
        at_first=_status(entry),
        members=_members(entry),
        flaws=_flaws(problems),
    )


def eligible_row(entry: EligibleEntry, problems: Sequence[Problem]) -> EligibleRow:
    """A child that has to be in school."""
    return EligibleRow(
        township=entry.township,
        village=(entry.village or "")[:80],
        name=entry.name[:80],
        birth_on=entry.born_on,
        id_number=entry.id_number,
        written=entry.written_id,
        fills={
            "sex": _sex(entry.sex),
            "birth_on": entry.born_on,
            "guardian": entry.guardian,
            "phone": entry.phone,
            "address": entry.address,
            "note": entry.remark,
        },
        sources=entry.sources,
        flaws=_flaws(problems),
    )


def list_line(entry: RegisterEntry | RosterEntry, school_id: int) -> Line:
    """A row as it is compared with the other lists of the county."""
    grade, number = _key(entry.class_name)
    is_expected = True
    if isinstance(entry, RegisterEntry):
        is_expected = entry.state in (None, "enrolled") and entry.boarding != "home_teaching"
    return Line(
        school=school_id,
        grade=grade,
        number=number,
        name=entry.name,
        birth_on=entry.born_on,
        id_number=entry.id_number,
        register_number=entry.register_number,
        written=entry.written_id,
        sex=_sex(entry.sex),
        is_expected=is_expected,
    )


def _status(entry: RegisterEntry) -> dict[str, object]:
    """How a child begins; one that the register calls a dropout waits for a leader's word."""
    if entry.boarding == "home_teaching" and entry.state in (None, "enrolled"):
        return {"status": EnrolmentStatus.HOME_TEACHING}
    status = STATUSES.get(entry.state or "")
    if status is None:
        return {}
    awaited = {"confirmation": Confirmation.AWAITED}
    return {"status": status, **(awaited if status is EnrolmentStatus.DROPOUT else {})}


def _members(entry: RegisterEntry) -> tuple[MemberRow, ...]:
    """The members with a name; the child's own phone belongs to the first without one."""
    named = [one for one in entry.members if one.name]
    is_said = any(one.is_guardian for one in named)
    carer = _carer(entry, named)
    return tuple(
        MemberRow(
            name=(one.name or "")[:80],
            phone=one.phone or (entry.phone if place == 0 else None),
            relation=Relation(one.relation or "other"),
            position=place + 1,
            is_guardian=bool(one.is_guardian) if is_said else place == 0,
            is_carer=place == carer,
        )
        for place, one in enumerate(named)
    )


def _carer(entry: RegisterEntry, members: Sequence[Member]) -> int:
    """A grandparent where both parents are away, else the first."""
    if entry.left_behind == "both_parents":
        for place, one in enumerate(members):
            if one.relation == "grandparent":
                return place
    return 0


def _flaws(problems: Sequence[Problem]) -> tuple[str, ...]:
    return tuple(f"{one.column}: {one.what}" for one in problems if not one.is_warning)


def _key(name: ClassName) -> ClassKey:
    return name.grade, name.number


def _sex(sex: str | None) -> str | None:
    return {"male": "m", "female": "f"}.get(sex or "")


def _seat(seat: str | None) -> str | None:
    return seat[:8] if seat else None
