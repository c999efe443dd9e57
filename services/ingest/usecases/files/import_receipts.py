"""Rows of one receipt to arrivals: a sale, a return without link, or one of each."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import Any

from services.ingest.domain.arrival import NOBODY, Arrival, ItemRefused
from services.ingest.domain.identity import Claim
from services.ingest.domain.records import (
    EventKey,
    Occasion,
    OrderKey,
    Return,
    ReturnLine,
    Sale,
    SaleLine,
)
from services.ingest.usecases.conversion import counted
from services.ingest.usecases.files.import_rows import Row
from services.ingest.usecases.files.import_values import Memo, Moment
from services.ingest.usecases.read_items import Reading
from shared.identifiers import lookup_key
from shared.ids import ShortKeys

#: Goods of a refund that names none.
REFUND = "refund"


@dataclass(slots=True)
class Receipts:
    """Builds the arrivals of receipts from their rows; `seen` tells identical rows apart.

    `identifier`: the kind of identifier that the rows know their customers by.
    """

    reading: Reading
    identifier: str = "customer_id"
    seen: Counter[bytes] = field(default_factory=Counter)
    _indexes: Iterator[int] = field(default_factory=count)
    _keys: Mapping[str, ShortKeys] = field(init=False)
    _claims: Memo[Claim] = field(init=False)

    def __post_init__(self) -> None:
        reading, kind = self.reading, self.identifier
        self._claims = Memo(lambda value: Claim(kind, lookup_key(reading.secrets, kind, value)))
        self._keys = {
            "order": ShortKeys("import-order", reading.source_id),
            "row": ShortKeys("import-row", reading.source_id),
            "sale": ShortKeys("import", "sale"),
            "return": ShortKeys("import", "return"),
            "refund": ShortKeys("import", "refund"),
            "order_key": ShortKeys("order", reading.order_namespace),
        }

    def arrivals_of(self, rows: Sequence[Row], *, may_repeat: bool = True) -> list[Arrival]:
        """Return a receipt's arrivals; raises ItemRefused if any row does not belong there.

        `may_repeat`: other rows of the file may be the same, so this one must be counted.
        """
        customer_id, currency = _one_of(rows)
        key = self._key(rows, may_repeat=may_repeat).hex()
        if rows[0].order_net is not None:
            rows = discounted(rows, rows[0].order_net)
        sold = rows if all(row.net >= 0 for row in rows) else [row for row in rows if row.net >= 0]
        arrivals = []
        if sold:
            event_key = EventKey(self._keys["sale"].of(key))
            order_id = rows[0].order_id
            own = event_key if order_id is None else self._keys["order_key"].of(order_id)
            where, first = _occasion(sold, event_key)
            sale = Sale(where, 0, (OrderKey(own),), _sale_lines(sold), first.slot)
            arrivals.append(self._arrival(sale, sold, customer_id, currency, first))
        if len(sold) < len(rows):
            returned = [row for row in rows if row.net < 0]
            where, first = _occasion(returned, EventKey(self._keys["return"].of(key)))
            back = Return(where, None, _return_lines(returned))
            arrivals.append(self._arrival(back, returned, customer_id, currency, first))
        if rows[0].refund:
            refund = self._refund(sold, key, rows[0].refund)
            arrivals.append(self._arrival(refund, sold, customer_id, currency, sold[0].moment))
        return arrivals

    def _refund(self, sold: Sequence[Row], key: str, refund: int) -> Return:
        """Return what an export says was given back of an order, without saying for which goods.

        All of it or more (shipping) undoes the order; a part is booked, and matches no line.
        """
        order_id = sold[0].order_id if sold else None
        if order_id is None or refund < 0:
            raise ItemRefused("bad_refund", "a refund belongs to an order with goods")
        where, _ = _occasion(sold, EventKey(self._keys["refund"].of(key)))
        if refund >= sum(row.net for row in sold):
            return Return(where, OrderKey(self._keys["order_key"].of(order_id)), None)
        return Return(where, None, (ReturnLine(1, REFUND, None, 1000, refund, 0),))

    def _key(self, rows: Sequence[Row], *, may_repeat: bool) -> bytes:
        """Return a receipt's key: its order's, else its content's and how often that was seen."""
        order_id = rows[0].order_id
        if order_id is not None:
            return self._keys["order"].of(order_id)
        content = self._keys["row"].of(rows[0].content())
        times = 1
        if may_repeat:
            self.seen[content] += 1
            times = self.seen[content]
        return ShortKeys("import-row", content.hex()).of(str(times))

    def _arrival(
        self,
        record: Sale | Return,
        rows: Sequence[Row],
        customer_id: str | None,
        currency: str,
        first: Moment,
    ) -> Arrival:
        reading, order_id = self.reading, rows[0].order_id
        extra: dict[str, Any] = {"order_id": order_id, "currency": currency}
        is_valued = order_id is None or reading.is_authoritative
        if currency != reading.base_currency:
            record, note = _in_base(record, currency, reading)
            extra |= note
        return Arrival(
            index=next(self._indexes),
            event_key=record.occasion.event_key,
            body_hash=sha256("\n".join([row.content() for row in rows]).encode()).digest()[:16],
            kind="import.sale" if isinstance(record, Sale) else "import.return",
            source_id=reading.source_id,
            claims=() if customer_id is None else (self._claims[customer_id],),
            values=() if customer_id is None else (customer_id,),
            record=record,
            received_at=reading.now,
            is_time_suspect=first.is_suspect,
            is_valued=is_valued,
            extra=extra,
        )


