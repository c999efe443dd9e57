"""Whom a condition holds, as it is built: how many, in which tiers, a few of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from nicegui import ui

from services.console.parts import faults
from services.console.parts.care import lifecycle_word
from services.console.parts.charts import plain_table
from services.console.parts.frame import heading
from services.console.parts.pieces import tile, tiles
from services.console.parts.tables import Row
from services.console.reading import segments as reading
from services.console.visiting.visit import Visit
from shared.contracts.segments import MemberAnswer, PreviewAnswer

SAMPLE = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a profile is of: those of a condition, without who withdrew a consent."""

    condition: Mapping[str, Any]
    purpose: str | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """A programme whose tiers a profile is told by."""

    key: str
    name: str
    tiers: Mapping[str, str]


#: Of each tier, or why it could not be counted.
Counts = Sequence[PreviewAnswer | faults.Fault]


def within(condition: Mapping[str, Any], programme: str, tier: str) -> dict[str, Any]:
    """Give a condition for those of another one who hold a tier."""
    return {"all": [dict(condition), {"tier": {"programme": programme, "in": [tier]}}]}


def show_profile(visit: Visit, found: PreviewAnswer) -> ui.element:
    """Show size and share, and a sample, here; gives the place of its tiers, which take longer."""
    with tiles():
        tile(visit.say("segments.customers"), visit.formats.number(found.matching))
        tile(visit.say("segments.share"), visit.formats.percent(found.share))
        if found.pending:
            note = visit.say("segments.pending_note")
            tile(visit.say("segments.pending"), visit.formats.number(found.pending), note=note)
    tiers = ui.element("div")
    if found.sample:
        heading(visit.say("segments.sample"), level=3)
        for member in found.sample:
            with ui.element("div").classes("tl-row"):
                row = member_row(visit, member)
                href = row["customer_href"]
                if isinstance(href, str):
                    ui.link(str(row["customer"]), href)
                words = visit.say("segments.member", orders=row["orders"], spend=row["spend"])
                ui.label(words).classes("tl-note")
    return tiers


async def count_tiers(visit: Visit, asked: Asked, ladder: Ladder) -> Counts:
    """Count those of a profile who hold each tier, the highest first."""
    conditions = [within(asked.condition, ladder.key, tier) for tier in ladder.tiers]
    counting = (reading.preview(visit, each, asked.purpose) for each in conditions)
    return await faults.tried_all(*counting)


def show_tiers(visit: Visit, ladder: Ladder, counts: Counts, matching: int) -> None:
    """Show how a profile spreads over the tiers, here."""
    known = [count for count in counts if not isinstance(count, faults.Fault)]
    if len(known) < len(counts):
        text = visit.say("segments.tiers_unknown", programme=ladder.name)
        ui.label(text).classes("tl-note")
        return
    rows: Sequence[Sequence[str]] = [
        [name, visit.formats.number(n.matching), visit.formats.percent(n.matching / matching)]
        for name, n in zip(ladder.tiers.values(), known, strict=True)
    ]
    head = [ladder.name, visit.say("segments.customers"), visit.say("segments.share_of_segment")]
    plain_table(head, rows)
    pending = max((count.pending for count in known), default=0)
    if pending:
        count = visit.formats.number(pending)
        text = visit.say("segments.tiers_pending", count=count)
        ui.label(text).classes("tl-note")


def member_row(visit: Visit, member: MemberAnswer) -> Row:
    """Write a member as a row that leads to the customer."""
    customer = member.customer_id
    return {
        "customer": customer or visit.say("segments.no_id"),
        "customer_href": f"/customers/{quote(customer, safe='')}" if customer else None,
        "lifecycle": lifecycle_word(visit, member.lifecycle),
        "orders": visit.formats.number(member.orders),
        "spend": visit.formats.money(member.spend.amount, member.spend.currency),
        "last_order": visit.formats.date(member.last_order),
        "entered": visit.formats.instant(member.entered_at),
    }
