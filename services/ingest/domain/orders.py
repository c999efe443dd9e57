"""One order, many routes: which sales are one order, what it is worth and whose it is.

Sales that share an order key are one order, through however many keys that goes. All of it is a
function of the SET of sales, so it does not matter which route was heard first.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.ingest.domain.records import EventKey, OrderKey, Record, Return, Sale, Void


@dataclass(frozen=True, slots=True)
class Order:
    """Sales told of one order, as one `sale` with the lines now in force.

    `versions`: the sales whose lines were in force one after another; the last one's still are.
    """

    sale: Sale
    versions: tuple[Sale, ...]

    @property
    def net(self) -> int:
        """Return what the order is worth before anything comes back."""
        return sum(line.net for line in self.sale.lines)

    @property
    def quantity_milli(self) -> int:
        """Return how many thousandths of goods were sold."""
        return sum(line.quantity_milli for line in self.sale.lines)


def groups_of(sales: Iterable[Sale]) -> list[list[Sale]]:
    """Return the sales of each order."""
    by_key: dict[OrderKey, list[Sale]] = {}
    for sale in sales:
        met = [by_key[key] for key in sale.order_keys if key in by_key]
        group = max(met, key=len) if met else []
        for other in met:
            if other is not group and by_key[other[0].order_key] is other:
                group += other
                by_key.update((key, group) for told in other for key in told.order_keys)
        group.append(sale)
        for key in sale.order_keys:
            by_key[key] = group
    return list({id(group): group for group in by_key.values()}.values())


def orders_of(sales: Iterable[Sale]) -> list[Order]:
    """Return the orders that these sales tell of."""
    combined = (combine(group) for group in groups_of(sales))
    return [order for order in combined if order is not None]


def combine(group: Sequence[Sale]) -> Order | None:
    """Return what the sales of one order come to; None if no authority told of it.

    When and where: the first sale told, corrections apart. Whose: the first that names somebody.
    What: the lines of the latest correction, else of the first sale. Keys: everybody's.
    """
    if len(group) == 1:
        return Order(group[0], (group[0],)) if group[0].is_valued else None
    valued = sorted((sale for sale in group if sale.is_valued), key=_rank)
    if not valued:
        return None
    first = valued[0]
    versions = (first, *(sale for sale in valued[1:] if sale.is_correction))
    named = next((s.occasion for s in valued if not s.occasion.is_anonymous), first.occasion)
    others = {key for sale in group for key in sale.order_keys} - {first.order_key}
    sale = replace(
        first,
        occasion=replace(
            first.occasion, profile_id=named.profile_id, is_anonymous=named.is_anonymous
        ),
        order_keys=(first.order_key, *sorted(others)),
        lines=versions[-1].lines,
    )
    return Order(sale, versions)


def _rank(sale: Sale) -> tuple[bool, datetime, EventKey]:
    return sale.is_correction, sale.occasion.occurred_at, sale.occasion.event_key


def keys_named(record: Record) -> tuple[OrderKey, ...]:
    """Return every order key that a record is known by or undoes."""
    match record:
        case Sale():
            return record.order_keys
        case Return(link=None):
            return ()
        case Return(link=bytes() as link) | Void(link=link):
            return (OrderKey(link),)
        case _:
            return ()


def books_of(
    records: Iterable[Record], root_of: Callable[[UUID], UUID]
) -> dict[UUID, list[Record]]:
    """Return whose facts each record is folded into: every record into one customer's or store's.

    An order belongs to whom it was sold to, whoever else told of it; what undoes it follows it.
    Whatever undoes an order that is not there stays with whoever brought it back.
    """
    records = list(records)
    books: dict[UUID, list[Record]] = {}
    homes: dict[OrderKey, UUID] = {}
    for group in groups_of(record for record in records if isinstance(record, Sale)):
        order = combine(group)
        if order is not None:
            home = root_of(order.sale.occasion.profile_id)
            books.setdefault(home, []).extend(group)
            homes.update(dict.fromkeys(order.sale.order_keys, home))
    for record in records:
        if not isinstance(record, Sale):
            known = (homes[key] for key in keys_named(record) if key in homes)
            home = next(known, None) or root_of(record.occasion.profile_id)
            books.setdefault(home, []).append(record)
    return books
