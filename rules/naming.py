"""How a child is named to staff (privacy.md D2)."""

from __future__ import annotations

from rules.givennames import masked_name
from rules.model.school import Student
from rules.policy import StaffNames


def shown_name(child: Student, names: StaffNames) -> str:
    """The name in full, masked, or the number by which a teacher knows the child.

    A teacher knows the seat in the class; where the list has none, the child's own number in the
    program stands in, marked so that it is not taken for a seat.
    """
    if names is StaffNames.FULL:
        return child.name
    if names is StaffNames.MASKED:
        return masked_name(child.name)
    return child.seat or f"#{child.id}"
