"""Every handler there is.  A new errand is a module with `HANDLERS`, and one line here."""

from __future__ import annotations

from handlers import account, confirming, consent, drills, start, strangers
from handlers.dispatch import Handler, in_order
from handlers.guardian import every as guardians
from handlers.ladder import closings, handing_in, reopening, serving, townships
from handlers.ladder import papers as ladder_papers
from handlers.reports import collecting, packaging, receiving, signing
from handlers.safety import danger, flags, searching
from handlers.staff import (
    approvals,
    away,
    bulk,
    cases,
    doorsteps,
    ledgers,
    more,
    overdue,
    phones,
    reach,
    reconciling,
    school,
    screenshots,
    staffing,
    status,
    tasks,
)
from handlers.teacher import child, contact, correcting, day, inviting, repairing, sheets, week

HANDLERS: tuple[Handler, ...] = in_order(
    (
        start.HANDLERS,
        consent.HANDLERS,
        confirming.HANDLERS,
        account.HANDLERS,
        drills.HANDLERS,
        day.HANDLERS,
        sheets.HANDLERS,
        inviting.HANDLERS,
        danger.HANDLERS,  # before the child's card, on which its key stands
        child.HANDLERS,
        searching.HANDLERS,
        flags.HANDLERS,
        contact.HANDLERS,
        correcting.HANDLERS,
        repairing.HANDLERS,
        week.HANDLERS,
        tasks.HANDLERS,
        screenshots.HANDLERS,
        status.HANDLERS,
        approvals.HANDLERS,
        handing_in.HANDLERS,
        ladder_papers.HANDLERS,
        serving.HANDLERS,
        townships.HANDLERS,
        closings.HANDLERS,
        reopening.HANDLERS,
        reconciling.HANDLERS,
        doorsteps.HANDLERS,
        bulk.HANDLERS,
        overdue.HANDLERS,
        school.HANDLERS,
        cases.HANDLERS,
        away.HANDLERS,
        staffing.HANDLERS,
        phones.HANDLERS,
        reach.HANDLERS,
        ledgers.HANDLERS,
        signing.HANDLERS,
        packaging.HANDLERS,
        collecting.HANDLERS,
        receiving.HANDLERS,
        more.HANDLERS,
        guardians.HANDLERS,
        strangers.HANDLERS,
    )
)
