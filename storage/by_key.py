"""The records that many questions ask for by one key."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from rules.model.attendance import Question, RollCall
from rules.model.case import Case
from rules.model.people import Guardianship, Person
from rules.model.school import SchoolClass, Student, Unit
from storage.asking import Lookup
from storage.tables.attendance import questions, roll_calls
from storage.tables.cases import cases
from storage.tables.people import guardianships, people
from storage.tables.school import classes, students, units


@dataclass(frozen=True, slots=True)
class OfChild:
    """A row that only says which child it is about."""

    student_id: int


PERSON = Lookup(select(people), people.c.id, Person)
STUDENT = Lookup(select(students), students.c.id, Student)
CLASS = Lookup(select(classes), classes.c.id, SchoolClass)
UNIT = Lookup(select(units), units.c.id, Unit)
CASE = Lookup(select(cases), cases.c.id, Case)
QUESTION = Lookup(select(questions), questions.c.id, Question)
ROLL_CALL = Lookup(select(roll_calls), roll_calls.c.id, RollCall)
#: The guardianships of a person, bound or not.
LINKS = Lookup(select(guardianships), guardianships.c.person_id, Guardianship)
