"""Amounts survive the way out and in again, whatever they are."""

from hypothesis import given
from hypothesis import strategies as st

from shared.money import (
    MAX_MINOR,
    MoneyFault,
    format_milli,
    format_minor,
    parse_milli,
    parse_minor,
)

amounts = st.integers(-MAX_MINOR, MAX_MINOR)
currencies = st.sampled_from(["CNY", "JPY", "KWD", "CLF"])


@given(amounts, currencies)
def test_amounts_round_trip(minor: int, currency: str) -> None:
    assert parse_minor(format_minor(minor, currency), currency, signed=True) == minor


@given(amounts)
def test_quantities_round_trip(milli: int) -> None:
    assert parse_milli(format_milli(milli), signed=True) == milli


@given(st.text(), currencies)
def test_any_text_is_an_amount_or_a_money_fault(text: str, currency: str) -> None:
    try:
        minor = parse_minor(text, currency, signed=True)
    except MoneyFault:
        return
    assert abs(minor) <= MAX_MINOR
