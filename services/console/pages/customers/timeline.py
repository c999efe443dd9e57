"""Everything that happened with a customer, the newest first."""

from typing import Final

from nicegui import ui

from services.console.pages.customers.shown import begin
from services.console.parts.care import channel_word, cut
from services.console.parts.frame import page
from services.console.parts.pieces import section
from services.console.parts.tables import Column, Fetched, PagedTable, Row
from services.console.reading import customers as reading
from services.console.visiting.visit import Visit
from shared.contracts.contacts import TimelineItem

#: Details that say in a word what happened; the rest is behind the event's own page.
_TOLD: Final = ("channel", "store_id", "reason", "points", "benefit", "outcome", "state", "rating")
_PAGE: Final = 50


@page("/customers/{customer_id}/timeline", "customers")
async def timeline(visit: Visit, customer_id: str) -> None:
    """Show a customer's time line, a page at a time."""
    begin(visit, customer_id, "/timeline")

    async def fetch(cursor: str | None, limit: int) -> Fetched:
        found = await reading.timeline(visit, customer_id, cursor, limit)
        return [event_row(visit, item) for item in found.items], found.next_cursor

    columns = [
        Column("at", visit.say("customers.at"), min_width=180),
        Column("kind", visit.say("customers.event"), min_width=110),
        Column("title", visit.say("customers.what"), min_width=220),
        Column("details", visit.say("customers.details"), min_width=220),
    ]
    with section(visit.say("customers.page_timeline")):
        label, nothing = visit.say("customers.page_timeline"), visit.say("customers.no_events")
        await PagedTable(visit, columns, fetch, nothing, label, page_size=_PAGE).show()
    ui.label(visit.say("customers.timeline_note")).classes("tl-note")


def event_row(visit: Visit, item: TimelineItem) -> Row:
    """Show one event."""
    return {
        "at": visit.formats.instant(item.at),
        "kind": visit.say_or(f"customers.event_{item.kind}", item.kind),
        "title": visit.local(item.title),
        "details": details_of(visit, item),
    }


def details_of(visit: Visit, item: TimelineItem) -> str:
    """Say what of an event's details tells something, in a line."""
    amount = item.details.get("amount") or item.details.get("net")
    told = []
    if isinstance(amount, dict) and {"amount", "currency"} <= set(amount):
        told.append(visit.formats.money(str(amount["amount"]), str(amount["currency"])))
    for name in _TOLD:
        value = item.details.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool):
            label = visit.say_or(f"customers.detail_{name}", name)
            text = _word_of(visit, name, str(value))
            told.append(visit.say("customers.detail", label=label, text=text))
    return cut(" · ".join(told))


def _word_of(visit: Visit, name: str, value: str) -> str:
    if name == "channel":
        return channel_word(visit, value)
    if name == "outcome":  # of a contact, or of a task
        told = visit.say_or(f"tasks.outcome_{value}", value)
        return visit.say_or(f"customers.outcome_{value}", told)
    return visit.say_or(f"customers.because_{value}", value) if name == "reason" else value
