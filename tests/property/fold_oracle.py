"""A naive second opinion on net sums: goods handed back one by one, no shares, no ledger."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.ingest.domain.records import Record, Return, ReturnLine, Sale, SaleLine, Void


@dataclass(slots=True)
class Shelf:
    """One sale line; `back` thousandths of it were handed back, `refunded` money given."""

    sale: Sale
    line: SaleLine
    back: int = 0
    refunded: int = 0

    def qualifying(self) -> int:
        return self.line.net - self.line.net * self.back // self.line.quantity_milli


@dataclass(slots=True)
class Nets:
    """Net by day, in the books and for qualification."""

    booked: Counter[date]
    qualifying: Counter[date]


def nets_of(records: Iterable[Record]) -> Nets:
    records = list(records)
    gone = {record.link for record in records if isinstance(record, Void)}
    told = [record for record in records if isinstance(record, Sale)]
    sales = [sale for sale in _in_force(told) if gone.isdisjoint(sale.order_keys)]
    shelves = [Shelf(sale, line) for sale in sales for line in sale.lines]
    booked = Counter[date]()
    for sale in sales:
        booked[sale.occasion.business_date] += sum(line.net for line in sale.lines)
    returns = sorted(
        (r for r in records if isinstance(r, Return)),
        key=lambda r: (r.occasion.occurred_at, r.occasion.event_key),
    )
    for returned in (r for r in returns if r.link is not None):
        booked[returned.occasion.business_date] -= _refund_linked(returned, shelves)
    for returned in (r for r in returns if r.link is None):
        for line in returned.lines or ():
            booked[returned.occasion.business_date] -= line.net
            for shelf in _goods(line, _latest_first(returned, line, shelves)):
                shelf.back += 1
    qualifying = Counter[date]()
    for shelf in shelves:
        qualifying[shelf.sale.occasion.business_date] += shelf.qualifying()
    return Nets(booked, qualifying)


def _in_force(told: Sequence[Sale]) -> Iterator[Sale]:
    """Yield one sale for all that share a key, found by looking until nothing more is found."""
    left = list(told)
    while left:
        keys, size = set(left[0].order_keys), 0
        while len(keys) > size:
            size = len(keys)
            keys.update(*(sale.order_keys for sale in left if not keys.isdisjoint(sale.order_keys)))
        group = [sale for sale in left if not keys.isdisjoint(sale.order_keys)]
        left = [sale for sale in left if keys.isdisjoint(sale.order_keys)]
        theirs = sorted((s for s in group if s.is_valued), key=_told_at)
        originals = [sale for sale in theirs if not sale.is_correction]
        corrections = [sale for sale in theirs if sale.is_correction]
        if theirs:
            first = (originals or corrections)[0]
            lines = (corrections or originals[:1])[-1].lines
            names = (first.order_keys[0], *(keys - {first.order_keys[0]}))
            yield replace(first, lines=lines, order_keys=names)


def _told_at(sale: Sale) -> tuple[datetime, bytes]:
    return sale.occasion.occurred_at, sale.occasion.event_key


def _refund_linked(returned: Return, shelves: Sequence[Shelf]) -> int:
    own = [shelf for shelf in shelves if returned.link in shelf.sale.order_keys]
    if returned.lines is None:
        return sum(_hand_back_all(shelf) for shelf in own)
    refund = 0
    for line in returned.lines:
        for n, shelf in enumerate(_goods(line, _named(line, own))):
            part = line.net * (n + 1) // line.quantity_milli - line.net * n // line.quantity_milli
            given = min(part, shelf.line.net - shelf.refunded)
            shelf.back += 1
            shelf.refunded += given
            refund += given
    return refund


def _hand_back_all(shelf: Shelf) -> int:
    if shelf.back == shelf.line.quantity_milli:
        return 0
    rest = shelf.line.net - shelf.refunded
    shelf.back, shelf.refunded = shelf.line.quantity_milli, shelf.line.net
    return rest


def _named(line: ReturnLine, own: Sequence[Shelf]) -> list[Shelf]:
    same = [shelf for shelf in own if shelf.line.sku == line.sku]
    return sorted(same, key=lambda shelf: (shelf.line.line != line.line, shelf.line.line))


def _latest_first(returned: Return, line: ReturnLine, shelves: Sequence[Shelf]) -> list[Shelf]:
    earlier = [
        shelf
        for shelf in shelves
        if shelf.line.sku == line.sku
        and shelf.sale.occasion.effective_at <= returned.occasion.effective_at
    ]
    return sorted(
        earlier,
        key=lambda s: (s.sale.occasion.effective_at, s.sale.order_key, s.line.line),
        reverse=True,
    )


def _goods(line: ReturnLine, shelves: Sequence[Shelf]) -> Iterator[Shelf]:
    """Yield the shelf that each thousandth of a return line goes back to."""
    for _ in range(line.quantity_milli):
        open_shelf = next((s for s in shelves if s.back < s.line.quantity_milli), None)
        if open_shelf is None:
            return
        yield open_shelf
