"""[周报]: [查看] [再核对] [情况属实] [签字上报] [改一下]; village head [村小已核对]."""

from __future__ import annotations

from sqlalchemy import select
from telegram import Update

from handlers.children import book_of
from handlers.context import Context
from handlers.dispatch import in_flow, on_command, on_menu, on_press
from handlers.reports.desk import (
    ReportChildren,
    facts_of,
    is_theirs,
    show,
    show_again,
    signer_of,
    view_of,
)
from handlers.reports.packaging import ask_for_plan, look_at_rosters
from rules.decision import Decision
from rules.messages.reports import CountySheet
from rules.model.reports import DueState
from rules.model.school import Student
from rules.policy.reports import Receiver
from rules.refusals import NotAllowed, OldButton
from rules.reports.duty import renewed
from rules.reports.packages import sign_package
from rules.reports.rhythms import PACKAGE
from rules.reports.signing import (
    SIGNABLE,
    Signature,
    cards,
    confirm,
    differs,
    outdated,
    remarked,
    sent_on,
    sign,
)
from storage.access import report_visible_to, schools_of, visible_students
from storage.access_log import note_look
from storage.facts.overdue import names_of
from storage.facts.reports import (
    ReportFacts,
    contacts_at,
    due_by_id,
    newest_due,
)
from storage.naming import child_name
from storage.tables.school import students
from storage.views.report_card import open_doubts
from templates.presses_reports import ReportPress

FLOW = "report_words"
#: The columns whose children are named: those about whom something has to be done.
NAMED = (
    "absent_1_2",
    "absent_3_5",
    "absent_over_5",
    "new_suspected",
    "returned",
    "suspected",
    "dropout",
)


async def show_own(update: Update, context: Context) -> None:
    """[周报]: the newest report of each unit for which somebody on this chat signs."""
    schools = await schools_of(context.work, context.actor, context.today)
    if not schools:
        raise NotAllowed
    found = [await newest_due(context.work, school) for school in sorted(schools)]
    shown = 0
    for due in found:
        facts = await facts_of(context, due) if due else None
        if facts is not None and (facts.due.part_of_id is None or is_theirs(context, facts)):
            await context.say("report_card", await view_of(context, facts))
            shown += 1
    if not shown:
        await context.say("report_none", {})


async def act(update: Update, context: Context) -> None:
    """A key of the card."""
    press = context.press(ReportPress)
    due = await report_visible_to(context.work, context.actor, press.due_id, context.today)
    facts = await facts_of(context, due)
    errand = _ACTS.get(press.act)
    if errand is None or due.state not in SIGNABLE:
        raise OldButton
    if press.act not in ("look", "sheet", "again") and press.number != due.number:
        await _tell_too_late(context, facts)
        return
    await errand(context, facts)


async def _look(context: Context, facts: ReportFacts) -> None:
    """[查看]: the names of those whom the speaker answers for (privacy D2)."""
    if facts.due.rhythm == PACKAGE:
        await look_at_rosters(context, facts)
        return
    behind = facts.counted.children
    ids = {one for name in NAMED for one in behind.get(name, ())}
    may_see = visible_students(context.actor, context.today)
    query = select(students).where(students.c.id.in_(ids), may_see)
    found = await context.work.all(query, Student)
    if ids and not found:
        raise NotAllowed
    names = {one.id: child_name(context.work, one) for one in found}
    groups = {name: tuple(names[i] for i in behind.get(name, ()) if i in names) for name in NAMED}
    shown = tuple((name, children) for name, children in groups.items() if children)
    await context.say("report_children", ReportChildren(facts.unit.name, shown))


async def _sheet(context: Context, facts: ReportFacts) -> None:
    """[导出表格] of what the county counts itself; who asked is on record (D5)."""
    if not is_theirs(context, facts):
        raise NotAllowed
    due = facts.due
    await note_look(context.work, context.actor_id, None, due.rhythm, due.period)
    stamp = f"asked:{context.arrived.update_id}"
    sent = CountySheet(to=context.actor_id, item=due.id, round=stamp)
    await context.carry_out(Decision(messages=(sent,)))
    await context.toast("report.coming")


async def _again(context: Context, facts: ReportFacts) -> None:
    """[再核对]: the record may have been put right meanwhile."""
    left = len(open_doubts(facts))
    await context.toast("report.still" if left else "report.matches", number=left)
    await show(context, facts)


async def _true(context: Context, facts: ReportFacts) -> None:
    """[情况属实]: the signer answers for what contradicts."""
    by, _ = signer_of(context, facts)
    await context.carry_out(confirm(facts.due, facts.doubts, by))
    await context.toast("report.confirmed")
    await show_again(context, facts.due.id)


