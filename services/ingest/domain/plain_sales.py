"""Facts of sales that nothing undoes, many at a time: what `fold` gives for them, as rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.fold import SHOP_SLOTS
from services.ingest.domain.records import ONLINE_CHANNELS, Sale, SaleLine

Sums = list[int]
#: Net, discount, cost and quantity of a sale.
Totals = tuple[int, int, int, int]
#: Counters of a day of plain sales, in the order of `PlainFacts.days`.
DAY_SUMS = (
    "net_booked", "net_qualifying", "sales_net", "gross", "discount", "cost", "orders", "lines",
    "quantity_milli", "online_orders",
)  # fmt: skip
SHOP_SUMS = (
    "receipts", "net_booked", "sales_net", "gross", "discount", "cost", "lines", "quantity_milli",
)  # fmt: skip


#: Identifiers that lead to one person whoever shows them; a browser's may be linked any time.
PLAIN_KINDS = frozenset({"customer_id", "loyalty_account", "phone", "email"})


class Placed(NamedTuple):
    """A plain sale, whose it is and its place in the log; `version` None: nobody's."""

    arrival: Arrival
    sale: Sale
    profile_id: UUID
    sequence: int
    version: int | None


@dataclass(slots=True)
class PlainFacts:
    """Rows to write: those of orders, lines and entries whole, the others as sums by key."""

    orders: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    days: dict[tuple[UUID, date], Sums] = field(default_factory=dict)
    categories: dict[tuple[UUID, str], Sums] = field(default_factory=dict)
    skus: dict[tuple[UUID, str], Sums] = field(default_factory=dict)
    habits: dict[tuple[UUID, int], int] = field(default_factory=lambda: defaultdict(int))
    shop_days: dict[tuple[str, date, int], Sums] = field(default_factory=dict)


def is_plain(arrival: Arrival) -> bool:
    """Tell whether an arrival is a sale under one order key, of one identifier or of nobody."""
    record, claims = arrival.record, arrival.claims
    return (
        isinstance(record, Sale)
        and arrival.is_valued
        and len(record.order_keys) == 1
        and (not claims or (len(claims) == 1 and claims[0].kind in PLAIN_KINDS))
    )


def fold_plain(placed: Iterable[Placed]) -> PlainFacts:
    """Return the rows these sales add; equal to folding each alone and adding up."""
    facts = PlainFacts()
    for each in placed:
        net = discount = cost = quantity = 0
        for line in each.sale.lines:
            net += line.net
            discount += line.discount
            cost += line.cost
            quantity += line.quantity_milli
        totals = (net, discount, cost, quantity)
        if each.version is None:
            _count_shop(facts, each.sale, totals)
        else:
            _count_order(facts, each, totals)
            _count_goods(facts, each.profile_id, each.sale)
    return facts


def _count_order(facts: PlainFacts, placed: Placed, totals: Totals) -> None:
    net, discount, cost, quantity = totals
    sale, profile_id = placed.sale, placed.profile_id
    where, key, gross = sale.occasion, sale.order_keys[0], net + discount
    at, day, channel = where.effective_at, where.business_date, where.channel
    facts.orders.append(
        (profile_id, key, placed.sequence, at, day, where.store_id, channel, gross, discount, net,
         cost, quantity, 0, 0, 0, False)
    )  # fmt: skip
    facts.entries.append((profile_id, key, None, at, at, net, net - cost, 1, quantity))
    facts.habits[profile_id, sale.habit_slot] += 1
    counts = (
        net, net, net, gross, discount, cost, 1, len(sale.lines), quantity,
        int(channel in ONLINE_CHANNELS),
    )  # fmt: skip
    _add(facts.days, (profile_id, day), counts)


def _count_goods(facts: PlainFacts, profile_id: UUID, sale: Sale) -> None:
    key, rows, skus, categories = sale.order_keys[0], facts.lines, facts.skus, facts.categories
    for line in sale.lines:
        sku, category, quantity, net = line.sku, line.category, line.quantity_milli, line.net
        rows.append(
            (profile_id, key, line.line, sku, category, quantity, line.discount, net, line.cost,
             0, 0)
        )  # fmt: skip
        _add_goods(skus, (profile_id, sku), line)
        if category is not None:
            _add_goods(categories, (profile_id, category), line)


def _add_goods(into: dict[tuple[UUID, str], Sums], key: tuple[UUID, str], line: SaleLine) -> None:
    sums = into.get(key)
    if sums is None:
        into[key] = [1, line.quantity_milli, line.net]
    else:
        sums[0] += 1
        sums[1] += line.quantity_milli
        sums[2] += line.net


def _count_shop(facts: PlainFacts, sale: Sale, totals: Totals) -> None:
    net, discount, cost, quantity = totals
    where = sale.occasion
    place = (where.store_id or "", where.business_date, where.event_key[0] % SHOP_SLOTS)
    counts = (1, net, net, net + discount, discount, cost, len(sale.lines), quantity)
    _add(facts.shop_days, place, counts)


def _add(into: dict[Any, Sums], key: Any, counts: tuple[int, ...]) -> None:
    sums = into.get(key)
    if sums is None:
        into[key] = list(counts)
    else:
        for place, count in enumerate(counts):
            sums[place] += count
