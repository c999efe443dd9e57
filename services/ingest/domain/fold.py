"""Fold records into facts: the one definition, for the first write, the correction and the rebuild.

Two nets are kept apart. `net_booked`: a return on its own day (features, labels, KPIs).
`net_qualifying`: a return taken off the sale it undoes, on the sale's day (programmes).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from services.ingest.domain.facts import (
    Counts,
    EntryRow,
    Facts,
    add,
)
from services.ingest.domain.memberships import memberships_of
from services.ingest.domain.order_rows import (
    entries_of,
    entry_id,
    findings_of,
    line_row,
    order_row,
    totals_of,
)
from services.ingest.domain.orders import Order, orders_of
from services.ingest.domain.records import (
    ONLINE_CHANNELS,
    Activity,
    EventKey,
    Membership,
    Occasion,
    Record,
    Return,
    ReturnLine,
    Sale,
    SaleLine,
    Void,
)
from services.ingest.domain.settle import Settlement, Undone, settle

#: Anonymous figures of one store and day are spread over this many rows (shared.schema.ingest).
SHOP_SLOTS = 16


def fold(records: Iterable[Record]) -> Facts:
    """Return the facts of one customer, or of one store's anonymous receipts.

    The result is the same for any order of the records, which must be distinct by event key. Sales
    that share an order key are one order. A return whose sale is not among them has no effect yet.
    """
    by_type = _by_type(records)
    returns = by_type.returns
    orders = orders_of(by_type.sales)
    sales = [order.sale for order in orders]
    facts = Facts()
    for activity in by_type.activities:
        if activity.counts and not activity.occasion.is_anonymous:
            _book(facts, activity.occasion, dict(activity.counts))
    settlement = settle(sales, returns, by_type.voids)
    for order in orders:
        _fold_order(facts, order, is_void=order.sale.order_key in settlement.void)
    _fold_returns(facts, settlement)
    facts.findings = findings_of(settlement, returns)
    for returned in returns:
        if returned.link is None:
            _fold_unlinked(facts, returned)
    if by_type.memberships:
        named = (each for each in by_type.memberships if not each.occasion.is_anonymous)
        facts.memberships = memberships_of(named)
    return facts


@dataclass(slots=True)
class _ByType:
    sales: list[Sale] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    voids: list[Void] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)


def _by_type(records: Iterable[Record]) -> _ByType:
    sorted_out = _ByType()
    for record in records:
        match record:
            case Sale():
                sorted_out.sales.append(record)
            case Return():
                sorted_out.returns.append(record)
            case Void():
                sorted_out.voids.append(record)
            case Activity():
                sorted_out.activities.append(record)
            case Membership():
                sorted_out.memberships.append(record)
    return sorted_out


def _fold_order(facts: Facts, order: Order, *, is_void: bool) -> None:
    sale = order.sale
    totals = totals_of(sale.lines)
    facts.orders[sale.order_key] = order_row(sale, totals, is_void=is_void)
    for line in sale.lines:
        facts.lines[sale.order_key, line.line] = line_row(sale.order_key, line)
    if is_void:
        return
    _book(facts, sale.occasion, _day_of_sale(sale, totals))
    if sale.occasion.is_anonymous:
        return
    facts.entries |= entries_of(order)
    facts.habits[sale.habit_slot] = facts.habits.get(sale.habit_slot, 0) + 1
    for line in sale.lines:
        _count_goods(facts, line, quantity_milli=line.quantity_milli, net=line.net, lines=1)


def _fold_returns(facts: Facts, settlement: Settlement) -> None:
    counted: set[EventKey] = set()
    for undone in settlement.undone:
        _take_off_order(facts, undone)
        _add_reversal(facts, undone)
        _add_to_day(facts, undone.sale.occasion.business_date, undone, net_qualifying=-undone.value)
        returned = undone.returned
        if returned.link is not None:
            _book(facts, _at_owner(undone), _day_of_refund(undone, counted))
            if not undone.sale.occasion.is_anonymous:
                line, net = undone.line, undone.refund
                _count_goods(facts, line, quantity_milli=-undone.quantity_milli, net=-net, lines=0)


def _fold_unlinked(facts: Facts, returned: Return) -> None:
    lines = returned.lines or ()
    refund = sum(line.net for line in lines)
    cost = sum(line.cost for line in lines)
    _book(
        facts,
        returned.occasion,
        {"net_booked": -refund, "returns": 1, "returns_net": refund, "cost": -cost},
    )
    if returned.occasion.is_anonymous:
        return
    for line in lines:
        _count_goods(facts, line, quantity_milli=-line.quantity_milli, net=-line.net, lines=0)


def _day_of_sale(sale: Sale, totals: Counts) -> Counts:
    return {
        "net_booked": totals["net"],
        "net_qualifying": totals["net"],
        "sales_net": totals["net"],
        "gross": totals["net"] + totals["discount"],
        "discount": totals["discount"],
        "cost": totals["cost"],
        "orders": 1,
        "lines": len(sale.lines),
        "quantity_milli": totals["quantity_milli"],
        "online_orders": int(sale.occasion.channel in ONLINE_CHANNELS),
    }


def _day_of_refund(undone: Undone, counted: set[EventKey]) -> Counts:
    """Return the refund's own day; one return counts once, however many lines it undoes."""
    key = undone.returned.occasion.event_key
    is_first = key not in counted
    counted.add(key)
    return {
        "net_booked": -undone.refund,
        "returns": int(is_first),
        "returns_net": undone.refund,
        "cost": -undone.cost,
    }


