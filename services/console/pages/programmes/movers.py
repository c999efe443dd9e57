"""Who would rise or fall: a table of the customers who spend most, and why for each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from nicegui import ui

from services.console.pages.programmes.charts import customer_path
from services.console.pages.programmes.outcome import Result
from services.console.pages.programmes.starting import start_words
from services.console.parts.frame import heading
from services.console.parts.tables import Column, Fetched, PagedTable, Row
from services.console.visiting.visit import Visit

Names = Mapping[str | None, str]


async def movers(visit: Visit, part: str, result: Result, names: Names) -> None:
    """List those who would rise or fall, where there are any."""
    moved = result.get(part)
    if not moved or not moved["largest"]:
        return
    heading(title_of(visit, part, moved), level=3)
    currency = (result.get("benefits") or {}).get("currency")
    rows = [row_of(visit, each, names, currency) for each in moved["largest"]]
    is_dated = any("since" in row for row in rows)

    async def fetch(cursor: str | None, limit: int) -> Fetched:
        first = int(cursor or 0)
        following = str(first + limit) if first + limit < len(rows) else None
        return rows[first : first + limit], following

    columns = [
        Column("customer", visit.say("programmes.customer"), "link", min_width=130),
        Column("from", visit.say("programmes.from")),
        Column("to", visit.say("programmes.to")),
        Column("spend", visit.say("programmes.spend_12_months"), "number"),
    ]
    if is_dated:
        columns.append(Column("since", visit.say("programmes.reached_at")))
        columns.append(Column("start", visit.say("programmes.when_published"), min_width=180))
        ui.label(visit.say("programmes.reached_note")).classes("tl-note")
    label = visit.say(f"programmes.{part}")
    await PagedTable(visit, columns, fetch, empty=label, label=label, page_size=10).show()


def title_of(visit: Visit, part: str, moved: Mapping[str, Any]) -> str:
    """Say whether these are all who would move, or those of them who spend most."""
    shown, all_of_them = len(moved["largest"]), moved["customers"]
    if all_of_them == 1:
        return visit.say(f"programmes.{part}_one")
    words = "all" if all_of_them <= shown else "largest"
    return visit.say(f"programmes.{part}_{words}", n=visit.formats.number(shown))


def row_of(visit: Visit, each: Mapping[str, Any], names: Names, currency: str | None) -> Row:
    """Write one customer's row."""
    customer, spend = each.get("customer_id"), each["spend_12_months"]
    row: Row = {
        "customer": customer or visit.say("programmes.erased"),
        "customer_href": customer_path(customer) if customer else None,
        "from": names.get(each["from"], str(each["from"])),
        "to": names.get(each["to"], str(each["to"])),
        "spend": visit.formats.money(spend, currency)
        if currency
        else visit.formats.number(float(spend), digits=2),
    }
    if "since" not in each:
        return row
    day = datetime.fromisoformat(each["since"]).astimezone(visit.house.zone).date()
    return row | {"since": visit.formats.date(day), "start": start_words(visit, each)}
