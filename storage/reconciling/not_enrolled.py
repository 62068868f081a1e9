"""未入学: a case for a child whom no school has ever had on its lists (rules.md 5 and 8).

The child gets its record at the school of its area and age, in the class of that grade, and stands
in its roll call until seen (X2).
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from rules.book import Book
from rules.child.missing import LOOKED_FOR, open_missing
from rules.child.status import set_by_people
from rules.model.eligible import Doorstep, Eligible
from rules.model.people import Guardianship, Person, Relation
from rules.model.school import EnrolmentStatus, SchoolClass, Student
from storage.attachments import link
from storage.carrying import carry_out
from storage.facts.child import draft_about, running_case
from storage.lookups import phone_hash
from storage.reconciling.doorsteps import area_of, listed_by_id, village_by_id
from storage.reconciling.following import term_begins
from storage.tables.eligible import eligible
from storage.tables.people import guardianships, people
from storage.tables.school import classes, students
from storage.work import Work


async def look_for(work: Work, book: Book, line: Doorstep, by: int | None) -> None:
    """Open the case, counted from the first school day of the term; in the holidays, and where no
    school has the area, it waits for the next comparison."""
    child = await listed_by_id(work, line.eligible_id)
    student = await _student_of(work, line, child)
    if student is None:
        return
    draft = await draft_about(work, student.id, book, by=by)
    since = term_begins(book, student.school_id, draft.facts.today)
    if since is None:
        return
    if student.status not in LOOKED_FOR:
        set_by_people(draft, EnrolmentStatus.ENROLLED)
    if open_missing(draft, since) is not None:
        await carry_out(work, draft.decision())
    case = await running_case(work, student.id)
    if line.file_id is not None:
        await link(work, line.file_id, student.id, case.id if case else None)


async def _student_of(work: Work, line: Doorstep, child: Eligible) -> Student | None:
    """The record that is there already, found by its number; else a new one."""
    found = await _known(work, child)
    if found is None:
        found = await _enter(work, line, child)
    if found is not None and child.student_id != found.id:
        await work.save(eligible, replace(child, student_id=found.id))
    return found


async def _known(work: Work, child: Eligible) -> Student | None:
    if child.student_id is not None:
        query = select(students).where(students.c.id == child.student_id)
    elif child.id_hash is not None:
        query = select(students).where(students.c.id_hash == child.id_hash)
    else:
        return None
    return await work.one(query.order_by(students.c.id).limit(1), Student)


async def _enter(work: Work, line: Doorstep, child: Eligible) -> Student | None:
    village = await village_by_id(work, line.village_id)
    school = await area_of(work, village, line.grade)
    if school is None:
        return None
    place = await _class_for(work, school.id, line.grade or 1)
    student: Student = await work.save(
        students,
        Student(
            id=0,
            school_id=school.id,
            class_id=place.id,
            name=child.name,
            sex=child.sex,
            birth_on=child.birth_on,
            id_number=child.id_number,
            id_hash=child.id_hash,
            address=child.address,
        ),
    )
    await _family(work, student, child)
    return student


async def _class_for(work: Work, school_id: int, grade: int) -> SchoolClass:
    """The first class of that grade, else of the grade next to it; made where there is none."""
    query = select(classes).where(classes.c.school_id == school_id)
    found = await work.all(query.order_by(classes.c.grade, classes.c.number), SchoolClass)
    if found:
        return min(found, key=lambda one: (abs(one.grade - grade), one.grade, one.number))
    made: SchoolClass = await work.save(classes, SchoolClass(0, school_id, grade, 1))
    return made


async def _family(work: Work, student: Student, child: Eligible) -> None:
    """Whom the list names; a phone that somebody has already is theirs."""
    if child.guardian is None:
        return
    mark = phone_hash(work.vault, child.phone) if child.phone else None
    query = select(people).where(people.c.phone_hash == mark, people.c.name == child.guardian)
    person = await work.one(query.order_by(people.c.id), Person) if mark else None
    if person is None:
        fresh = Person(id=0, name=child.guardian, phone=child.phone, phone_hash=mark)
        person = await work.save(people, fresh)
    await work.save(
        guardianships,
        Guardianship(
            id=0,
            student_id=student.id,
            person_id=person.id,
            position=1,
            relation=Relation.OTHER,
            is_guardian=True,
            is_carer=True,
        ),
    )