def _at_owner(undone: Undone) -> Occasion:
    """Return the refund's place and day: a customer's is booked to the customer who had bought."""
    theirs, sold = undone.returned.occasion, undone.sale.occasion
    return Occasion(
        profile_id=sold.profile_id,
        event_key=theirs.event_key,
        store_id=theirs.store_id,
        channel=theirs.channel,
        business_date=theirs.business_date,
        occurred_at=theirs.occurred_at,
        effective_at=theirs.effective_at,
        is_anonymous=sold.is_anonymous,
    )


def _book(facts: Facts, occasion: Occasion, counts: Counts) -> None:
    """Add to the customer's day, or to the shop's when nobody was named."""
    if not occasion.is_anonymous:
        add(facts.days.setdefault(occasion.business_date, {}), counts)
        return
    slot = occasion.event_key[0] % SHOP_SLOTS
    place = (occasion.store_id or "", occasion.business_date, slot)
    receipts = counts.get("orders", 0)
    add(facts.shop_days.setdefault(place, {}), _shop_counts(counts) | {"receipts": receipts})


def _shop_counts(counts: Counts) -> Counts:
    kept = ("net_booked", "sales_net", "gross", "discount", "cost", "lines", "quantity_milli")
    return {name: counts[name] for name in (*kept, "returns", "returns_net") if name in counts}


def _add_to_day(facts: Facts, day: date, undone: Undone, **counts: int) -> None:
    if not undone.sale.occasion.is_anonymous:
        add(facts.days.setdefault(day, {}), counts)


def _count_goods(
    facts: Facts, line: SaleLine | ReturnLine, *, quantity_milli: int, net: int, lines: int
) -> None:
    counts = {"lines": lines, "quantity_milli": quantity_milli, "net_booked": net}
    add(facts.skus.setdefault(line.sku, {}), counts)
    if line.category is not None:
        add(facts.categories.setdefault(line.category, {}), counts)


def _take_off_order(facts: Facts, undone: Undone) -> None:
    key = undone.sale.order_key
    order, line = facts.orders[key], facts.lines[key, undone.line.line]
    facts.orders[key] = replace(
        order,
        returned_net=order.returned_net + undone.value,
        returned_quantity_milli=order.returned_quantity_milli + undone.quantity_milli,
        refunded_net=order.refunded_net + undone.refund,
    )
    facts.lines[key, undone.line.line] = replace(
        line,
        returned_net=line.returned_net + undone.value,
        returned_quantity_milli=line.returned_quantity_milli + undone.quantity_milli,
    )


def _add_reversal(facts: Facts, undone: Undone) -> None:
    """Add to the entry by which one return reverses one order."""
    sold, returned = undone.sale, undone.returned.occasion
    if sold.occasion.is_anonymous:
        return
    key = entry_id(returned, sold)
    before = facts.entries.get(key)
    facts.entries[key] = EntryRow(
        entry_id=key,
        reverses=sold.order_key,
        at=sold.occasion.effective_at,
        known_at=returned.effective_at,
        spend=(before.spend if before else 0) - undone.value,
        margin=(before.margin if before else 0) - undone.value + undone.cost,
        orders=(before.orders if before else 0) - int(undone.completes_order),
        quantity_milli=(before.quantity_milli if before else 0) - undone.quantity_milli,
    )
