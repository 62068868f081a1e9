"""[周报收缴]: expected, received, on time; [一键催报] and the table."""

from __future__ import annotations

from sqlalchemy import func, select
from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_command, on_menu, on_press
from handlers.reports.pressing import collects, press_owners
from handlers.reports.signing import show_own
from rules.decision import Decision
from rules.messages.reports import WeeklySheetAsked
from rules.model.reports import DueState
from rules.refusals import NotAllowed, OldButton
from rules.reports.rhythms import WEEKLY
from storage.access import ledger_schools
from storage.access_log import note_look
from storage.figures.county import CountyWeek, county_week
from storage.tables.reports import report_dues
from storage.views.weekly import week_named, week_number, weekly_view
from templates.presses_reports import ReportsPress


async def show_week(update: Update, context: Context) -> None:
    """[周报收缴] `/reports`: the newest week of the units that report to the speaker."""
    if not collects(context.actor):
        await show_own(update, context)
        return
    schools = await _schools(context)
    query = select(func.max(report_dues.c.period)).where(
        report_dues.c.rhythm == WEEKLY,
        report_dues.c.part_of_id.is_(None),
        report_dues.c.unit_id.in_(schools),
        report_dues.c.state != DueState.PLANNED.value,
    )
    newest = await context.work.scalar(query)
    if newest is None:
        await context.say("report_none", {})
        return
    await _say(context, await county_week(context.work, str(newest), schools))


async def act(update: Update, context: Context) -> None:
    """A key under the week."""
    press = context.press(ReportsPress)
    week = await county_week(context.work, week_named(press.week), await _schools(context))
    if not week.lines:
        raise OldButton
    if press.act == "press":
        await _press(context, week)
    elif press.act == "sheet":
        await _send_sheet(context, week)
    else:
        raise OldButton


async def _press(context: Context, week: CountyWeek) -> None:
    """[一键催报]: everybody who has not signed, once an hour."""
    missing = [one.due.id for one in week.lines if one.is_missing]
    await press_owners(context, missing, f"week:{week.week}")
    await context.show("weekly_summary", await weekly_view(context.work, week, context.today))


async def _send_sheet(context: Context, week: CountyWeek) -> None:
    """[导出表格]: it follows as soon as it is put together; who asked is on record (D5)."""
    await note_look(context.work, context.actor_id, None, "weekly", week.week)
    sent = WeeklySheetAsked(
        to=context.actor_id,
        item=week_number(week.week),
        round=f"asked:{context.arrived.update_id}",
        more={"on": context.today.isoformat()},
    )
    await context.carry_out(Decision(messages=(sent,)))
    await context.toast("report.coming")


async def _say(context: Context, week: CountyWeek) -> None:
    await context.say("weekly_summary", await weekly_view(context.work, week, context.today))


async def _schools(context: Context) -> set[int]:
    schools = await ledger_schools(context.work, context.actor, context.today)
    if not schools or not collects(context.actor):
        raise NotAllowed
    return schools


HANDLERS = (
    on_menu(show_week, "reports_in"),
    on_command(show_week, "reports"),
    on_press(act, ReportsPress),
)
