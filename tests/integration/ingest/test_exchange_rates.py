"""Purchases in other currencies count by the rate of their day, whatever the rates become."""

from typing import Any

import pytest

from tests.integration.ingest.conftest import Body, Shop
from tests.tills import back, line, order, receipt


def dollars(number: int, net: str = "10.00", **changes: Any) -> Body:
    lines = [line(net=net)]
    return receipt(number, currency="USD", lines=lines, total={"net": net}) | changes


async def put(shop: Shop, *rates: tuple[str, str, str]) -> Body:
    names = ("currency", "valid_from", "rate")
    rows = [dict(zip(names, rate, strict=True)) for rate in rates]
    answer = await shop.http.put("/v1/exchange-rates", json={"base_currency": "CNY", "rates": rows})
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


async def test_a_purchase_counts_by_the_rate_of_its_business_date(shop: Shop) -> None:
    await put(shop, ("USD", "2026-01-01", "7"), ("USD", "2026-11-20", "7.1"))
    await shop.accept(dollars(1), dollars(2, business_date="2026-11-19"), receipt(3))
    assert (await shop.day())["net_booked"] == 7100 + 7000 + 1000


async def test_a_rate_that_changes_later_alters_nothing_counted(shop: Shop) -> None:
    await put(shop, ("USD", "2026-01-01", "7"))
    await shop.accept(dollars(1))
    await put(shop, ("USD", "2026-01-01", "8"))
    await shop.accept(dollars(2))
    assert (await shop.day())["net_booked"] == 7000 + 8000
    assert (await shop.post(dollars(1)))["duplicates"] == 1
    kept = await shop.pool.fetch("SELECT body -> 'conversion' FROM events ORDER BY sequence")
    assert [row[0]["rate_nano"] for row in kept] == [7 * 10**9, 8 * 10**9]


async def test_without_a_rate_it_is_kept_aside_until_there_is_one(shop: Shop) -> None:
    (rejected,) = (await shop.post(dollars(1)))["rejected"]
    assert rejected["code"] == "unknown_rate"
    await put(shop, ("USD", "2026-11-20", "7.1"))
    await shop.accept(dollars(1))


async def test_a_full_return_at_another_rate_leaves_nothing_to_qualify(shop: Shop) -> None:
    await put(shop, ("USD", "2026-11-20", "7"), ("USD", "2026-11-21", "9"))
    sale = dollars(1)
    later = {"business_date": "2026-11-21", "occurred_at": "2026-11-21T12:00:00Z"}
    goods = {"currency": "USD", "lines": [line()], "total": {"net": "10.00"}}
    await shop.accept(sale, back(2, sale, **later, **goods))
    day = await shop.day()
    assert (day.get("net_qualifying", 0), day.get("net_booked", 0)) == (0, 0)


async def test_an_order_of_the_web_is_counted_in_yen(shop: Shop) -> None:
    await put(shop, ("JPY", "2026-01-01", "0.0478"))
    await shop.tell(order("e-1", currency="JPY", lines=[line(net="500")]))
    assert (await shop.day())["net_booked"] == 2390


async def test_rates_are_listed_page_by_page(shop: Shop) -> None:
    rates = [
        ("JPY", "2026-01-01", "0.0478"),
        ("USD", "2026-01-01", "7"),
        ("USD", "2026-02-01", "8"),
    ]
    stored = await put(shop, *reversed(rates))
    assert stored == {"base_currency": "CNY", "stored": 3}
    first = (await shop.http.get("/v1/exchange-rates?limit=2")).json()
    assert first["next_cursor"] == "USD.2026-01-01"
    rest = (await shop.http.get(f"/v1/exchange-rates?cursor={first['next_cursor']}")).json()
    listed = first["items"] + rest["items"]
    assert [tuple(each.values()) for each in listed] == rates
    assert rest["next_cursor"] is None
    dollar = (await shop.http.get("/v1/exchange-rates?currency=USD")).json()
    assert [each["rate"] for each in dollar["items"]] == ["7", "8"]


@pytest.mark.parametrize(
    ("rate", "pointer", "code"),
    [
        (("CNY", "2026-01-01", "1"), "/rates/0/currency", "same_currency"),
        (("USD", "2026-01-01", "0"), "/rates/0/rate", "not_positive"),
        (("USD", "2026-01-01", "7.00000000001"), "/rates/0/rate", "wrong_exponent"),
        (("USD", "2026-13-01", "7"), "/rates/0/valid_from", "bad_date"),
        (("usd", "2026-01-01", "7"), "/rates/0/currency", "bad_currency"),
        (("USD", "2026-01-01", "-7"), "/rates/0/rate", "wrong_form"),
    ],
)
async def test_a_bad_rate_is_refused_with_its_place(
    shop: Shop, rate: tuple[str, str, str], pointer: str, code: str
) -> None:
    names = ("currency", "valid_from", "rate")
    row = dict(zip(names, rate, strict=True))
    good = {"currency": "EUR", "valid_from": "2026-01-01", "rate": "7.8"}
    body = {"base_currency": "CNY", "rates": [row, good]}
    answer = await shop.http.put("/v1/exchange-rates", json=body)
    assert answer.status_code == 422, answer.text
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        (pointer, code)
    ]
    assert await shop.count("exchange_rates") == 0


async def test_rates_to_another_base_currency_are_refused(shop: Shop) -> None:
    await put(shop, ("USD", "2026-01-01", "7"))
    body = {
        "base_currency": "EUR",
        "rates": [{"currency": "USD", "valid_from": "2026-01-01", "rate": "0.9"}],
    }
    answer = await shop.http.put("/v1/exchange-rates", json=body)
    assert answer.status_code == 409, answer.text


@pytest.mark.parametrize("cursor", ["x", "USD.2026-02-30", "usd.2026-01-01"])
async def test_a_cursor_that_was_never_given_is_refused(shop: Shop, cursor: str) -> None:
    assert (await shop.http.get(f"/v1/exchange-rates?cursor={cursor}")).status_code == 422
