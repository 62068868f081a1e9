"""Presses of the upper stages: asking for a notice or a report, handing in, serving, sending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class AskStagePress(Press):
    """[申请发通知书] [申请上报]."""

    verb: ClassVar[str] = "askstage"
    student_id: int
    what: str  # notice | report


@dataclass(frozen=True)
class PaperPress(Press):
    """[交校长审批] [上传盖章件] [当面签收] [拒收见证] [邮寄送达] [已送乡镇] [已报县政府]."""

    verb: ClassVar[str] = "paper"
    task_id: int
    act: str  # submit | stamp | signed | refused | posted | sent


@dataclass(frozen=True)
class HandInPress(Press):
    """[不用补充] [确认提交] [先不提交]: what is handed in stands in the draft."""

    verb: ClassVar[str] = "handin"
    act: str  # skip | now | drop


@dataclass(frozen=True)
class ServicePress(Press):
    """A day of service, [保存], or [不记了]; the way stands in the draft."""

    verb: ClassVar[str] = "service"
    act: str  # on | pick | save | drop
    value: str
