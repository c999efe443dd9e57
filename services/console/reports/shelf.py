"""What pages see of reports: the desk as they use it."""

from datetime import date
from typing import Protocol
from uuid import UUID

from services.console.reports.report import Format, Report, Wish
from services.console.reports.schedule import Schedule, Span, Timing


class Reports(Protocol):
    """Reports that were made, and when more are made."""

    @property
    def today(self) -> date:
        """Name the shop's date."""
        ...

    async def reports(self) -> list[Report]:
        """List the reports that are kept and those under way, the newest first."""
        ...

    async def schedules(self) -> list[Schedule]:
        """List the schedules, the oldest first."""
        ...

    async def report(self, report_id: UUID) -> Report | None:
        """Give one report; None where it is not kept."""
        ...

    async def content(self, report_id: UUID, form: Format) -> bytes | None:
        """Give one file of a report; None where there is no such file."""
        ...

    async def ask(self, wish: Wish, first: date, last: date, by: str) -> UUID:
        """Ask for a report; the worker makes it. Raises BadDates."""
        ...

    async def plan(self, wish: Wish, span: Span, timing: Timing, by: str) -> Schedule:
        """Set up a schedule; raises TooManySchedules."""
        ...

    async def pause(self, schedule_id: UUID) -> None:
        """Make nothing of a schedule until it is resumed."""
        ...

    async def resume(self, schedule_id: UUID) -> None:
        """Go on with a schedule from its next time on."""
        ...

    async def end(self, schedule_id: UUID) -> None:
        """Forget a schedule; the reports it made stay."""
        ...
