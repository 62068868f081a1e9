"""The records that many questions ask for by one key."""

from __future__ import annotations

from sqlalchemy import select

from rules.model.attendance import Question
from rules.model.case import Case
from rules.model.people import Guardianship, Person
from rules.model.school import SchoolClass, Student, Unit
from storage.asking import Lookup
from storage.tables.attendance import questions
from storage.tables.cases import cases
from storage.tables.people import guardianships, people
from storage.tables.school import classes, students, units

PERSON = Lookup(select(people), people.c.id, Person)
STUDENT = Lookup(select(students), students.c.id, Student)
CLASS = Lookup(select(classes), classes.c.id, SchoolClass)
UNIT = Lookup(select(units), units.c.id, Unit)
CASE = Lookup(select(cases), cases.c.id, Case)
QUESTION = Lookup(select(questions), questions.c.id, Question)
#: The guardianships of a person, bound or not.
LINKS = Lookup(select(guardianships), guardianships.c.person_id, Guardianship)