def _in_base(
    record: Sale | Return, currency: str, reading: Reading
) -> tuple[Sale | Return, dict[str, Any]]:
    found, note = counted(record, currency, reading)
    assert isinstance(found, Sale | Return)  # noqa: S101 - conversion keeps the kind
    return found, note


def _one_of(rows: Sequence[Row]) -> tuple[str | None, str]:
    """Return the one customer and the one currency of a receipt."""
    first = rows[0]
    customer_id, currency = first.customer_id, first.currency
    for row in rows:
        if row.currency != currency:
            raise ItemRefused("several_currencies", "rows of one order are in different currencies")
        if row.customer_id == customer_id or row.customer_id is None:
            continue
        if customer_id is not None:
            raise ItemRefused("several_customers", "rows of one order name different customers")
        customer_id = row.customer_id
    return customer_id, currency


def discounted(rows: Sequence[Row], total: int) -> list[Row]:
    """Return rows that add up to an order's total: a discount on all is shared out by amount."""
    gross = sum(row.net for row in rows)
    if total > gross or total < 0 or any(row.net < 0 for row in rows):
        raise ItemRefused("total_mismatch", "the total of the order is not that of its rows")
    shared, before = [], 0
    for row in rows:
        until = before + row.net
        less = (gross - total) * until // gross - (gross - total) * before // gross if gross else 0
        shared.append(row._replace(net=row.net - less, discount=row.discount + less))
        before = until
    return shared


def _occurred_at(moment: Moment) -> datetime:
    return moment.occurred_at


def _occasion(rows: Sequence[Row], key: EventKey) -> tuple[Occasion, Moment]:
    first, moment = rows[0], rows[0].moment
    if any(row.moment is not moment for row in rows):
        moment = min((row.moment for row in rows), key=_occurred_at)
    where = Occasion(
        NOBODY,
        key,
        first.store_id,
        first.channel,
        moment.business_date,
        moment.occurred_at,
        moment.effective_at,
    )
    return where, moment


def _sale_lines(rows: Sequence[Row]) -> tuple[SaleLine, ...]:
    return tuple(
        [
            SaleLine(n, row.sku, row.category, row.quantity, row.discount, row.net, row.cost)
            for n, row in enumerate(rows, 1)
        ]
    )


def _return_lines(rows: Sequence[Row]) -> tuple[ReturnLine, ...]:
    return tuple(
        [
            ReturnLine(n, row.sku, row.category, abs(row.quantity), -row.net, abs(row.cost))
            for n, row in enumerate(rows, 1)
        ]
    )