async def _sign(context: Context, facts: ReportFacts, reason: str | None = None) -> None:
    """[签字上报] and [村小已核对]: the figures as they are now."""
    by, acting_for = signer_of(context, facts)
    if open_doubts(facts):
        await context.pop_up("refusals.report_doubts")
        await show(context, facts)
        return
    signature = Signature(
        by=by,
        now=context.now,
        figures=facts.figures,
        expected=facts.due.number,
        doubts=facts.doubts,
        acting_for=acting_for,
        reason=reason,
        task=facts.task,
        readers=tuple(one for one in facts.desk.readers if one not in context.actor.person_ids),
    )
    await context.carry_out(_signed(context, facts, signature))
    await context.toast("report.checked" if facts.due.part_of_id else "report.signed")
    if facts.due.part_of_id is not None:
        await _tell_central(context, facts.due.part_of_id)
    await _send_on(context, facts)
    await show_again(context, facts.due.id)


def _signed(context: Context, facts: ReportFacts, signature: Signature) -> Decision:
    rules = context.policy.reports
    if facts.due.rhythm == PACKAGE:
        return sign_package(facts.due, signature, facts.rosters, facts.plan, rules)
    return sign(facts.due, signature, rules)


async def _send_on(context: Context, facts: ReportFacts) -> None:
    """What is for the township goes there with the signature."""
    rhythm = context.policy.reports.rhythms[facts.due.rhythm]
    if rhythm.receiver is Receiver.TOWNSHIP:
        contacts = await contacts_at(context.work, facts.unit.township_id, context.today)
        await context.carry_out(sent_on(facts.due, facts.due.number + 1, contacts))


async def _tell_central(context: Context, due_id: int) -> None:
    """A village school has checked: the central school's card says so; where that was signed
    with other figures, a new signature is asked for (before the deadline), or a correction."""
    due = await due_by_id(context.work, due_id)
    if due is None or due.state is DueState.PLANNED:
        return
    facts = await facts_of(context, due)
    readers = facts.desk.readers
    is_other = facts.last is not None and differs(facts.last, facts.figures)
    if is_other and not due.is_changed:
        book = book_of(context)
        task = renewed(due, facts.desk.signer_id, facts.task, book, context.now)
        await context.carry_out(outdated(due, task, readers, "village"))
    elif due.state is not DueState.FILED:
        stamp = f"checked:{context.now:%H%M%S}"
        await context.carry_out(Decision(messages=cards(due, readers, stamp)))


async def _change(context: Context, facts: ReportFacts) -> None:
    """[改一下]: a remark; after the deadline of a signed report, the reason of a correction."""
    if not is_theirs(context, facts):
        raise NotAllowed
    await context.keep(FLOW, "words", {"due": facts.due.id})
    is_revision = _is_revision(context, facts)
    await context.say("report_ask", {"unit": facts.unit.name, "is_revision": is_revision})


async def take_words(update: Update, context: Context) -> None:
    """The line that was asked for."""
    draft = await context.draft()
    due_id = int(draft.body["due"]) if draft else 0
    due = await report_visible_to(context.work, context.actor, due_id, context.today)
    facts = await facts_of(context, due)
    if _is_revision(context, facts):
        await _sign(context, facts, context.text)
    else:
        if not is_theirs(context, facts):
            raise NotAllowed
        await context.carry_out(remarked(due, context.text, context.actor_id))
        await show_again(context, due.id)
    await context.forget()


def _is_revision(context: Context, facts: ReportFacts) -> bool:
    return facts.due.number > 0 and context.now > facts.due.due_at


async def _tell_too_late(context: Context, facts: ReportFacts) -> None:
    """The loser of a race hears who and when, and sees how things stand."""
    if facts.last is None:
        raise OldButton
    names = await names_of(context.work, [facts.last.signed_by])
    at = f"{context.calendar.local(facts.last.at):%H:%M}"
    by = names.get(facts.last.signed_by, "")
    await context.pop_up("refusals.already_done", by=by, at=at)
    await show(context, facts)


_ACTS = {
    "plan": ask_for_plan,
    "look": _look,
    "sheet": _sheet,
    "again": _again,
    "true": _true,
    "sign": _sign,
    "change": _change,
}

HANDLERS = (
    on_menu(show_own, "weekly"),
    on_command(show_own, "weekly"),
    on_press(act, ReportPress),
    in_flow(take_words, FLOW),
)
