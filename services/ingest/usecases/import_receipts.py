"""Rows of one receipt to arrivals: a sale, a return without link, or one of each."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from hashlib import sha256
from itertools import count
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from services.ingest.domain.arrival import NOBODY, Arrival, ItemRefused
from services.ingest.domain.identity import Claim
from services.ingest.domain.import_rows import RawRow, is_empty
from services.ingest.domain.mapping import NAMES, ColumnMapping
from services.ingest.domain.records import (
    EventKey,
    Occasion,
    OrderKey,
    Record,
    Return,
    ReturnLine,
    Sale,
    SaleLine,
)
from services.ingest.usecases.import_values import (
    Memo,
    Moment,
    channel_of,
    instant_of,
    milli_reader,
    minor_reader,
    moment_of,
    text_of,
)
from services.ingest.usecases.read_items import Reading, order_key
from shared.ids import short_key

#: Goods of a file that names none.
UNSPECIFIED: Final = "unspecified"


class Row(NamedTuple):
    """One row of a file, exact. Money in minor units, quantity in thousandths, both signed."""

    customer_id: str | None
    order_id: str | None
    store_id: str | None
    channel: str
    moment: Moment
    sku: str
    category: str | None
    quantity: int
    net: int
    discount: int
    cost: int

    def content(self) -> str:
        """Return what makes this row the same row in another export of the file."""
        return repr((*self[:4], self.moment.text, *self[5:]))


class RowReader:
    """Reads rows under one mapping; raises ItemRefused."""

    def __init__(self, reading: Reading, mapping: ColumnMapping) -> None:
        currency = reading.base_currency
        self._constants: Mapping[str, str] = mapping.constants
        self._currency = currency
        self._customer = Memo(lambda cell: text_of(cell, "customer_id"))
        self._order = Memo(lambda cell: text_of(cell, "order_id"))
        self._store = Memo(lambda cell: text_of(cell, "store_id"))
        self._sku = Memo(lambda cell: text_of(cell, "sku") or UNSPECIFIED)
        self._category = Memo(lambda cell: text_of(cell, "category"))
        self._channel = Memo(channel_of)
        self._amount = minor_reader("amount", currency, default=None)
        self._discount = minor_reader("discount", currency, default=0)
        self._cost = minor_reader("cost", currency, default=0)
        self._quantity = milli_reader("quantity", default=1000)
        local = ZoneInfo(mapping.time_zone) if mapping.time_zone else reading.shop_zone
        self._moment = Memo(_moment_reader(reading, local))

    def read(self, raw: RawRow) -> Row:
        """Return one row; raises ItemRefused with the first thing wrong with it."""
        (_, customer, at, amount, order, sku, category, quantity, discount, cost, *place) = raw
        channel, store, currency = place
        if not is_empty(currency) and currency != self._currency:
            raise ItemRefused("unknown_rate", f"there is no exchange rate to {self._currency}")
        store_id = self._store[store]
        if is_empty(at):
            raise ItemRefused("missing", "occurred_at is empty")
        row = Row(
            self._customer[customer],
            self._order[order],
            store_id,
            self._channel[channel],
            self._moment[at, store_id],
            self._sku[sku],
            self._category[category],
            self._quantity[quantity],
            self._amount[amount],
            self._discount[discount],
            self._cost[cost],
        )
        _check(row)
        return row

    def with_constants(self, columns: Mapping[str, Sequence[Any]], length: int) -> dict[str, Any]:
        """Return columns in which what the mapping fixes stands in every row."""
        fixed = {name: [value] * length for name, value in self._constants.items()}
        fixed.pop("currency", None)  # a row that names another one is refused
        return {name: fixed.get(name) or columns.get(name) or [None] * length for name in NAMES}


def _moment_reader(reading: Reading, local: tzinfo) -> Callable[[Any], Moment]:
    def read(cell: tuple[Any, str | None]) -> Moment:
        at, store_id = cell
        zone = reading.zones.get(store_id or "", local)
        return moment_of(instant_of(at, zone), zone, reading.now)

    return read


@dataclass(frozen=True, slots=True)
class Receipts:
    """Builds the arrivals of receipts from their rows; `seen` tells identical rows apart."""

    reading: Reading
    seen: Counter[bytes] = field(default_factory=Counter)
    indexes: Iterator[int] = field(default_factory=count)

    def arrivals_of(self, rows: Sequence[Row]) -> list[Arrival]:
        """Return a receipt's arrivals; raises ItemRefused if any row does not belong there."""
        sold = [row for row in rows if row.net >= 0]
        returned = [row for row in rows if row.net < 0]
        customer_id = _customer_of(rows)
        key = self._key(rows)
        arrivals = []
        if sold:
            lines = tuple(_sale_line(n, row) for n, row in enumerate(sold, 1))
            where = _occasion(sold, EventKey(short_key("import", "sale", key.hex())))
            keys = (self._order_key(rows, where.event_key),)
            sale = Sale(where, 0, keys, lines, _first(sold).slot)
            arrivals.append(self._arrival(sale, sold, customer_id))
        if returned:
            back = tuple(_return_line(n, row) for n, row in enumerate(returned, 1))
            where = _occasion(returned, EventKey(short_key("import", "return", key.hex())))
            arrivals.append(self._arrival(Return(where, None, back), returned, customer_id))
        return arrivals

    def _key(self, rows: Sequence[Row]) -> bytes:
        """Return a receipt's key: its order's, else its content's and how often that was seen."""
        order_id, source_id = rows[0].order_id, self.reading.source_id
        if order_id is not None:
            return short_key("import-order", source_id, order_id)
        content = short_key("import-row", source_id, rows[0].content())
        self.seen[content] += 1
        return short_key("import-row", content.hex(), str(self.seen[content]))

    def _order_key(self, rows: Sequence[Row], own: EventKey) -> OrderKey:
        order_id = rows[0].order_id
        if order_id is None:
            return OrderKey(bytes(own))
        return order_key(self.reading.order_namespace, order_id)

    def _arrival(self, record: Record, rows: Sequence[Row], customer_id: str | None) -> Arrival:
        claims = () if customer_id is None else (Claim("customer_id", customer_id.encode()),)
        order_id = rows[0].order_id
        return Arrival(
            index=next(self.indexes),
            event_key=record.occasion.event_key,
            body_hash=sha256("\n".join(row.content() for row in rows).encode()).digest()[:16],
            kind=f"import.{type(record).__name__.lower()}",
            source_id=self.reading.source_id,
            claims=claims,
            values=() if customer_id is None else (customer_id,),
            record=record,
            received_at=self.reading.now,
            is_time_suspect=_first(rows).is_suspect,
            is_valued=order_id is None or self.reading.is_authoritative,
            extra={"order_id": order_id, "currency": self.reading.base_currency},
        )


