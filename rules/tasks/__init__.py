"""Tasks, reminders, escalation: one engine for everything that one person must do (rules.md 6)."""

from rules.tasks.advancing import advance
from rules.tasks.context import TaskContext
from rules.tasks.finishing import finish, void
from rules.tasks.opening import open_task, reschedule
from rules.tasks.schedule import Step, What, steps
from rules.tasks.superiors import Press, hand_over, may_press, note, nudge, pause, take_over

__all__ = [
    "Press",
    "Step",
    "TaskContext",
    "What",
    "advance",
    "finish",
    "hand_over",
    "may_press",
    "note",
    "nudge",
    "open_task",
    "pause",
    "reschedule",
    "steps",
    "take_over",
    "void",
]
