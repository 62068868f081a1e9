"""A ledger as it may stand in a chat (privacy D2, D4): masked, protected words left out."""

from __future__ import annotations

from collections.abc import Callable

from rules.ledgers import Ledger
from rules.masking import masked_id, masked_text
from rules.model.eligible import Answer
from storage.casefile.sight import PROTECTED_REASONS
from storage.ledgers.scope import Table

#: Ledgers of special groups leave the office on paper only.
IN_CHAT = (
    Ledger.SUSPECTED,
    Ledger.DROPOUT,
    Ledger.UNREGISTERED,
    Ledger.PRESENT_ELSEWHERE,
    Ledger.REGISTERED_NOT_PRESENT,
    Ledger.OUT_OF_SCHOOL,
    Ledger.PAIRING,
    Ledger.PERSUASION,
    Ledger.CONTACT_REPAIR,
)


def masked(table: Table) -> Table:
    """The same rows; nobody's number, and no reason that is nobody else's business."""
    rows = tuple(
        tuple(
            _MASKS[name](value) if value is not None and name in _MASKS else value
            for name, value in zip(table.columns, row, strict=True)
        )
        for row in table.rows
    )
    return Table(table.columns, rows)


def _reason(value: object) -> object:
    return None if str(value) in PROTECTED_REASONS else value


def _at_door(value: object) -> object:
    """Nobody's disability."""
    return None if value == Answer.DISABLED.value else value


_MASKS: dict[str, Callable[[object], object]] = {
    "id_number": lambda value: masked_id(str(value)),
    "register_number": lambda value: masked_id(str(value)),
    "birth_on": lambda value: None,
    "reason": _reason,
    "guardian": lambda value: masked_text(str(value)),
    "list_source": lambda value: None,  # one of them is the disabled persons' federation
    "door_answer": _at_door,
    "whom": lambda value: masked_text(str(value)),
    "note": lambda value: None,  # free words may name what is protected
}
