"""Tells on the terminal who saw what and who tapped what, as on small phones side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rich.cells import chop_cells
from rich.console import Console
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from bot.story.texts import told
from playground.messages import Shown

MOST_LINES = 9
MOST_WIDTH = 92
INDENT = 8


@dataclass
class Narrator:
    """Writes the story in one language; what people see stays as it was sent."""

    console: Console
    language: str

    def say(self, name: str, /, **values: object) -> None:
        """A paragraph of narration."""
        self.console.print()
        self.console.print(Text(self._told(name, **values), style="italic"), soft_wrap=True)

    def panel(self, name: str, title: str, /, **values: object) -> None:
        """An opening or closing paragraph in a frame."""
        self.console.print()
        self.console.print(
            Panel(
                Text(self._told(name, **values).strip()),
                title=self._told(title),
                title_align="left",
                width=min(MOST_WIDTH, self.console.width),
                padding=(1, 2),
            )
        )

    def day(self, number: int, name: str, at: datetime) -> None:
        """A new school day begins."""
        weekday = self._told(f"weekday.{at:%a}".lower())
        words = self._told("scene.day", n=number, date=f"{at:%Y-%m-%d}", weekday=weekday)
        self.console.print()
        self.console.print(Rule(f"[bold]{words}[/bold]　{self._told(name)}", align="left"))

    def chapter(self, name: str) -> None:
        """A part of the story that is no school day."""
        self.console.print()
        self.console.print(Rule(f"[bold]{self._told(name)}[/bold]", align="left"))

    def clock(self, at: datetime) -> None:
        """The clock of the county has been moved."""
        self.console.print(Text(f"{at:%H:%M}", style="bold yellow"))

    def phone(self, who: str, shown: Shown) -> None:
        """A message as it stands on somebody's phone."""
        bell = "" if shown.silent else " 🔔"
        self._line("📱", f"{who}{bell}", "bold cyan")
        lines = [line for line in shown.text.splitlines() if line.strip()]
        for line in lines[:MOST_LINES]:
            self._inside(line)
        if len(lines) > MOST_LINES:
            self._inside(self._told("scene.more_lines", n=len(lines) - MOST_LINES))
        for row in shown.labels:
            self._inside(" ".join(f"[{label}]" for label in row), "green")

    def tap(self, who: str, label: str, popup: str) -> None:
        """Somebody pressed a key, and what came up."""
        words = self._told("scene.tap", who=who, label=label)
        answer = self._told("scene.popup", text=" ".join(popup.split())) if popup else ""
        self._line("👆", f"{words}{answer}", "magenta")

    def spoke(self, who: str, text: str) -> None:
        """Somebody wrote something."""
        self._line("💬", self._told("scene.spoke", who=who, text=text), "magenta")

    def did(self, name: str, /, **values: object) -> None:
        """Somebody did something that is neither a tap nor a text."""
        self._line("🤚", self._told(name, **values), "magenta")

    def command(self, words: str, output: str = "") -> None:
        """A command on the terminal and what it printed."""
        self._line("$", words, "bold")
        for line in output.strip().splitlines():
            self._inside(line, "dim")

    def check(self, name: str, /, **values: object) -> None:
        """Something was looked at and is as it must be."""
        self._line("✓", self._told(name, **values), "green")

    def failure(self, name: str, /, **values: object) -> None:
        """The clear line when the story did not go as told."""
        self._line("✗", self._told(name, **values), "bold red")

    def _told(self, name: str, /, **values: object) -> str:
        return told(self.language, name, **values)

    def _line(self, sign: str, words: str, style: str) -> None:
        text = Text.assemble("   ", sign, " ", (words, style))
        self.console.print(text, soft_wrap=True)

    def _inside(self, words: str, style: str = "") -> None:
        for piece in chop_cells(words, min(MOST_WIDTH, self.console.width) - INDENT - 2):
            line = Text.assemble(" " * INDENT, ("│ ", "cyan"), (piece, style))
            self.console.print(line, soft_wrap=True)
