"""Whatever comes back, in whichever order it is told: books, qualification, findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import pytest

from services.ingest.usecases.rebuilds.rebuild import Rebuild
from tests.integration.ingest.conftest import Body, Shop
from tests.tills import back, line, receipt, void

THREE = receipt(1, lines=[line(quantity="3", net="30.00")])
OLD = receipt(
    1, business_date="2025-11-20", occurred_at="2025-11-20T12:00:00Z", lines=[line(net="30.00")]
)
DEAR = receipt(1, lines=[line(quantity="80995", net="168469.60")])


def some(number: int, quantity: str, net: str, sale: Body | None = THREE) -> Body:
    """A return of tea; without a sale, nobody said of which."""
    return back(number, sale, lines=[line(quantity=quantity, net=net)])


@dataclass(frozen=True, slots=True)
class Case:
    """What is told, and what it comes to: net in the books and for qualification, findings."""

    name: str
    told: Sequence[Body]
    booked: int
    qualifying: int
    findings: tuple[str, ...] = ()


CASES = (
    Case("full", [THREE, some(2, "3", "30.00")], 0, 0),
    Case("partial", [THREE, some(2, "1", "10.00")], 2000, 2000),
    Case("fee kept", [THREE, some(2, "3", "25.00")], 500, 0),
    Case("over", [THREE, some(2, "5", "50.00")], 0, 0, ("over_return",)),
    Case("twice", [THREE, some(2, "3", "30.00"), some(3, "3", "30.00")], 0, 0, ("over_return",)),
    Case("without link", [THREE, some(2, "2", "20.00", None)], 1000, 1000),
    Case(
        "without link, too much",
        [THREE, some(2, "4", "40.00", None)],
        -1000,
        0,
        ("unmatched_return",),
    ),
    Case("orphan", [some(2, "3", "30.00")], 0, 0, ("orphan",)),
    Case("last year's", [OLD, some(2, "1", "30.00", OLD)], 0, 0),
    Case(
        "exchange", [THREE, some(2, "3", "30.00"), receipt(3, lines=[line(sku="cup")])], 1000, 1000
    ),
    Case("void", [THREE, void(2, THREE)], 0, 0),
    Case("void and return", [THREE, void(2, THREE), some(3, "1", "10.00")], 0, 0, ("over_return",)),
    Case("same day, 168,000", [DEAR, some(2, "80995", "168469.60", DEAR)], 0, 0),
    Case("same day, no link", [DEAR, some(2, "80995", "168469.60", None)], 0, 0),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_returns_come_to_the_same_in_any_order(shop: Shop, case: Case) -> None:
    for number, arrival in enumerate(permutations(case.told)):
        await shop.accept(*(_of(body, number) for body in arrival[:1]))
        await shop.accept(*(_of(body, number) for body in arrival[1:])) if arrival[1:] else None
        day = await shop.day(f"c-{number}")
        nets = (day.get("net_booked", 0), day.get("net_qualifying", 0))
        assert nets == (case.booked, case.qualifying)
        assert await _findings(shop, f"c-{number}") == case.findings
    work = Rebuild(repairs=False)
    assert [each async for each in work.run(shop.pool, lambda _done, _of: None)] == []


def _of(body: Body, number: int) -> Body:
    """The same as another customer's, at another till."""
    own = {"workstation_id": f"w{number}"}
    link = {"link": body["link"] | own} if body.get("link") else {}
    return body | own | link | {"customer": {"customer_id": f"c-{number}"}}


async def _findings(shop: Shop, customer_id: str) -> tuple[str, ...]:
    rows = await shop.pool.fetch(
        "SELECT finding FROM return_findings JOIN customers USING (profile_id)"
        " WHERE customer_id = $1 ORDER BY finding",
        customer_id,
    )
    return tuple(row[0] for row in rows)


async def test_a_return_counts_against_the_year_of_its_sale(shop: Shop) -> None:
    await shop.accept(OLD, some(2, "1", "30.00", OLD))
    rows = await shop.pool.fetch(
        "SELECT business_date::text, net_booked, net_qualifying FROM customer_day ORDER BY 1"
    )
    assert [tuple(row) for row in rows] == [("2025-11-20", 3000, 0), ("2026-11-20", -3000, 0)]


async def test_an_orphan_is_listed_after_thirty_days_and_no_more_once_its_sale_is_there(
    shop: Shop,
) -> None:
    old = {"occurred_at": "2026-10-01T12:00:00Z", "business_date": "2026-10-01"}
    await shop.accept(some(2, "1", "10.00") | old, back(3, receipt(9)))
    assert [each["order_key"] for each in await listed(shop, finding="orphan")] == [
        (
            await shop.value(
                "SELECT min(encode(link.order_key, 'hex')) FROM reversals link"
                " WHERE occurred_at < '2026-11-01'"
            )
        )
    ]
    assert len(await listed(shop, older_than_days="0")) == 2
    await shop.accept(THREE)
    assert await listed(shop) == []


async def test_findings_come_in_pages_without_naming_nobody(shop: Shop) -> None:
    await shop.accept(THREE, *(some(n, "9", "1.00") for n in (2, 3)))
    await shop.accept(some(4, "1", "1.00", None) | {"customer": None})
    first = await shop.http.get("/v1/return-findings", params={"limit": 2})
    cursor = first.json()["next_cursor"]
    second = await shop.http.get("/v1/return-findings", params={"limit": 2, "cursor": cursor})
    items = first.json()["items"] + second.json()["items"]
    assert second.json()["next_cursor"] is None
    assert sorted((each["finding"], each["customer_id"]) for each in items) == [
        ("over_return", "c-1"),
        ("over_return", "c-1"),
        ("unmatched_return", None),
    ]


@pytest.mark.parametrize("cursor", ["x", "1", "9" * 18 + "." + "0" * 32, "1." + "g" * 32])
async def test_a_cursor_that_never_was_is_refused(shop: Shop, cursor: str) -> None:
    answer = await shop.http.get("/v1/return-findings", params={"cursor": cursor})
    assert answer.status_code == 422


async def listed(shop: Shop, **asked: str) -> list[Body]:
    answer = await shop.http.get("/v1/return-findings", params=asked)
    assert answer.status_code == 200, answer.text
    items: list[Body] = answer.json()["items"]
    return items
