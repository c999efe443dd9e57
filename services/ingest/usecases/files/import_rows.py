"""Rows of a file as exact values: whole columns at once, one by one only where one is refused."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import repeat
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.files.import_rows import Chunk, is_empty
from services.ingest.domain.files.mapping import NAMES, ColumnMapping
from services.ingest.usecases.files.import_values import (
    Memo,
    Moment,
    channel_of,
    identifier_of,
    instant_of,
    milli_reader,
    minor_reader,
    moment_of,
    text_of,
)
from services.ingest.usecases.read_items import Reading
from shared.money import is_currency

#: Goods of a file that names none.
UNSPECIFIED = "unspecified"
#: Columns that speak of an order as a whole.
OF_ORDER = ("order_net", "refund")


class Row(NamedTuple):
    """One row of a file, exact. Money in minor units, quantity in thousandths, both signed."""

    customer_id: str | None
    order_id: str | None
    store_id: str | None
    channel: str
    at: str
    sku: str
    category: str | None
    quantity: int
    net: int
    discount: int
    cost: int
    moment: Moment
    currency: str
    order_net: int | None = None
    refund: int | None = None

    def content(self) -> str:
        """Return what makes this row the same row in another export of the file."""
        return repr(self[:11])


class RowReader:
    """Reads rows under one mapping."""

    def __init__(self, reading: Reading, mapping: ColumnMapping) -> None:
        """Take what reading depends on, and what the columns mean."""
        currency = mapping.constants.get("currency") or reading.base_currency
        self._constants: Mapping[str, str] = mapping.constants
        self._money = {
            name: Memo(_per_currency(name, default))
            for name, default in (("amount", None), ("discount", 0), ("cost", 0))
        }
        self._totals = {name: Memo(_per_currency(name, None)) for name in OF_ORDER}
        local = ZoneInfo(mapping.time_zone) if mapping.time_zone else reading.shop_zone
        self._readers: dict[str, Memo[Any]] = {
            "customer_id": Memo(lambda cell: identifier_of(cell, mapping.identifier)),
            "order_id": Memo(lambda cell: text_of(cell, "order_id")),
            "store_id": Memo(lambda cell: text_of(cell, "store_id")),
            "channel": Memo(channel_of),
            "sku": Memo(lambda cell: text_of(cell, "sku") or UNSPECIFIED),
            "category": Memo(lambda cell: text_of(cell, "category")),
            "quantity": milli_reader("quantity", default=1000),
            "currency": Memo(lambda cell: _currency(cell, currency)),
        }
        self._moments = Memo(_moment_reader(reading, local))

    def read(self, chunk: Chunk) -> list[Row | ItemRefused]:
        """Return every row of a chunk, or why it cannot be read."""
        columns = self._with_constants(chunk)
        try:
            rows: list[Row | ItemRefused] = list(self._rows(columns))
        except ItemRefused:
            return [self._alone(columns, place, chunk) for place in range(chunk.length)]
        for number, fault in chunk.faults.items():
            rows[number - chunk.first_row] = fault
        return rows

    def _rows(self, columns: Mapping[str, Sequence[Any]]) -> Iterator[Row]:
        """Yield rows of whole columns; raises ItemRefused if any cell is refused."""
        read = {
            name: list(map(memo.__getitem__, columns[name])) for name, memo in self._readers.items()
        }
        currencies = read["currency"]
        money = [
            list(map(memo.__getitem__, zip(columns[name], currencies, strict=True)))
            for name, memo in self._money.items()
        ]
        places = zip(columns["occurred_at"], read["store_id"], strict=True)
        moments = list(map(self._moments.__getitem__, places))
        if not _are_plain(read["quantity"], *money):
            for row in zip(read["quantity"], *money, strict=True):
                _check(*row)
        return map(
            Row,
            read["customer_id"], read["order_id"], read["store_id"], read["channel"],
            [moment.text for moment in moments], read["sku"], read["category"], read["quantity"],
            *money, moments, currencies, *self._of_order(columns, currencies),
        )  # fmt: skip

    def _of_order(
        self, columns: Mapping[str, Sequence[Any]], currencies: Sequence[str]
    ) -> Iterator[Iterable[int | None]]:
        """Yield what a file says of an order as a whole, if it has such columns."""
        for name, memo in self._totals.items():
            cells = columns.get(name)
            if cells is None:
                yield repeat(None)
            else:
                pairs = zip(cells, currencies, strict=True)
                yield [None if is_empty(pair[0]) else memo[pair] for pair in pairs]

    def _alone(
        self, columns: Mapping[str, Sequence[Any]], place: int, chunk: Chunk
    ) -> Row | ItemRefused:
        fault = chunk.faults.get(chunk.first_row + place)
        if fault is not None:
            return fault
        try:
            return next(self._rows({name: (cells[place],) for name, cells in columns.items()}))
        except ItemRefused as error:
            return error

    def _with_constants(self, chunk: Chunk) -> dict[str, Sequence[Any]]:
        """Return all columns; what the mapping fixes stands in every row that says nothing."""
        length, columns = chunk.length, chunk.columns
        fixed = {n: [value] * length for n, value in self._constants.items() if n != "currency"}
        nothing = [None] * length
        found = {n: fixed.get(n) or columns.get(n) or nothing for n in NAMES if n not in OF_ORDER}
        return found | {name: columns[name] for name in OF_ORDER if name in columns}


def _per_currency(name: str, default: int | None) -> Callable[[Any], int]:
    readers: dict[str, Memo[int]] = {}

    def read(cell: tuple[Any, str]) -> int:
        amount, currency = cell
        reader = readers.get(currency)
        if reader is None:
            reader = readers[currency] = minor_reader(name, currency, default=default)
        return reader[amount]

    return read


def _currency(cell: Any, default: str) -> str:
    if is_empty(cell):
        return default
    if not isinstance(cell, str) or not is_currency(cell):
        raise ItemRefused("bad_currency", "currency must be an ISO 4217 code such as CNY")
    return cell


def _moment_reader(reading: Reading, local: tzinfo) -> Callable[[Any], Moment]:
    def read(cell: tuple[Any, str | None]) -> Moment:
        at, store_id = cell
        if is_empty(at):
            raise ItemRefused("missing", "occurred_at is empty")
        zone = reading.zones.get(store_id or "", local)
        return moment_of(instant_of(at, zone), zone, reading.now)

    return read


def _are_plain(
    quantities: Sequence[int], nets: Sequence[int], discounts: Sequence[int], costs: Sequence[int]
) -> bool:
    return min(quantities) > 0 and min(nets) >= 0 and min(discounts) >= 0 and min(costs) >= 0


def _check(quantity: int, net: int, discount: int, cost: int) -> None:
    """Refuse a row that is neither goods sold nor goods that came back."""
    if net < 0:
        if quantity == 0:
            raise ItemRefused("not_positive", "quantity of a return must not be 0")
    elif quantity <= 0 and net == 0:
        raise ItemRefused("no_sale", "neither goods nor money: a stock adjustment is no receipt")
    elif quantity <= 0:
        raise ItemRefused("not_positive", "quantity of a sale must be greater than 0")
    elif discount < 0 or cost < 0:
        raise ItemRefused("negative", "discount and cost of a sale must not be negative")
