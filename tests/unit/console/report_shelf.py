"""Reports and schedules as lists, for the pages that show them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from services.console.accounts.person import Language
from services.console.decks.audiences import Audience
from services.console.reports.report import Format, Report, State, Wish, check_dates
from services.console.reports.schedule import Rhythm, Schedule, Span, Timing

TODAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
WISH = Wish(Audience.MARKETING, Language.ENGLISH, (Format.PPTX, Format.HTML))


def make_report(**changes: Any) -> Report:
    report = Report(
        report_id=uuid4(),
        wish=WISH,
        first=date(2026, 10, 1),
        last=date(2026, 10, 31),
        asked_by="user:lin",
        asked_at=AT,
        schedule_id=None,
        state=State.DONE,
        progress=100,
        attempts=1,
        finished_at=AT,
        remarks=(),
        sizes={Format.HTML: 20_000, Format.PPTX: 100_000},
    )
    return replace(report, **changes)


def make_schedule(**changes: Any) -> Schedule:
    timing = Timing(Rhythm.MONTHLY, 1, 8)
    schedule = Schedule(uuid4(), WISH, Span.LAST_MONTH, timing, "user:lin", AT, AT, None)
    return replace(schedule, **changes)


@dataclass(slots=True)
class FakeReports:
    """A shelf in memory; what is asked for waits, as no worker runs."""

    made: list[Report] = field(default_factory=list)
    planned: list[Schedule] = field(default_factory=list)
    files: dict[tuple[UUID, Format], bytes] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return TODAY

    async def reports(self) -> list[Report]:
        return [*self.made]

    async def schedules(self) -> list[Schedule]:
        return [*self.planned]

    async def report(self, report_id: UUID) -> Report | None:
        return next((each for each in self.made if each.report_id == report_id), None)

    async def content(self, report_id: UUID, form: Format) -> bytes | None:
        return self.files.get((report_id, form))

    async def ask(self, wish: Wish, first: date, last: date, by: str) -> UUID:
        check_dates(first, last, self.today)
        waiting = {"state": State.WAITING, "progress": 0, "sizes": {}}
        new = make_report(wish=wish, first=first, last=last, asked_by=by, **waiting)
        self.made.insert(0, new)
        return new.report_id

    async def plan(self, wish: Wish, span: Span, timing: Timing, by: str) -> Schedule:
        self.planned.append(make_schedule(wish=wish, span=span, timing=timing, made_by=by))
        return self.planned[-1]

    async def pause(self, schedule_id: UUID) -> None:
        self._change(schedule_id, AT)

    async def resume(self, schedule_id: UUID) -> None:
        self._change(schedule_id, None)

    async def end(self, schedule_id: UUID) -> None:
        self.planned = [each for each in self.planned if each.schedule_id != schedule_id]

    def _change(self, schedule_id: UUID, paused_at: datetime | None) -> None:
        self.planned = [
            replace(each, paused_at=paused_at) if each.schedule_id == schedule_id else each
            for each in self.planned
        ]
