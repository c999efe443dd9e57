"""What people do with reports: checked anew, written down, then done."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final, TypeVar, cast
from uuid import UUID

from services.console.accounts.roles import Permission
from services.console.changing.accounts import Deed
from services.console.reports.desk import TooManySchedules
from services.console.reports.report import BadDates, Format, Wish
from services.console.reports.schedule import Schedule, Span, Timing
from services.console.reports.shelf import Reports
from services.console.visiting.changes import NotAccepted, NotAllowed, checked_reason
from services.console.visiting.house import Entry
from services.console.visiting.visit import Visit

Result = TypeVar("Result")
_WORDS: Final[dict[type[Exception], str]] = {
    BadDates: "reports.bad_dates",
    TooManySchedules: "reports.too_many",
}
#: Making a report changes nothing: nobody is asked why, but it is written down.
_ASKED: Final = "asked for on the page of reports"


def desk_of(visit: Visit) -> Reports:
    """Give the desk of reports: only its page sees it."""
    return cast(Reports, visit.house.reports)


async def ask_for_report(visit: Visit, wish: Wish, first: date, last: date) -> UUID:
    """Have a report made; raises SessionOver, NotAllowed, NotAccepted."""
    details = {**_told(wish), "first": first.isoformat(), "last": last.isoformat()}
    deed = Deed(Permission.REPORTS_MAKE, "report.asked", "report", details)
    by = visit.person.actor
    return await _done(visit, deed, _ASKED, lambda desk: desk.ask(wish, first, last, by))


async def shown_report(visit: Visit, report_id: UUID) -> bytes | None:
    """Give a report to be looked at, written down as a file taken away is."""
    deed = Deed(Permission.REPORTS_MAKE, "report.shown", f"report:{report_id}")
    return await _done(visit, deed, _ASKED, lambda desk: desk.content(report_id, Format.HTML))


async def plan_reports(
    visit: Visit, wish: Wish, span: Span, timing: Timing, reason: str
) -> Schedule:
    """Set up a schedule; raises what `ask_for_report` does, and ReasonMissing."""
    told = {**_told(wish), "span": span.value, "rhythm": timing.rhythm.value}
    deed = Deed(Permission.REPORTS_SCHEDULE, "report_schedule.made", "report_schedule", told)
    by = visit.person.actor
    return await _done(visit, deed, reason, lambda desk: desk.plan(wish, span, timing, by))


async def pause_reports(visit: Visit, schedule_id: UUID, reason: str) -> None:
    """Pause a schedule."""
    await _done(visit, _of("paused", schedule_id), reason, lambda desk: desk.pause(schedule_id))


async def resume_reports(visit: Visit, schedule_id: UUID, reason: str) -> None:
    """Go on with a schedule."""
    await _done(visit, _of("resumed", schedule_id), reason, lambda desk: desk.resume(schedule_id))


async def end_reports(visit: Visit, schedule_id: UUID, reason: str) -> None:
    """End a schedule."""
    await _done(visit, _of("ended", schedule_id), reason, lambda desk: desk.end(schedule_id))


def _of(what: str, schedule_id: UUID) -> Deed:
    subject = f"report_schedule:{schedule_id}"
    return Deed(Permission.REPORTS_SCHEDULE, f"report_schedule.{what}", subject)


def _told(wish: Wish) -> dict[str, object]:
    formats = [each.value for each in wish.formats]
    return {"audience": wish.audience.value, "language": wish.language.value, "formats": formats}


async def _done(
    visit: Visit, deed: Deed, reason: str, work: Callable[[Reports], Awaitable[Result]]
) -> Result:
    """Do it as `changing/accounts.py` does what is the console's own."""
    checked, person = checked_reason(reason), await visit.here()
    if not person.may(deed.may):
        raise NotAllowed(deed.may)
    accounts = visit.house.accounts
    details = {"reason": checked, "role": str(person.role), **deed.details}
    entry = Entry(person.actor, deed.action, deed.subject, details)
    audit_id = await accounts.open_entry(entry)
    try:
        result = await work(desk_of(visit))
    except tuple(_WORDS) as error:
        await accounts.close_entry(audit_id, f"refused: {type(error).__name__}")
        raise NotAccepted(_WORDS[type(error)]) from error
    await accounts.close_entry(audit_id, "done")
    return result
