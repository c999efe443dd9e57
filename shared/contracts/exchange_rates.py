"""Dated exchange rates as a shop keeps them (PUT and GET /v1/exchange-rates)."""

from datetime import date
from typing import Annotated, Any, Final

from pydantic import Field

from shared.forms import form
from shared.wire import BusinessDate, CurrencyCode, ReplyModel, WireModel

MAX_RATES: Final = 1000
_RATE: Final = form(
    r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,15})?$", 'must be a plain decimal string such as "7.1"'
)
RateText = Annotated[str, Field(pattern=_RATE, examples=["7.1"])]


class RateUpdate(WireModel):
    """From a day on, one unit of a currency is worth so many units of the base currency."""

    currency: CurrencyCode
    valid_from: BusinessDate
    rate: RateText


class RateUpdates(WireModel):
    """The body of PUT /v1/exchange-rates.

    `base_currency` says what the rates lead to: another one than the shop counts in is refused,
    and in a shop without any it is fixed for ever.
    """

    base_currency: CurrencyCode | None = None
    rates: list[RateUpdate] = Field(min_length=1, max_length=MAX_RATES)


class RatesStored(ReplyModel):
    """How many rates were stored, and the currency they lead to."""

    base_currency: str
    stored: int


class ExchangeRate(ReplyModel):
    """A rate as it is kept and used."""

    currency: str
    valid_from: date
    rate: str


EXAMPLE_RATES: dict[str, Any] = {
    "base_currency": "CNY",
    "rates": [
        {"currency": "USD", "valid_from": "2026-01-01", "rate": "7.1"},
        {"currency": "JPY", "valid_from": "2026-01-01", "rate": "0.0478"},
    ],
}
