"""Decimal strings in, minor units inside: every form that must not pass."""

import pytest

from shared.money import (
    MAX_MINOR,
    AmountOutOfRange,
    MoneyFault,
    NegativeAmount,
    TooManyDecimals,
    exponent_of,
    format_milli,
    format_minor,
    is_currency,
    parse_milli,
    parse_minor,
)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("0", "CNY", 0),
        ("0.00", "CNY", 0),
        ("-0", "CNY", 0),
        ("12.37", "CNY", 1237),
        ("12.3", "CNY", 1230),
        ("12", "CNY", 1200),
        ("0.07", "USD", 7),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12345),
        ("90071992547409.91", "CNY", MAX_MINOR),
    ],
)
def test_reads_amounts_in_minor_units_of_their_currency(
    text: str, currency: str, minor: int
) -> None:
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1 ", " 1", "1\n", "+1", "1e3", "1E3", "1_000", "1,000", "1.", ".5", "01", "00",
        "--1", "-", "0x1", "NaN", "Infinity", "-inf", "1.2.3", "１２", "١٢", "²", "½", "1\u0000",
        "1.٠", "true", "1" * 500,
    ],
)  # fmt: skip
def test_refuses_what_is_no_plain_decimal(text: str) -> None:
    with pytest.raises(MoneyFault) as caught:
        parse_minor(text, "CNY")
    assert type(caught.value) is MoneyFault


@pytest.mark.parametrize(
    ("text", "currency"),
    [("1.001", "CNY"), ("1.000", "USD"), ("1.0", "JPY"), ("1.2345", "KWD"), ("1.23456", "CLF")],
)
def test_refuses_more_decimals_than_the_currency_has(text: str, currency: str) -> None:
    with pytest.raises(TooManyDecimals):
        parse_minor(text, currency)


@pytest.mark.parametrize("text", ["90071992547409.92", "9" * 16, "9" * 17, "9" * 40])
def test_refuses_what_is_not_kept_exactly_everywhere(text: str) -> None:
    with pytest.raises(AmountOutOfRange):
        parse_minor(text, "CNY")


def test_a_sign_is_taken_only_where_it_is_allowed() -> None:
    assert parse_minor("-12.37", "CNY", signed=True) == -1237
    with pytest.raises(NegativeAmount):
        parse_minor("-12.37", "CNY")


@pytest.mark.parametrize(
    ("text", "milli"), [("1", 1000), ("0.5", 500), ("0.001", 1), ("12.345", 12345)]
)
def test_quantities_are_thousandths(text: str, milli: int) -> None:
    assert parse_milli(text) == milli


def test_quantities_finer_than_a_thousandth_are_refused() -> None:
    with pytest.raises(TooManyDecimals):
        parse_milli("0.0001")


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "CNY", "0.00"),
        (7, "CNY", "0.07"),
        (-7, "CNY", "-0.07"),
        (31240, "CNY", "312.40"),
        (500, "JPY", "500"),
        (-1, "KWD", "-0.001"),
        (12345, "CLF", "1.2345"),
    ],
)
def test_writes_amounts_with_the_decimals_of_their_currency(
    minor: int, currency: str, text: str
) -> None:
    assert format_minor(minor, currency) == text


@pytest.mark.parametrize(("milli", "text"), [(1000, "1"), (1500, "1.5"), (-1, "-0.001"), (0, "0")])
def test_writes_quantities_shortest(milli: int, text: str) -> None:
    assert format_milli(milli) == text


@pytest.mark.parametrize("code", ["cny", "CN", "CNYY", "CＮY", "CNY\n", ""])
def test_a_currency_is_three_ascii_capitals(code: str) -> None:
    assert is_currency("CNY")
    assert not is_currency(code)


def test_currencies_the_table_does_not_name_have_two_decimals() -> None:
    assert [exponent_of(code) for code in ("CNY", "JPY", "KWD", "CLF")] == [2, 0, 3, 4]
