"""The yearly package in chat: [上传方案], `/package`, the section's [一键催报] (三(一))."""

from __future__ import annotations

from telegram import Update

from handlers.context import Context
from handlers.dispatch import in_flow, on_command, on_press
from handlers.files import keep_paper
from handlers.reports.desk import ReportChildren, facts_of, is_theirs, show_again, view_of
from handlers.reports.pressing import collects, press_owners
from rules.model.packages import WorkPlan
from rules.refusals import BadInput, NotAllowed, OldButton
from rules.reports.packages import hand_in_plan
from rules.reports.rhythms import PACKAGE
from rules.reports.signing import SIGNABLE
from storage.access import ledger_schools, report_visible_to, schools_of
from storage.facts.reports import ReportFacts, newest_due
from storage.packages import UnitPackage, packages_of
from storage.views.package import package_view
from templates.presses_reports import PackagePress

FLOW = "work_plan"
SORTS = ("photo", "document")


async def ask_for_plan(context: Context, facts: ReportFacts) -> None:
    """[上传方案]: the work plan of a yearly package; the file comes next."""
    if not is_theirs(context, facts):
        raise NotAllowed
    await context.keep(FLOW, "file", {"due": facts.due.id})
    await context.say("package_ask", {"unit": facts.unit.name})


async def take_plan(update: Update, context: Context) -> None:
    """The work plan that was asked for, as photo, PDF, Word or Excel file."""
    draft = await context.draft()
    due_id = int(draft.body["due"]) if draft else 0
    due = await report_visible_to(context.work, context.actor, due_id, context.today)
    facts = await facts_of(context, due)
    if not is_theirs(context, facts) or due.state not in SIGNABLE:
        raise NotAllowed
    if context.enclosure is None or context.enclosure.sort not in SORTS:
        raise BadInput("work_plan")
    file = await keep_paper(context, context.enclosure)
    plan = WorkPlan(-1, due.id, file.id, file.sha256, context.now, context.actor_id)
    await context.carry_out(hand_in_plan(due, plan))
    await context.forget()
    await show_again(context, due.id)


async def look_at_rosters(context: Context, facts: ReportFacts) -> None:
    """The names on each roster of a package, for whoever answers for the whole school."""
    if facts.due.unit_id not in await schools_of(context.work, context.actor, context.today):
        raise NotAllowed
    named = [(one, one.columns.index("name")) for one in facts.rosters if one.rows]
    groups = tuple(
        (one.ledger.value, tuple(str(row[at]) for row in one.rows)) for one, at in named
    )
    await context.say("report_children", ReportChildren(facts.unit.name, groups))


async def show_packages(update: Update, context: Context) -> None:
    """`/package`: for the section who has filed and who is missing; for a head the own one."""
    schools = await ledger_schools(context.work, context.actor, context.today)
    if not schools:
        raise NotAllowed
    if not collects(context.actor):
        await _show_own(context, schools)
        return
    found = await _newest(context, schools)
    if found:
        await context.say("package_summary", package_view(int(found[0].due.period), found))
    else:
        await context.say("report_none", {})


async def _show_own(context: Context, schools: set[int]) -> None:
    found = [await newest_due(context.work, one, PACKAGE) for one in sorted(schools)]
    dues = [one for one in found if one is not None]
    for due in dues:
        await context.say("report_card", await view_of(context, await facts_of(context, due)))
    if not dues:
        await context.say("report_none", {})


async def _newest(context: Context, schools: set[int]) -> list[UnitPackage]:
    this_year = context.today.year
    for year in (this_year, this_year - 1):
        if found := await packages_of(context.work, year, schools):
            return found
    return []


async def press_all(update: Update, context: Context) -> None:
    """[一键催报] under the section's card."""
    press = context.press(PackagePress)
    schools = await ledger_schools(context.work, context.actor, context.today)
    if not collects(context.actor):
        raise NotAllowed
    found = await packages_of(context.work, press.year, schools)
    if not found:
        raise OldButton
    dues = [one.due.id for one in found if not one.is_filed]
    await press_owners(context, dues, f"package:{press.year}")
    await context.show("package_summary", package_view(press.year, found))


HANDLERS = (
    in_flow(take_plan, FLOW),
    on_command(show_packages, "package"),
    on_press(press_all, PackagePress),
)
