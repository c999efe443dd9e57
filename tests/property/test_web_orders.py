"""Whatever numbers a web shop sends, the lines of an order add up to its value."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.senders.web_orders import sold_lines, spread

AMOUNTS = st.decimals(0, 10**9, places=4)
PRODUCTS = st.lists(
    st.fixed_dictionaries(
        {"sku": st.sampled_from("abc"), "quantity": st.integers(0, 1000)},
        optional={"price": AMOUNTS},
    ),
    max_size=20,
)


@given(st.integers(0, 2**53), st.lists(st.integers(0, 2**53), min_size=1, max_size=50))
def test_shares_add_up_and_are_off_by_less_than_a_unit(amount: int, weights: list[int]) -> None:
    parts = spread(amount, weights)
    assert sum(parts) == amount
    if whole := sum(weights):
        assert all(
            abs(part * whole - amount * weight) < whole
            for part, weight in zip(parts, weights, strict=True)
        )


@given(AMOUNTS, PRODUCTS, st.sampled_from([0, 2, 3]))
def test_lines_add_up_to_the_revenue(
    revenue: Decimal, products: list[dict[str, Any]], exponent: int
) -> None:
    lines = sold_lines({"revenue": revenue, "products": products}, exponent)
    value = int((revenue * 10**exponent).to_integral_value(ROUND_HALF_EVEN))
    assert sum(line.net for line in lines) == value
    assert all(line.net >= 0 and line.discount >= 0 for line in lines)
    assert len(lines) == max(1, len(products))


@given(st.lists(AMOUNTS, min_size=1, max_size=10), AMOUNTS)
def test_a_discount_is_shared_out_whole(prices: list[Decimal], revenue: Decimal) -> None:
    products = [{"sku": "a", "price": price, "quantity": 1} for price in prices]
    gross = sum(line.net for line in sold_lines({"products": products}, 2))
    lines = sold_lines({"revenue": revenue, "products": products}, 2)
    value = sum(line.net for line in lines)
    if value <= gross:
        assert sum(line.discount for line in lines) == gross - value
