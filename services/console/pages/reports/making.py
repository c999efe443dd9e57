"""The form that asks for a report; what was typed stays when it is refused."""

from collections.abc import Awaitable, Callable
from datetime import date

from nicegui import ui

from services.console.accounts.person import Language
from services.console.changing.reports import ask_for_report, desk_of
from services.console.decks.audiences import Audience
from services.console.pages.reports.said import (
    audiences,
    formats_on_offer,
    languages,
    spans,
    usual_dates,
)
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.faults import told
from services.console.parts.pieces import action
from services.console.reports.report import Format, Wish
from services.console.reports.schedule import Span, dates_of
from services.console.visiting.changes import NotAccepted
from services.console.visiting.visit import Visit


class MakeForm:
    """Audience, language, dates, files; a chosen span fills in the dates."""

    def __init__(self, visit: Visit, made: Callable[[], Awaitable[None]]) -> None:
        self._visit, self._made = visit, made
        first, last = usual_dates(visit)
        self._fields = DialogFields(
            {
                "audience": Audience.MANAGEMENT.value,
                "language": visit.language.value,
                "span": Span.LAST_MONTH.value,
                "first": first.isoformat(),
                "last": last.isoformat(),
                **dict.fromkeys((each.value for each in formats_on_offer()), True),
            }
        )

    def show(self) -> None:
        """Lay out the form."""
        say = self._visit.say
        with ui.element("div").classes("tl-form"):
            self._fields.choose("audience", say("reports.audience"), audiences(self._visit))
            self._fields.choose("language", say("reports.language"), languages())
            span = self._fields.choose("span", say("reports.span"), spans(self._visit))
            self._first = self._fields.day("first", say("reports.first"))
            self._last = self._fields.day("last", say("reports.last"))
        span.on_value_change(lambda event: self._fill(event.value))
        with ui.element("div").classes("tl-row"):
            file_boxes(self._visit, self._fields)
            ui.space()
            action(say("reports.make_it"), self._make, icon="slideshow", main=True)

    def _fill(self, span: str | None) -> None:
        if span:
            first, last = dates_of(Span(span), desk_of(self._visit).today)
            self._first.set_value(first.isoformat())
            self._last.set_value(last.isoformat())

    async def _make(self) -> None:
        async with told(self._visit):
            first, last = (_date(self._fields.values.get(name)) for name in ("first", "last"))
            await ask_for_report(self._visit, wish_in(self._fields), first, last)
            ui.notify(self._visit.say("reports.asked"), type="positive")
            await self._made()


def file_boxes(visit: Visit, fields: DialogFields) -> None:
    """Show a box for each kind of file; HTML is always made."""
    for form in formats_on_offer():
        box = ui.checkbox(
            visit.say(f"reports.as_{form}"), value=bool(fields.values.get(form.value))
        )
        box.on_value_change(
            lambda event, form=form: fields.values.update({form.value: event.value})
        )
        box.set_enabled(form is not Format.HTML)


def wish_in(fields: DialogFields) -> Wish:
    """Read for whom, in which language, as which files."""
    values = fields.values
    formats = tuple(each for each in Format if values.get(each.value) or each is Format.HTML)
    return Wish(Audience(str(values["audience"])), Language(str(values["language"])), formats)


def _date(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise NotAccepted("reports.bad_dates") from None
