"""Turn what was posted into arrivals: shapes checked by contracts, money and keys made exact."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from hashlib import sha256
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from services.ingest.domain.arrival import (
    NOBODY,
    REFUSED_AFTER,
    Arrival,
    ItemRefused,
    effective_instant,
)
from services.ingest.domain.identity import Claim
from services.ingest.domain.rates import NO_RATES, RateTable
from services.ingest.domain.records import EventKey, Occasion, OrderKey, ReturnLine, SaleLine
from services.ingest.usecases.quick_receipts import QuickReceipt, quick_json
from shared.contracts.common import CustomerReference
from shared.contracts.receipts import ReceiptLine
from shared.identifiers import lookup_key
from shared.ids import short_key
from shared.money import MAX_MINOR, MoneyFault, exponent_of, parse_milli, parse_minor, parse_scaled
from shared.secrets import Secrets
from shared.wire import faults_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading an item depends on besides the item.

    `first_seen_at`: when it reached us, if that was before now: kept aside then, replayed now.
    """

    source_id: str
    order_namespace: str
    is_authoritative: bool
    now: datetime
    base_currency: str
    zones: Mapping[str, tzinfo]
    shop_zone: tzinfo
    secrets: Secrets
    rates: RateTable = NO_RATES
    first_seen_at: datetime | None = None

    @property
    def reached_at(self) -> datetime:
        """Return when the item reached us: what its sender's clock is compared with."""
        return self.first_seen_at or self.now

    def zone_of(self, store_id: str | None) -> tzinfo:
        """Return the zone of a store, else the shop's."""
        return self.zones.get(store_id or "", self.shop_zone)


Model = TypeVar("Model", bound=BaseModel)


def checked(model: type[Model], item: object) -> Model:
    """Validate one item of a batch; raises ItemRefused with its first fault."""
    try:
        return model.model_validate(item)
    except ValidationError as error:
        fault = faults_of(error, model)[0]
        where = fault.pointer or "item"
        raise ItemRefused(fault.code, f"{where} {fault.message}") from None


def body_hash(item: BaseModel | QuickReceipt) -> bytes:
    """Return what tells a repeated body from another one under the same key, 16 bytes."""
    if isinstance(item, QuickReceipt):
        return sha256(quick_json(item)).digest()[:16]
    return sha256(item.model_dump_json().encode()).digest()[:16]


def claims_of(
    customer: CustomerReference | None, secrets: Secrets
) -> tuple[tuple[Claim, ...], tuple[str, ...]]:
    """Return the claims a reference makes, and beside them their values in clear."""
    given = customer.given() if customer else {}
    claims = tuple(Claim(kind, lookup_key(secrets, kind, value)) for kind, value in given.items())
    return claims, tuple(given.values())


def check_business_date(day: date, now: datetime) -> None:
    """Refuse a business date before 1990 or further ahead than any time zone explains."""
    if day.year < 1990 or day > (now + REFUSED_AFTER + timedelta(hours=14)).date():
        raise ItemRefused("time_out_of_range", "business_date is before 1990 or too far ahead")


class exact_amounts:  # noqa: N801 - used like a function; 0.2 us, a generator 0.7
    """Read amounts inside; raises ItemRefused with the fault of the one that does not fit."""

    __slots__ = ()

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Say what does not fit."""
        if isinstance(error, MoneyFault):
            raise ItemRefused(error.code, "an amount does not fit its currency") from None


def sale_lines(lines: Iterable[ReceiptLine], currency: str) -> tuple[SaleLine, ...]:
    """Return exact sale lines; quantities are positive, money is not negative."""
    exponent = exponent_of(currency)
    with exact_amounts():
        exact_lines = tuple([_sale_line(line, exponent) for line in lines])
    _check_sums([(x.quantity_milli, x.discount, x.net, x.cost) for x in exact_lines])
    return exact_lines


def _sale_line(line: ReceiptLine, exponent: int) -> SaleLine:
    quantity = parse_scaled(line.quantity, 3, signed=True)
    if quantity <= 0:
        raise ItemRefused("not_positive", "quantity of a sale must be greater than 0")
    return SaleLine(
        line.line,
        line.sku,
        line.category,
        quantity,
        parse_scaled(line.discount, exponent),
        parse_scaled(line.net, exponent),
        parse_scaled(line.cost, exponent) if line.cost else 0,
    )


def return_lines(lines: Iterable[ReceiptLine], currency: str) -> tuple[ReturnLine, ...]:
    """Return exact return lines as magnitudes: either sign means goods coming back."""
    with exact_amounts():
        exact_lines = tuple([_return_line(line, currency) for line in lines])
    _check_sums([(x.quantity_milli, x.net, x.cost) for x in exact_lines])
    return exact_lines


def _return_line(line: ReceiptLine, currency: str) -> ReturnLine:
    quantity = abs(parse_milli(line.quantity, signed=True))
    if quantity == 0:
        raise ItemRefused("not_positive", "quantity of a return must not be 0")
    return ReturnLine(
        line.line,
        line.sku,
        line.category,
        quantity,
        abs(parse_minor(line.net, currency, signed=True)),
        abs(parse_minor(line.cost, currency, signed=True) if line.cost else 0),
    )


def _check_sums(amounts: Iterable[tuple[int, ...]]) -> None:
    """Refuse lines that add up to more than one amount may be: facts add up many receipts."""
    if max(map(sum, zip(*amounts, strict=True)), default=0) > MAX_MINOR:
        raise ItemRefused("out_of_range", "the lines add up to more than is kept exactly")


def check_lines(lines: Iterable[ReceiptLine]) -> None:
    """Refuse a line number that stands twice."""
    numbers = [line.line for line in lines]
    if len(set(numbers)) != len(numbers):
        raise ItemRefused("duplicate_line", "a line number stands twice")


def unit_prices(lines: Iterable[ReceiptLine]) -> list[str | None]:
    """Return the unit prices as posted; facts do not need them, the event keeps them."""
    return [line.unit_price for line in lines]


def order_key(namespace: str, order_id: str) -> OrderKey:
    """Return the key of an order known by its id in a namespace."""
    return OrderKey(short_key("order", namespace, order_id))


def occasion(  # noqa: PLR0913 - the parts of an occasion, each by its name
    reading: Reading,
    event_key: EventKey,
    *,
    store_id: str | None,
    channel: str,
    occurred_at: datetime,
    business_date: date | None,
) -> tuple[Occasion, bool]:
    """Return when and where an item happened, and whether its clock is suspect."""
    effective_at, is_suspect = effective_instant(occurred_at, reading.now)
    day = business_date or effective_at.astimezone(reading.zone_of(store_id)).date()
    check_business_date(day, reading.now)
    return (
        Occasion(NOBODY, event_key, store_id, channel, day, occurred_at, effective_at),
        is_suspect,
    )


def habit_slot(instant: datetime, zone: tzinfo) -> int:
    """Return weekday (Monday 0) x 24 + hour in local time."""
    local = instant.astimezone(zone)
    return local.weekday() * 24 + local.hour


def read_each(
    items: Iterable[object], read: Callable[[int, object], Arrival]
) -> tuple[list[Arrival], list[tuple[int, ItemRefused]]]:
    """Read items one by one; one bad item never blocks the others."""
    arrivals: list[Arrival] = []
    refused: list[tuple[int, ItemRefused]] = []
    for index, item in enumerate(items):
        try:
            arrivals.append(read(index, item))
        except ItemRefused as error:
            refused.append((index, error))
    return arrivals, refused


JsonObject = dict[str, Any]
