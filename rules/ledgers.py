"""The ledgers of rules.md 9 by name, and what of the past each of them shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rules.model.school import Confirmation, EnrolmentStatus, StatusChange


class Ledger(StrEnum):
    """Living lists with prescribed columns (台账)."""

    SUSPECTED = "suspected"  # 疑似辍学, by school
    DROPOUT = "dropout"  # 辍学
    MONITORED = "monitored"  # 建档立卡脱贫户及监测对象
    DISABLED = "disabled"  # 残疾 and 送教上门
    LEFT_BEHIND = "left_behind"  # 留守儿童
    PAIRING = "pairing"  # 包保责任表
    PERSUASION = "persuasion"  # 劝返记录
    UNREGISTERED = "unregistered"  # 无学籍
    PRESENT_ELSEWHERE = "present_elsewhere"  # 人在籍不在
    REGISTERED_NOT_PRESENT = "registered_not_present"  # 籍在人不在
    CONTACT_REPAIR = "contact_repair"  # 联系方式待修
    OUT_OF_SCHOOL = "out_of_school"  # 适龄未入学, by village


@dataclass(frozen=True)
class Standing:
    """A child's enrolment status as it was on record at one moment."""

    status: EnrolmentStatus
    since: date
    confirmation: Confirmation


def standing_at(history: Sequence[StatusChange], upto: datetime) -> Standing | None:
    """The status on record before `upto`, by the moment at which each step was written down.

    None where nothing had happened yet: the child was enrolled (rules.md 4).
    """
    known = [one for one in history if one.at < upto]
    if not known:
        return None
    last = max(known, key=lambda one: (one.at, one.id))
    is_confirmed = last.confirmed_at is not None and last.confirmed_at < upto
    confirmation = Confirmation.CONFIRMED if is_confirmed else Confirmation.AWAITED
    return Standing(last.new, last.effective_on, confirmation)