def _customer_of(rows: Sequence[Row]) -> str | None:
    named = {row.customer_id for row in rows if row.customer_id is not None}
    if len(named) > 1:
        raise ItemRefused("several_customers", "rows of one order name different customers")
    return next(iter(named), None)


def _first(rows: Sequence[Row]) -> Moment:
    return min((row.moment for row in rows), key=_occurred_at)


def _occurred_at(moment: Moment) -> datetime:
    return moment.occurred_at


def _occasion(rows: Sequence[Row], key: EventKey) -> Occasion:
    first, moment = rows[0], _first(rows)
    return Occasion(
        NOBODY,
        key,
        first.store_id,
        first.channel,
        moment.business_date,
        moment.occurred_at,
        moment.effective_at,
    )


def _check(row: Row) -> None:
    """Refuse a row that is neither goods sold nor goods that came back."""
    if row.net < 0:
        if row.quantity == 0:
            raise ItemRefused("not_positive", "quantity of a return must not be 0")
    elif row.quantity <= 0 and row.net == 0:
        raise ItemRefused("no_sale", "neither goods nor money: a stock adjustment is no receipt")
    elif row.quantity <= 0:
        raise ItemRefused("not_positive", "quantity of a sale must be greater than 0")
    elif row.discount < 0 or row.cost < 0:
        raise ItemRefused("negative", "discount and cost of a sale must not be negative")


def _sale_line(number: int, row: Row) -> SaleLine:
    return SaleLine(number, row.sku, row.category, row.quantity, row.discount, row.net, row.cost)


def _return_line(number: int, row: Row) -> ReturnLine:
    quantity = abs(row.quantity)
    return ReturnLine(number, row.sku, row.category, quantity, -row.net, abs(row.cost))
