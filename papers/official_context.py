"""What the placeholders of official papers stand for; docs/papers.md lists them.

No placeholder is ever empty: what is not known is a line to fill in by hand.
"""

from __future__ import annotations

import re
from typing import Any

from papers.official_words import day, days, form, printable, said, table_day, word, words
from rules.model.case import Reason
from rules.model.official import (
    ContactLine,
    Issue,
    PaperContent,
    PrivatePart,
    Relative,
    Silence,
)
from rules.model.school import Confirmation

#: Health and poverty never go through chat (privacy D2): a line there, words in the full edition.
PROTECTED = frozenset({Reason.SICK, Reason.MENTAL_HEALTH, Reason.DISABILITY, Reason.POVERTY})
_OF_SICKNESS = "sick"
#: Blank rows of the log where nobody was contacted.
BLANK_ROWS = 2


def context_of(
    content: PaperContent, issue: Issue | None, private: PrivatePart | None
) -> dict[str, Any]:
    """Every placeholder with its value; `private` makes it the full edition."""
    values: dict[str, Any] = printable(
        {
            **_heading(content, issue),
            **_units(content),
            **_child(content, private),
            **_family(content, private),
            **_absence(content),
            **_log(content, is_full=private is not None),
            **_steps(content),
        }
    )
    return values


def _heading(content: PaperContent, issue: Issue | None) -> dict[str, Any]:
    return {
        "is_draft": issue is None,
        "kind": word("kind", content.kind.value),
        "number": issue.number if issue else form("unnumbered"),
        "date": day(issue.on if issue else None),
        "written_on": day(content.written_on),
        "signed_by": _acting(issue.signed_by, issue.acting_for) if issue else form("line"),
        "words": [line.strip() for line in (content.words or "").splitlines() if line.strip()],
    }


def _units(content: PaperContent) -> dict[str, Any]:
    periods = content.periods
    addressee = said(content.addressee)
    return {
        "school": said(content.school),
        "bureau": said(content.bureau),
        "government": _government(content.bureau),
        "addressee": _township(addressee) if content.is_to_township else addressee,
        "is_to_township": content.is_to_township,
        "is_residence": content.is_residence,
        "townships": form("comma").join(content.townships) or form("line"),
        "class_teacher": said(content.class_teacher),
        "responsible": said(content.responsible),
        "head": said(content.head),
        "section_contact": said(content.section_contact),
        "township_contact": said(content.township_contact),
        "notice_days": periods.notice_days,
        "accept_days": periods.township_accepts,
        "contact_days": periods.joint_persuasion,
    }


def _government(bureau: str) -> str:
    """东岭县人民政府 from 东岭县教育体育局."""
    county = re.match(r".+?[县区市旗]", bureau)
    return form("government", county=county[0]) if county else form("county")


def _township(name: str) -> str:
    """青石乡 as 青石乡人民政府; a line, or an office with its full name, as it is."""
    is_bare = name.endswith(("乡", "镇"))
    return form("government", county=name) if is_bare else name


def _child(content: PaperContent, private: PrivatePart | None) -> dict[str, Any]:
    child = content.child
    grade = words()["grades"].get(str(child.grade), str(child.grade))
    return {
        "child": said(child.name),
        "sex": word("sex", child.sex),
        "birth": day(child.birth_on),
        "class_name": form("class", grade=grade, number=child.number),
        "boards": word("boards", "yes" if child.boards else "no"),
        "id_number": said(private.id_number if private else None, "long_line"),
        "address": said(private.address if private else None, "long_line"),
        "status": _status(content),
    }


def _status(content: PaperContent) -> str:
    """The status with who confirmed it, or that nobody has (privacy D10)."""
    one = content.status
    name = word("status", one.status.value)
    if one.since is None and one.confirmation is Confirmation.CONFIRMED:
        return name
    rest = words()["confirmation"]
    opening = rest["since"].format(status=name, date=day(one.since))
    if one.confirmation is Confirmation.CONFIRMED and one.confirmed_by is None:
        return opening + rest["confirmed_plain"]
    closing = rest[one.confirmation.value]
    return opening + closing.format(name=one.confirmed_by, date=day(one.confirmed_on))


def _family(content: PaperContent, private: PrivatePart | None) -> dict[str, Any]:
    """The guardians are addressed; the carer is named among the family."""
    phones = dict(private.phones) if private else {}
    guardians = [one for one in content.relatives if one.is_guardian] or content.relatives
    names = form("comma").join(_relative(one) for one in guardians)
    family = [
        {
            "name": said(one.name),
            "relation": _relation(one),
            "phone": said(phones.get(one.name)),
        }
        for one in content.relatives
    ]
    blank = {"name": form("line"), "relation": form("short_line"), "phone": form("line")}
    return {
        "guardians": names or form("dear_nobody", child=content.child.name),
        "family": family or [blank],
    }


