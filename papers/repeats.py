"""The same number twice, or one number bound to two names, within a file."""

from __future__ import annotations

from dataclasses import replace

from papers.line import Line
from papers.problems import RowFlaw
from papers.tables.pairing import LEVELS, PairingEntry
from papers.tables.register import RegisterEntry
from papers.tables.roster import RosterEntry
from rules.identity import Flaw

Known = dict[str, tuple[str, str, int]]
"""Number → name, sheet and row where it first stood."""

#: Before a child's identity number it makes most register numbers.
PREFIX = "G"
ID_FLAWS = (RowFlaw.ID_REPEATED, RowFlaw.ID_TWO_NAMES)
REGISTER_FLAWS = (RowFlaw.REGISTER_REPEATED, RowFlaw.REGISTER_TWO_NAMES)


class Repeats:
    """What the rows read so far have bound; one per file and kind of table."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._ids: Known = {}
        #: Those that are not G and the row's own identity number, as most are.
        self._registers: Known = {}
        #: Identity numbers that stood without such a register number.
        self._apart: set[str] = set()
        self._here = ("", "", 0)  # kept once for both numbers of a row: there are many
        self._owners: dict[tuple[object, ...], dict[str, tuple[str, int]]] = {}

    def of_child(self, line: Line, entry: RegisterEntry) -> RegisterEntry:
        """Report a number that stood before; one that had another name there is left empty."""
        id_number = self._once(line, entry, "id_number", self._ids, ID_FLAWS)
        register = self._once(line, entry, "register_number", self._registers, REGISTER_FLAWS)
        if (id_number, register) == (entry.id_number, entry.register_number):
            return entry
        return replace(entry, id_number=id_number, register_number=register)

    def of_roster(self, line: Line, entry: RosterEntry) -> RosterEntry:
        """The same for a class roster."""
        id_number = self._once(line, entry, "id_number", self._ids, ID_FLAWS)
        register = self._once(line, entry, "register_number", self._registers, REGISTER_FLAWS)
        return replace(entry, id_number=id_number, register_number=register)

    def of_pairing(self, line: Line, entry: PairingEntry) -> PairingEntry:
        """Report a second owner at a level of a child, class or school; nobody is chosen."""
        child = entry.register_number or entry.id_number or entry.name
        owners = self._owners.setdefault((entry.school, entry.class_name, child), {})
        for level in LEVELS:
            named = entry.at(level)
            name, row = owners.setdefault(level, (named.name, line.number)) if named else ("", 0)
            if named and name != named.name:
                line.report(level, RowFlaw.PAIRED_TWICE, row=str(row))
        return entry

    def _once(
        self,
        line: Line,
        entry: RegisterEntry | RosterEntry,
        key: str,
        known: Known,
        flaws: tuple[Flaw, Flaw],
    ) -> str | None:
        number: str | None = getattr(entry, key)
        if number is None:
            return None
        here = (line.sheet, line.number)
        first = known.get(number) or (self._paired(number) if known is self._registers else None)
        if first is None:
            known[number] = self._here if self._here[1:] == here else (entry.name, *here)
            self._here = known[number]
            if known is self._ids and entry.register_number != f"{PREFIX}{number}":
                self._apart.add(number)
        if first is None or first[1:] == here:
            return number
        name, sheet, row = first
        where = str(row) if sheet == line.sheet else f"{sheet}!{row}"
        line.report(key, flaws[name != entry.name], row=where)
        return number if name == entry.name else None

    def _paired(self, register: str) -> tuple[str, str, int] | None:
        """Where it first stood, if that was beside the identity number that is in it."""
        number = register[len(PREFIX) :]
        is_paired = register.startswith(PREFIX) and number not in self._apart
        return self._ids.get(number) if is_paired else None
