"""Random histories of a few customers, as tills would post them: hypothesis strategies."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

Body = dict[str, Any]
START = datetime(2026, 11, 1, 9, tzinfo=UTC)
SKUS = ("a", "b", "c")


@dataclass(frozen=True, slots=True)
class History:
    """Receipts in their natural order; `arrival` the order, repeats and batches they come in."""

    receipts: tuple[Body, ...]
    arrival: tuple[tuple[int, ...], ...]


def _money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _receipt(number: int, kind: str, minute: int, customer: int | None, **more: Any) -> Body:
    at = START + timedelta(minutes=minute)
    net = sum(round(float(line["net"]) * 100) for line in more.get("lines", []))
    return {
        "store_id": f"s{number % 2}",
        "workstation_id": "1",
        "business_date": at.date().isoformat(),
        "sequence_number": number,
        "type": kind,
        "occurred_at": at.isoformat(),
        "currency": "CNY",
        "customer": None if customer is None else {"customer_id": f"c{customer}"},
        "total": {"net": _money(net)},
        **more,
    }


@st.composite
def lines_of_goods(draw: st.DrawFn) -> list[Body]:
    """One to three lines of a receipt."""
    count = draw(st.integers(1, 3))
    return [
        {
            "line": number,
            "sku": draw(st.sampled_from(SKUS)),
            "category": draw(st.sampled_from(("x", "y", None))),
            "quantity": str(draw(st.integers(1, 3))),
            "net": _money(draw(st.integers(0, 2000))),
            "cost": _money(draw(st.integers(0, 500))),
        }
        for number in range(1, count + 1)
    ]


# Days apart as well as minutes: two instants may be equal, and a return may come before its sale.
_minutes = st.one_of(st.integers(0, 3), st.integers(0, 20 * 24 * 60))
_customers = st.one_of(st.none(), st.integers(0, 2))


def _link(sales: list[Body], which: int) -> Body:
    """Link to a sale, or to one that never comes."""
    keys = ("store_id", "workstation_id", "business_date", "sequence_number")
    if which < len(sales):
        return {key: sales[which][key] for key in keys}
    return {"store_id": "s9", "workstation_id": "9", "business_date": "2026-11-01"} | {
        "sequence_number": which
    }


@st.composite
def _reversal(draw: st.DrawFn, number: int, sales: list[Body]) -> Body:
    kind = draw(st.sampled_from(("linked", "linked", "unlinked", "void")))
    minute, customer = draw(_minutes), draw(_customers)
    if kind == "unlinked":
        return _receipt(number, "return", minute, customer, lines=draw(lines_of_goods()))
    link = _link(sales, draw(st.integers(0, len(sales))))
    if kind == "void":
        return _receipt(number, "void", minute, customer, link=link)
    return _receipt(number, "return", minute, customer, lines=draw(lines_of_goods()), link=link)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Sales, linked and unlinked returns and voids of three customers and of nobody."""
    sales = [
        _receipt(n, "sale", draw(_minutes), draw(_customers), lines=draw(lines_of_goods()))
        for n in range(draw(st.integers(1, 5)))
    ]
    count = draw(st.integers(0, 5))
    receipts = sales + [draw(_reversal(100 + number, sales)) for number in range(count)]
    return History(tuple(receipts), draw(shuffled(len(receipts))))


@st.composite
def shuffled(draw: st.DrawFn, count: int) -> tuple[tuple[int, ...], ...]:
    """Numbers up to `count`, each once and some again, in any order and any batches."""
    once = list(range(count))
    again = draw(st.lists(st.sampled_from(once), max_size=4))
    order = draw(st.permutations(once + again))
    cuts = sorted(draw(st.lists(st.integers(1, len(order)), max_size=3)))
    edges = [0, *cuts, len(order)]
    return tuple(tuple(order[a:b]) for a, b in pairwise(edges) if order[a:b])


def renamed(receipt: Body, prefix: str) -> Body:
    """Give a receipt stores and customers of its own history."""
    body = dict(receipt)
    if "store_id" in receipt:
        body["store_id"] = prefix + receipt["store_id"]
    if receipt.get("link"):
        link = receipt["link"]
        body["link"] = link | {"store_id": prefix + link["store_id"]}
    if receipt["customer"]:
        body["customer"] = {"customer_id": prefix + receipt["customer"]["customer_id"]}
    return body