def _relative(one: Relative) -> str:
    return form("relative", name=one.name, relation=word("relation", one.relation.value))


def _relation(one: Relative) -> str:
    relation = word("relation", one.relation.value)
    return form("carer", relation=relation) if one.is_carer else relation


def _absence(content: PaperContent) -> dict[str, Any]:
    absence = content.absence
    return {
        "first_absent": day(absence.first_on),
        "counted": absence.counted or form("short_line"),
        "untaken": absence.untaken,
        "absent_days": days(absence.days, absence.first_on.year, "line"),
        "untaken_days": days(absence.untaken_days, absence.first_on.year, "none"),
    }


def _log(content: PaperContent, *, is_full: bool) -> dict[str, Any]:
    rows = [_contact(one, is_full=is_full) for one in content.contacts]
    columns = ("on", "means", "by", "whom", "reason", "result")
    blank = dict.fromkeys(columns, form("short_line"))
    numbered = [{**row, "no": str(n)} for n, row in enumerate(rows or [blank] * BLANK_ROWS, 1)]
    reached = sum(one.reached for one in content.contacts)
    visits = sum(one.means == "visit" for one in content.contacts)
    return {
        "contacts": numbered,
        "contact_count": len(content.contacts),
        "reached_count": reached,
        "visit_count": visits,
    }


def _contact(one: ContactLine, *, is_full: bool) -> dict[str, str]:
    is_hidden = not is_full and one.reason in PROTECTED
    return {
        "on": table_day(one.on),
        "means": word("means", one.means),
        "by": _acting(one.by, one.acting_for, "short_line"),
        "whom": said(one.whom, "short_line" if one.reached else "none"),
        "reason": word("reason", None if is_hidden or not one.reason else one.reason.value),
        "result": _result(one, is_full=is_full),
    }


def _result(one: ContactLine, *, is_full: bool) -> str:
    """The result with the agreed day; what was noted only in the full edition."""
    plain = "reached" if one.reached else "not_reached"
    is_hidden = not is_full and one.result == _OF_SICKNESS
    text = word("result", plain if is_hidden or one.result is None else one.result)
    if one.agreed_on is not None:
        text = form("agreed", result=text, date=day(one.agreed_on))
    is_noted = is_full and one.note
    return form("noted", result=text, note=said(one.note)) if is_noted else text


def _acting(name: str | None, acting_for: str | None, blank: str = "line") -> str:
    """Who did it, and in whose place."""
    if acting_for is None:
        return said(name, blank)
    return form("acting", name=said(name, blank), other=acting_for)


def _steps(content: PaperContent) -> dict[str, Any]:
    return {
        "notice_number": content.notice.number if content.notice else form("line"),
        "notice_date": day(content.notice.on if content.notice else None),
        "service": _service(content),
        "report_number": content.report.number if content.report else form("line"),
        "report_date": day(content.report.on if content.report else None),
        "has_report": content.report is not None,
        "why": word("why", content.why or "other"),
        "summary": word("summary", _sum_up(content.contacts)),
        "silences": [_silence(one) for one in content.silences],
        "late": [
            {
                "duty": word("duty", one.kind),
                "due": day(one.due_on),
                "owner": said(one.owner, "short_line"),
            }
            for one in content.late
        ]
        or [{"duty": form("line"), "due": day(None), "owner": form("short_line")}],
    }


def _sum_up(contacts: tuple[ContactLine, ...]) -> str:
    """How the school's persuasion went, in a word."""
    if not contacts:
        return "none"
    return "reached" if any(one.reached for one in contacts) else "unreached"


def _silence(one: Silence) -> str:
    mark, on = word("mark", one.mark), day(one.on)
    if one.person is None:
        return words()["silence"]["plain"].format(mark=mark, date=on)
    return words()["silence"]["by"].format(mark=mark, person=one.person, date=on)


def _service(content: PaperContent) -> str:
    """What became of the notice, in one or two sentences."""
    forms, notice, served = words()["service"], content.notice, content.service
    if notice is None:
        return forms["unreachable" if content.why == "unreachable" else "no_notice"]
    if served is None:
        return forms["not_served"].format(number=notice.number, date=day(notice.on))
    way = words()["way"][served.way.value].format(
        receiver=said(served.receiver), witnesses=said(served.witnesses)
    )
    by = _acting(served.by, served.acting_for)
    text = forms["done"].format(number=notice.number, date=day(served.on), way=way, by=by)
    if served.until is None:
        return text
    is_over = served.until < content.written_on
    return text + forms["until" if is_over else "running"].format(date=day(served.until))
