"""Rows of one order, whole: what it was, what programmes read of it, and returns without effect."""

from collections.abc import Iterable
from hashlib import sha256

from services.ingest.domain.facts import Counts, EntryRow, FindingRow, LineRow, OrderRow
from services.ingest.domain.orders import Order
from services.ingest.domain.records import EventKey, Occasion, OrderKey, Return, Sale, SaleLine
from services.ingest.domain.settle import Settlement


def totals_of(lines: Iterable[SaleLine]) -> Counts:
    """Return the sums of some sale lines."""
    lines = tuple(lines)
    return {
        "net": sum(line.net for line in lines),
        "discount": sum(line.discount for line in lines),
        "cost": sum(line.cost for line in lines),
        "quantity_milli": sum(line.quantity_milli for line in lines),
    }


def order_row(sale: Sale, totals: Counts, *, is_void: bool) -> OrderRow:
    """Return the row of an order of which nothing came back yet."""
    occasion = sale.occasion
    return OrderRow(
        order_key=sale.order_key,
        sequence=sale.sequence,
        effective_at=occasion.effective_at,
        business_date=occasion.business_date,
        store_id=occasion.store_id,
        channel=occasion.channel,
        gross=totals["net"] + totals["discount"],
        discount=totals["discount"],
        net=totals["net"],
        cost=totals["cost"],
        quantity_milli=totals["quantity_milli"],
        returned_net=0,
        returned_quantity_milli=0,
        refunded_net=0,
        is_void=is_void,
    )


def line_row(key: OrderKey, line: SaleLine) -> LineRow:
    """Return the row of a line of which nothing came back yet."""
    return LineRow(
        order_key=key,
        line=line.line,
        sku=line.sku,
        category=line.category,
        quantity_milli=line.quantity_milli,
        discount=line.discount,
        net=line.net,
        cost=line.cost,
        returned_quantity_milli=0,
        returned_net=0,
    )


def entries_of(order: Order) -> dict[bytes, EntryRow]:
    """Return what the order was first worth, then in an entry each what its corrections added."""
    entries: dict[bytes, EntryRow] = {}
    sale, at = order.sale, order.sale.occasion.effective_at
    before: Counts = {}
    for version in order.versions:
        totals = totals_of(version.lines)
        more = {name: value - before.get(name, 0) for name, value in totals.items()}
        is_first, before = not before, totals
        if not is_first and not any(more.values()):
            continue
        key = sale.order_key if is_first else entry_id(version.occasion, sale)
        entries[key] = EntryRow(
            entry_id=key,
            reverses=None if is_first else sale.order_key,
            at=at,
            known_at=at if is_first else version.occasion.effective_at,
            spend=more["net"],
            margin=more["net"] - more["cost"],
            orders=int(is_first),
            quantity_milli=more["quantity_milli"],
        )
    return entries


def entry_id(cause: Occasion, sale: Sale) -> bytes:
    """Return the id of the entry by which one event changes what an order is worth."""
    return sha256(cause.event_key + sale.order_key).digest()[:16]


def findings_of(
    settlement: Settlement, returns: Iterable[Return]
) -> dict[tuple[EventKey, str], FindingRow]:
    """Return a row for everything that had no effect."""
    if not settlement.findings:
        return {}
    by_key = {returned.occasion.event_key: returned for returned in returns}
    found = ((by_key[key], finding.value) for key, finding in settlement.findings)
    rows = (
        FindingRow(r.occasion.event_key, finding, r.link, r.occasion.effective_at)
        for r, finding in found
    )
    return {(row.event_key, row.finding): row for row in rows}
