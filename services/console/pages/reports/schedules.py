"""The schedules: what is made when, by whom set up; set up another, pause and end."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final
from uuid import UUID

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.reports import (
    desk_of,
    end_reports,
    pause_reports,
    plan_reports,
    resume_reports,
)
from services.console.decks.audiences import Audience
from services.console.pages.reports.making import file_boxes, wish_in
from services.console.pages.reports.said import (
    audiences,
    formats_on_offer,
    languages,
    next_said,
    spans,
    timing_said,
    weekdays,
)
from services.console.pages.reports.shelf import ONE_LINE
from services.console.parts.charts import small_table
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.pieces import action, empty
from services.console.parts.reasons import with_reason
from services.console.reports.schedule import Rhythm, Schedule, Span, Timing
from services.console.visiting.visit import Visit

_HEAD: Final = ("what", "when", "span", "next", "by", "do")
Work = Callable[[Visit, UUID, str], Awaitable[None]]


class Schedules:
    """The list of schedules and what is done from it."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._place = ui.element("div")

    async def show(self) -> None:
        """Show the schedules as they are now."""
        await self._visit.here()
        found = await desk_of(self._visit).schedules()
        may = self._visit.may(Permission.REPORTS_SCHEDULE)
        self._place.clear()
        with self._place:
            if found:
                self._table(found, may=may)
            else:
                empty(self._visit.say("reports.no_schedules"))
            if may:
                with ui.element("div").classes("tl-row tl-below"):
                    action(self._visit.say("reports.plan"), self._plan, icon="event_repeat")

    def _table(self, found: list[Schedule], *, may: bool) -> None:
        say = self._visit.say
        head = [say(f"reports.column_{name}") for name in _HEAD]
        with small_table(head, say("reports.schedules")):
            for schedule in found:
                self._row(schedule, may=may)

    def _row(self, schedule: Schedule, *, may: bool) -> None:
        visit, wish = self._visit, schedule.wish
        with ui.element("tr"):
            with ui.element("th").props("scope=row"):
                ui.label(audiences(visit)[wish.audience.value])
                ui.label(languages()[wish.language.value]).classes("tl-note")
            for text in (
                timing_said(visit, schedule.timing),
                spans(visit)[schedule.span.value],
                next_said(visit, schedule),
                schedule.made_by.removeprefix("user:"),
            ):
                with ui.element("td"):
                    ui.label(text).style(ONE_LINE)
            with ui.element("td"), ui.element("div").classes("tl-row").style("flex-wrap: nowrap"):
                if may:
                    self._buttons(schedule)

    def _buttons(self, schedule: Schedule) -> None:
        say, schedule_id = self._visit.say, schedule.schedule_id
        if schedule.paused_at is None:
            action(say("reports.pause"), partial(self._ask, "pause", pause_reports, schedule_id))
        else:
            action(say("reports.resume"), partial(self._ask, "resume", resume_reports, schedule_id))
        action(say("reports.end"), partial(self._ask, "end", end_reports, schedule_id))

    async def _ask(self, what: str, work: Work, schedule_id: UUID) -> None:
        async def make(reason: str) -> None:
            await work(self._visit, schedule_id, reason)

        if await with_reason(self._visit, self._visit.say(f"reports.{what}_title"), make):
            await self.show()

    async def _plan(self) -> None:
        fields, visit = new_fields(self._visit), self._visit

        async def make(reason: str) -> None:
            span = Span(str(fields.values["span"]))
            await plan_reports(visit, wish_in(fields), span, timing_in(fields), reason)

        lay = partial(_lay, visit, fields)
        if await with_reason(visit, visit.say("reports.plan"), make, fields=lay):
            await self.show()


def new_fields(visit: Visit) -> DialogFields:
    """Fill in what most people want: a deck of last month on the first of the month."""
    return DialogFields(
        {
            "audience": Audience.MANAGEMENT.value,
            "language": visit.language.value,
            "span": Span.LAST_MONTH.value,
            "rhythm": Rhythm.MONTHLY.value,
            "weekday": "1",
            "month_day": "1",
            "hour": "8",
            **dict.fromkeys((each.value for each in formats_on_offer()), True),
        }
    )


def timing_in(fields: DialogFields) -> Timing:
    """Read when reports are made; the day that the rhythm does not ask for is left alone."""
    values = fields.values
    rhythm = Rhythm(str(values["rhythm"]))
    day = {Rhythm.DAILY: "1", Rhythm.WEEKLY: values["weekday"], Rhythm.MONTHLY: values["month_day"]}
    return Timing(rhythm, int(str(day[rhythm])), int(str(values["hour"])))


def _lay(visit: Visit, fields: DialogFields) -> None:
    say = visit.say
    fields.choose("audience", say("reports.audience"), audiences(visit))
    fields.choose("language", say("reports.language"), languages())
    fields.choose("span", say("reports.span"), spans(visit))
    rhythms = {each.value: say(f"reports.rhythm_{each}") for each in Rhythm}
    rhythm = fields.choose("rhythm", say("reports.rhythm"), rhythms)
    week = fields.choose("weekday", say("reports.weekday"), weekdays(visit))
    days = {str(n): str(n) for n in range(1, 32)}
    month = fields.choose("month_day", say("reports.month_day"), days)
    hours = {str(n): f"{n:02d}:00" for n in range(24)}
    fields.choose("hour", say("reports.hour", zone=str(visit.house.zone)), hours)
    week.bind_visibility_from(rhythm, "value", value=Rhythm.WEEKLY.value)
    month.bind_visibility_from(rhythm, "value", value=Rhythm.MONTHLY.value)
    with ui.element("div").classes("tl-row"):
        file_boxes(visit, fields)
