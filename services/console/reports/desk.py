"""What people do with reports: ask for one, set up a schedule, pause, resume and end it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from services.console.reports.queries.reports import (
    add_report,
    content_of,
    find_report,
    list_reports,
)
from services.console.reports.queries.schedules import (
    add_schedule,
    due_schedules,
    end_schedule,
    find_schedule,
    list_schedules,
    move_schedule,
    pause_schedule,
    resume_schedule,
)
from services.console.reports.report import Format, NewReport, Report, Wish, check_dates
from services.console.reports.schedule import Schedule, Span, Timing, dates_of
from shared.clock import Clock, business_date
from shared.ids import uuid7


class TooManySchedules(Exception):
    """There are as many schedules as there may be: end one first."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where reports are kept, and what time it is for the shop."""

    pool: asyncpg.Pool
    clock: Clock
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """Name the shop's date."""
        return business_date(self.clock.now(), self.zone)

    async def reports(self) -> list[Report]:
        """List the reports that are kept and those under way, the newest first."""
        return await list_reports(self.pool)

    async def schedules(self) -> list[Schedule]:
        """List the schedules, the oldest first."""
        return await list_schedules(self.pool)

    async def report(self, report_id: UUID) -> Report | None:
        """Give one report; None where it is not kept."""
        return await find_report(self.pool, report_id)

    async def content(self, report_id: UUID, form: Format) -> bytes | None:
        """Give one file of a report; None where there is no such file."""
        return await content_of(self.pool, report_id, form)

    async def ask(self, wish: Wish, first: date, last: date, by: str) -> UUID:
        """Ask for a report; the worker makes it. Raises BadDates."""
        check_dates(first, last, self.today)
        new = NewReport(uuid7(), wish, first, last, by, self.clock.now())
        await add_report(self.pool, new)
        return new.report_id

    async def plan(self, wish: Wish, span: Span, timing: Timing, by: str) -> Schedule:
        """Set up a schedule; raises TooManySchedules."""
        now = self.clock.now()
        next_at = timing.next_after(now, self.zone)
        new = Schedule(uuid7(), wish, span, timing, by, now, next_at, None)
        if not await add_schedule(self.pool, new):
            raise TooManySchedules
        return new

    async def pause(self, schedule_id: UUID) -> None:
        """Make nothing of a schedule until it is resumed."""
        await pause_schedule(self.pool, schedule_id, self.clock.now())

    async def resume(self, schedule_id: UUID) -> None:
        """Go on with a schedule from its next time on."""
        schedule = await find_schedule(self.pool, schedule_id)
        if schedule is not None:
            next_at = schedule.timing.next_after(self.clock.now(), self.zone)
            await resume_schedule(self.pool, schedule_id, next_at)

    async def end(self, schedule_id: UUID) -> None:
        """Forget a schedule; the reports it made stay."""
        await end_schedule(self.pool, schedule_id)

    async def ask_for_due(self) -> int:
        """Ask for a report of each schedule that is due; what was missed is made once.

        However many workers look: a schedule is taken by one, and its report is unique by when it
        was due.
        """
        now = self.clock.now()
        async with self.pool.acquire() as connection, connection.transaction():
            due = await due_schedules(connection, now)
            for each in due:
                await add_report(connection, self._report_of(each))
                next_at = each.timing.next_after(now, self.zone)
                await move_schedule(connection, each.schedule_id, next_at)
        return len(due)

    def _report_of(self, schedule: Schedule) -> NewReport:
        first, last = dates_of(schedule.span, self.today)
        return NewReport(
            uuid7(),
            schedule.wish,
            first,
            last,
            schedule.made_by,
            self.clock.now(),
            schedule.schedule_id,
            schedule.next_at,
        )
