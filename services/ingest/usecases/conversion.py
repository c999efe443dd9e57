"""Purchases in other currencies: counted by the rate of their business date, for ever."""

from typing import Any

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.rates import conversion_note, in_base
from services.ingest.domain.records import Record, Return, Sale, SaleLine
from services.ingest.usecases.read_items import Reading
from shared.money import MAX_MINOR


def counted(record: Record, currency: str, reading: Reading) -> tuple[Record, dict[str, Any]]:
    """Return a record in the base currency, and what its event keeps of the conversion.

    The rate used and the amounts as they came stay in the event: a rate that changes later alters
    nothing, and a rebuild reads what was counted. Raises ItemRefused without a rate.
    """
    if currency == reading.base_currency or not isinstance(record, Sale | Return):
        return record, {}
    rate = reading.rates.on(currency, record.occasion.business_date)
    if rate is None:
        raise ItemRefused(
            "unknown_rate", f"there is no exchange rate to {reading.base_currency} on that date"
        )
    purchase = in_base(record, rate)
    _check_sums(purchase)
    return purchase, {"conversion": conversion_note(record, rate)}


def _check_sums(purchase: Sale | Return) -> None:
    lines = purchase.lines or ()
    discount = sum(line.discount for line in lines if isinstance(line, SaleLine))
    sums = (discount, sum(line.net for line in lines), sum(line.cost for line in lines))
    if max(sums) > MAX_MINOR:
        raise ItemRefused("out_of_range", "converted, the lines add up to more than is kept")
