from datetime import date
from typing import Any

import pytest

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.records import Return, ReturnLine, Sale, SaleLine, Void
from services.ingest.usecases.read_receipts import read_receipt
from tests.tills import LINK, Body, back, line, receipt, void
from tests.unit.ingest.readings import make_reading

SALE = receipt(1)


def refusal(body: object, **changes: Any) -> str:
    with pytest.raises(ItemRefused) as refused:
        read_receipt(0, body, make_reading(**changes))
    return refused.value.code


def test_a_sale_is_read_to_exact_integers() -> None:
    body = receipt(
        1,
        lines=[
            line(quantity="1.5", net="10.05") | {"discount": "0.95", "cost": "4", "category": "x"}
        ],
    )
    record = read_receipt(0, body, make_reading()).record
    assert isinstance(record, Sale)
    assert record.lines == (SaleLine(1, "tea", "x", 1500, 95, 1005, 400),)
    assert record.occasion.business_date == date(2026, 11, 20)


@pytest.mark.parametrize("sign", ["", "-"])
def test_either_sign_of_a_return_means_goods_coming_back(sign: str) -> None:
    lines = [line(quantity=f"{sign}2", net=f"{sign}10.00") | {"cost": f"{sign}4.00"}]
    record = read_receipt(0, back(2, SALE, lines=lines), make_reading()).record
    assert isinstance(record, Return)
    assert record.lines == (ReturnLine(1, "tea", None, 2000, 1000, 400),)


def test_a_void_names_the_sale_and_needs_no_lines() -> None:
    undone = read_receipt(0, void(2, SALE), make_reading())
    assert isinstance(undone.record, Void)
    assert undone.named_orders == read_receipt(0, SALE, make_reading()).named_orders


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (receipt(1, total={"net": "9.99"}), "total_mismatch"),
        (receipt(1, total={"net": "-10.00"}), "total_mismatch"),
        (back(2, SALE, total={"net": "9.99"}), "total_mismatch"),
        (receipt(1, lines=[line(), line()]), "duplicate_line"),
        (receipt(1, lines=[line(quantity="0")]), "not_positive"),
        (receipt(1, lines=[line(quantity="-1")]), "not_positive"),
        (back(2, SALE, lines=[line(quantity="0")]), "not_positive"),
        (receipt(1, lines=[line(net="-1.00")]), "negative"),
        (receipt(1, lines=[line(net="1.001")], total={"net": "1"}), "wrong_exponent"),
        (receipt(1, lines=[]), "too_few"),
        (back(2, SALE, lines=[]), "too_few"),
        (receipt(9, link={name: SALE[name] for name in LINK}), "link_not_allowed"),
        (void(2, SALE, link=None), "link_missing"),
        (back(1, SALE), "links_to_itself"),
        (void(1, SALE), "links_to_itself"),
        (receipt(1, business_date="1989-12-31"), "time_out_of_range"),
        (receipt(1, business_date="2026-11-25"), "time_out_of_range"),
        (receipt(1, currency="USD"), "unknown_rate"),
        ([], "wrong_type"),
    ],
)  # fmt: skip
def test_a_receipt_that_breaks_a_rule_is_refused(body: object, code: str) -> None:
    assert refusal(body) == code


@pytest.mark.parametrize(
    ("currency", "net", "minor"),
    [("CNY", "12.3", 1230), ("JPY", "12", 12), ("KWD", "12.345", 12345), ("CLF", "1.2345", 12345)],
)
def test_a_currency_has_its_own_decimals(currency: str, net: str, minor: int) -> None:
    body = receipt(1, currency=currency, lines=[line(net=net)], total={"net": net})
    record = read_receipt(0, body, make_reading(base_currency=currency)).record
    assert isinstance(record, Sale)
    assert record.lines[0].net == minor


@pytest.mark.parametrize(
    ("currency", "net"), [("JPY", "12.5"), ("KWD", "1.2345"), ("CNY", "1.005")]
)
def test_more_decimals_than_the_currency_has_are_refused(currency: str, net: str) -> None:
    body = receipt(1, currency=currency, lines=[line(net=net)], total={"net": net})
    assert refusal(body, base_currency=currency) == "wrong_exponent"


def test_lines_that_add_up_to_more_than_an_amount_may_be_are_refused() -> None:
    lines = [line(n, net="90071992547409.91") for n in range(2)]
    body = receipt(1, lines=lines, total={"net": "90071992547409.91"})
    assert refusal(body) == "out_of_range"


def test_an_order_id_is_a_further_key_of_the_receipt() -> None:
    alone = read_receipt(0, SALE, make_reading()).named_orders
    both = read_receipt(0, SALE | {"order_id": "o-1"}, make_reading()).named_orders
    assert len(both) == 2
    assert both[0] == alone[0]
    other = make_reading(order_namespace="web")
    assert read_receipt(0, SALE | {"order_id": "o-1"}, other).named_orders[1] != both[1]


def test_a_source_without_authority_adds_no_value() -> None:
    other = make_reading(is_authoritative=False)
    assert read_receipt(0, SALE, other).is_valued is True
    assert read_receipt(0, SALE | {"order_id": "o-1"}, other).is_valued is False


def test_the_hour_of_the_store_decides_the_habit() -> None:
    late = {"occurred_at": "2026-11-20T20:00:00Z"}
    slots = [
        record.habit_slot
        for store in ("s-1", "sh")
        if isinstance(
            record := read_receipt(0, receipt(1, store_id=store, **late), make_reading()).record,
            Sale,
        )
    ]
    assert slots == [4 * 24 + 20, 5 * 24 + 4]


def test_the_key_of_a_receipt_never_depends_on_its_content() -> None:
    keys = {
        read_receipt(0, body, make_reading()).event_key
        for body in (SALE, receipt(1, lines=[line(net="5.00")]), receipt(1, channel="web"))
    }
    assert len(keys) == 1


@pytest.mark.parametrize("name", LINK)
def test_each_part_of_the_natural_key_tells_receipts_apart(name: str) -> None:
    other: Body = SALE | {name: 2 if name == "sequence_number" else "2026-11-19"}
    first, second = (read_receipt(0, body, make_reading()) for body in (SALE, other))
    assert first.event_key != second.event_key
