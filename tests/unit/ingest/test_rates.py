from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.rates import RateFault, RateTable, converted, nano_of, rate_text
from services.ingest.domain.records import Return, ReturnLine, Sale, SaleLine, Void
from services.ingest.usecases.read_events import read_event
from services.ingest.usecases.read_receipts import read_receipt
from tests.tills import back, event, line, order, receipt, void
from tests.unit.ingest.readings import make_reading

DAYS = (date(2026, 1, 1), date(2026, 11, 20), date(2026, 11, 21))
RATES = RateTable(
    {"USD": DAYS, "JPY": DAYS[:1], "KWD": DAYS[:1]},
    {
        "USD": (7_000_000_000, 7_100_000_000, 9_000_000_000),
        "JPY": (4_780_000_000,),
        "KWD": (2_320_000_000,),
    },
)


def foreign(currency: str, net: str, **changes: Any) -> dict[str, Any]:
    return receipt(1, currency=currency, lines=[line(net=net)], total={"net": net}) | changes


@pytest.mark.parametrize(
    ("day", "nano"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), 7_000_000_000),
        (date(2026, 11, 19), 7_000_000_000),
        (date(2026, 11, 20), 7_100_000_000),
        (date(2030, 1, 1), 9_000_000_000),
    ],
)
def test_the_rate_in_force_is_the_latest_that_began(day: date, nano: int | None) -> None:
    rate = RATES.on("USD", day)
    assert (None if rate is None else rate.nano) == nano


def test_a_currency_without_rates_has_none() -> None:
    assert RATES.on("CHF", DAYS[0]) is None


@pytest.mark.parametrize(
    ("text", "base", "other", "nano"),
    [
        ("7.1", 2, 2, 7_100_000_000),
        ("0.0478", 2, 0, 4_780_000_000),  # 1 yen is 4.78 fen
        ("23.2", 2, 3, 2_320_000_000),  # 1 fils is 2.32 fen
        ("20.92", 0, 2, 209_200_000),  # base yen: 1 fen is 0.2092 yen
        ("0.0000195", 3, 2, 195_000),
    ],
)
def test_a_rate_is_kept_between_minor_units(text: str, base: int, other: int, nano: int) -> None:
    assert nano_of(text, base_exponent=base, exponent=other) == nano
    assert rate_text(nano, base_exponent=base, exponent=other) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", "not_positive"),
        ("0.000", "not_positive"),
        ("7.0000000001", "wrong_exponent"),
        ("999999999999", "out_of_range"),
        ("seven", "bad_decimal"),
    ],
)
def test_a_rate_that_cannot_be_kept_exactly_is_refused(text: str, code: str) -> None:
    with pytest.raises(RateFault) as fault:
        nano_of(text, base_exponent=2, exponent=2)
    assert fault.value.code == code


@pytest.mark.parametrize(
    ("minor", "nano", "base"),
    [
        (1, 500_000_000, 0),  # 0.5 to the even 0
        (3, 500_000_000, 2),  # 1.5 to the even 2
        (5, 500_000_000, 2),  # 2.5 to the even 2
        (1, 500_000_001, 1),
        (2**53 - 1, 10**9, 2**53 - 1),
    ],
)
def test_half_a_unit_goes_to_the_even_one(minor: int, nano: int, base: int) -> None:
    assert converted(minor, nano) == base


@given(st.integers(0, 2**53 - 1), st.integers(1, 10**18))
def test_a_conversion_is_never_off_by_more_than_half_a_unit(minor: int, nano: int) -> None:
    assert 2 * abs(converted(minor, nano) * 10**9 - minor * nano) <= 10**9


def test_a_sale_is_counted_by_the_rate_of_its_business_date() -> None:
    lines = [line(net="10.00") | {"discount": "0.50", "cost": "4.00"}, line(2, net="0.01")]
    body = receipt(1, currency="USD", lines=lines)
    arrival = read_receipt(0, body, make_reading(rates=RATES))
    assert isinstance(arrival.record, Sale)
    assert arrival.record.lines == (
        SaleLine(1, "tea", None, 1000, 355, 7100, 2840),
        SaleLine(2, "tea", None, 1000, 0, 7, 0),
    )


def test_the_event_keeps_the_rate_and_the_amounts_as_they_came() -> None:
    extra = read_receipt(0, foreign("KWD", "10.005"), make_reading(rates=RATES)).extra
    assert extra["currency"] == "KWD"
    assert extra["conversion"] == {
        "rate_nano": 2_320_000_000,
        "valid_from": "2026-01-01",
        "lines": [[0, 10005, 0]],
    }


def test_a_receipt_in_the_base_currency_keeps_no_conversion() -> None:
    assert "conversion" not in read_receipt(0, receipt(1), make_reading(rates=RATES)).extra


def test_a_return_is_counted_by_the_rate_of_its_own_day() -> None:
    body = back(2, receipt(1), currency="USD", business_date="2026-11-21")
    record = read_receipt(0, body, make_reading(rates=RATES)).record
    assert isinstance(record, Return)
    assert record.lines == (ReturnLine(1, "tea", None, 1000, 9000, 0),)


def test_a_void_needs_no_rate() -> None:
    record = read_receipt(0, void(2, receipt(1), currency="CHF"), make_reading()).record
    assert isinstance(record, Void)


def test_orders_and_refunds_of_the_web_are_counted_too() -> None:
    sold = read_event(0, order("e-1", currency="JPY", lines=[line(net="500")]), read_with_rates())
    refund = event("e-2", "order_refunded", order_id="o-1", currency="JPY", lines=[line(net="50")])
    returned = read_event(0, refund, read_with_rates())
    assert isinstance(sold.record, Sale)
    assert isinstance(returned.record, Return)
    assert sold.record.lines[0].net == 2390
    assert returned.record.lines == (ReturnLine(1, "tea", None, 1000, 239, 0),)
    assert returned.extra["conversion"]["lines"] == [[50, 0]]


def read_with_rates() -> Any:
    return make_reading(rates=RATES)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (foreign("CHF", "10.00"), "unknown_rate"),
        (foreign("USD", "10.00", business_date="2025-12-31"), "unknown_rate"),
        (foreign("USD", "10.00", total={"net": "71.00"}), "total_mismatch"),
        (foreign("JPY", "10.50"), "wrong_exponent"),
        (foreign("USD", "90071992547409.91"), "out_of_range"),
    ],
)
def test_amounts_are_checked_in_the_currency_they_came_in(body: object, code: str) -> None:
    with pytest.raises(ItemRefused) as refused:
        read_receipt(0, body, read_with_rates())
    assert refused.value.code == code
