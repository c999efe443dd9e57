"""One order by many routes counts once; corrections replace and are explained."""

import asyncio
from itertools import permutations
from pathlib import Path

import pytest

from services.ingest.usecases.orders import MAX_TOLD
from services.ingest.usecases.read_receipts import read_receipt
from services.ingest.usecases.rebuilds.rebuild import Rebuild
from tests.import_runs import SHOP, Run
from tests.integration.ingest.conftest import Body, Shop
from tests.tills import back, event, line, order, receipt, void

ROUTES = ("till", "shopify", "sdk", "csv")
CSV = "customer_id,occurred_at,amount,quantity,order_id,sku\nc-1,2026-11-20,7.00,1,o-1,tea\n"
MAPPING = '{"constants": {"currency": "CNY", "store_id": "online"}}'


async def one_namespace(shop: Shop) -> None:
    """Four sources that tell of the same orders; the till is the authority."""
    for source in ROUTES:
        await shop.pool.execute(
            """
            INSERT INTO sources (source_id, kind, order_namespace, is_authoritative, created_at)
            VALUES ($1, 'api', 'shop', $2, now()) ON CONFLICT (source_id) DO UPDATE SET
            order_namespace = 'shop', is_authoritative = $2
            """,
            source,
            source == "till",
        )
    shop.app.state.ingest.registry.forget()


async def send(shop: Shop, source: str, path: str, body: Body) -> None:
    key = await shop.key("events:write", source=source)
    answer = await shop.http.post(path, json=body, headers={"Authorization": f"Bearer {key}"})
    assert answer.json()["accepted"] == 1, answer.text


async def tell(shop: Shop, source: str, *told: Body) -> None:
    for body in told:
        await send(shop, source, "/v1/events", {"events": [body]})


async def differences(shop: Shop) -> list[object]:
    work = Rebuild(repairs=False)
    return [each async for each in work.run(shop.pool, lambda _done, _of: None)]


@pytest.mark.parametrize("arrival", list(permutations(ROUTES)), ids="-".join)
async def test_one_order_by_four_routes_counts_once_as_the_till_said(
    shop: Shop, tmp_path: Path, arrival: tuple[str, ...]
) -> None:
    await one_namespace(shop)
    file, mapping = tmp_path / "orders.csv", tmp_path / "mapping.json"
    file.write_text(CSV)
    mapping.write_text(MAPPING)
    for source in arrival:
        if source == "till":
            sale = receipt(1, order_id="o-1", lines=[line(net="10.00")])
            await send(shop, "till", "/v1/receipts", {"receipts": [sale]})
        elif source == "csv":
            await Run(file, str(mapping)).job("csv").run(shop.pool, SHOP)
        else:
            early = {"occurred_at": "2026-11-20T11:00:00Z"}
            await tell(shop, source, order(f"{source}-1", lines=[line(net="9.00")]) | early)
    day = await shop.day()
    assert (day["net_booked"], day["net_qualifying"], day["orders"]) == (1000, 1000, 1)
    assert await shop.count("events") == 4
    assert await differences(shop) == []


async def test_a_return_may_name_an_order_by_any_of_its_keys(shop: Shop) -> None:
    """The web shop's return names the order id, the till's names another till's receipt."""
    first, second = receipt(1, order_id="o-1"), receipt(2, order_id="o-1")
    later = {"occurred_at": "2026-11-20T12:30:00Z"}
    await shop.accept(back(9, second))
    await shop.accept(first, second | later)
    day = await shop.day()
    assert (day.get("net_booked", 0), day.get("net_qualifying", 0), day["orders"]) == (0, 0, 1)
    assert await shop.value("SELECT applied_version FROM reversals") == 3
    assert await differences(shop) == []


async def test_an_orphan_waits_until_another_route_names_its_sale(shop: Shop) -> None:
    sale = receipt(1, order_id="o-1")
    await shop.tell(order("e-1"))
    await shop.accept(back(9, sale, customer={"customer_id": "c-2"}))
    assert await shop.value("SELECT finding FROM return_findings") == "orphan"
    assert (await shop.day())["net_qualifying"] == 1000
    await shop.accept(sale | {"occurred_at": "2026-11-21T12:00:00Z"})
    assert await shop.count("return_findings") == 0
    assert (await shop.day()).get("net_qualifying", 0) == 0
    assert await differences(shop) == []


async def test_a_return_by_a_route_without_authority_has_no_effect(shop: Shop) -> None:
    await one_namespace(shop)
    await tell(shop, "till", order("e-1"))
    await tell(shop, "sdk", event("e-2", "order_refunded", order_id="o-1"))
    assert (await shop.day())["net_qualifying"] == 1000
    assert await shop.count("return_findings") == 0
    assert await differences(shop) == []


async def test_an_order_moves_to_whom_its_first_sale_names(shop: Shop) -> None:
    """Two tills, two customers: whoever was served first has the order, whoever told first."""
    late = receipt(2, order_id="o-1", occurred_at="2026-11-20T15:00:00Z")
    await shop.accept(late | {"customer": {"customer_id": "c-2"}})
    assert (await shop.day("c-2"))["orders"] == 1
    await shop.accept(receipt(1, order_id="o-1"))
    assert (await shop.day("c-1"))["orders"] == 1
    assert await shop.day("c-2") == {}
    versions = await shop.pool.fetch("SELECT version FROM customers ORDER BY customer_id")
    assert [row[0] for row in versions] == [1, 2]
    assert await differences(shop) == []


@pytest.mark.parametrize("is_nobody_first", [True, False])
async def test_an_order_belongs_to_the_customer_that_one_of_its_routes_names(
    shop: Shop, is_nobody_first: bool
) -> None:
    steps = [
        shop.post(receipt(1, order_id="o-1", customer=None)),
        shop.tell(order("e-1") | {"occurred_at": "2026-11-20T15:00:00Z"}),
    ]
    for step in steps if is_nobody_first else reversed(steps):
        await step
    assert (await shop.day())["orders"] == 1
    assert await shop.value("SELECT sum(receipts) FROM shop_day") in (None, 0)
    assert await differences(shop) == []


def update(event_id: str, net: str, at: str = "2026-11-21T12:00:00Z") -> Body:
    properties = {"order_id": "o-1", "currency": "CNY", "lines": [line(net=net)]}
    return event(event_id, "order_updated", **properties) | {"occurred_at": at}


async def test_a_correction_replaces_the_lines_on_the_day_of_the_sale(shop: Shop) -> None:
    await shop.tell(order("e-1"))
    await shop.tell(update("u-2", "6.00", "2026-11-21T13:00:00Z"), update("u-1", "8.00"))
    rows = await shop.pool.fetch("SELECT business_date::text, net_booked FROM customer_day")
    assert [tuple(row) for row in rows] == [("2026-11-20", 600)]
    entries = await shop.pool.fetch("SELECT spend, orders FROM entries ORDER BY known_at")
    assert [tuple(row) for row in entries] == [(1000, 1), (-200, 0), (-200, 0)]
    assert await differences(shop) == []


async def test_a_correction_that_comes_first_is_the_order_until_its_sale_arrives(
    shop: Shop,
) -> None:
    await shop.tell(update("u-1", "8.00"))
    await shop.tell(order("e-1"))
    day = await shop.day()
    assert (day["net_booked"], day["orders"]) == (800, 1)
    assert await shop.value("SELECT business_date::text FROM customer_day") == "2026-11-20"


async def test_a_return_takes_off_what_was_corrected(shop: Shop) -> None:
    await shop.tell(order("e-1"), event("e-2", "order_refunded", order_id="o-1"))
    await shop.tell(update("u-1", "8.00"))
    day = await shop.day()
    assert (day.get("net_booked", 0), day.get("net_qualifying", 0)) == (0, 0)
    assert await shop.value("SELECT sum(spend) FROM entries") == 0


async def test_corrections_are_listed_with_what_was_known_before(shop: Shop) -> None:
    await shop.tell(order("e-1"))
    for number, net in enumerate(("8.00", "6.00"), 12):
        await shop.tell(update(f"u-{number}", net, f"2026-11-21T{number}:00:00Z"))
    await shop.tell(update("u-14", "6.00", "2026-11-21T14:00:00Z"))  # changes nothing
    page = (await shop.http.get("/v1/corrections", params={"limit": 1})).json()
    (newest,) = page["items"]
    assert (newest["old_net"], newest["new_net"], newest["currency"]) == ("8.00", "6.00", "CNY")
    assert (newest["customer_id"], newest["customer_version"]) == ("c-1", 3)
    rest = await shop.http.get("/v1/corrections", params={"cursor": page["next_cursor"]})
    assert [each["old_net"] for each in rest.json()["items"]] == ["10.00"]
    assert rest.json()["next_cursor"] is None


async def test_a_void_undoes_an_order_told_by_several(shop: Shop) -> None:
    sale = receipt(1, order_id="o-1")
    await shop.tell(order("e-1"))
    await shop.accept(sale, void(9, sale))
    assert await shop.day() == {}
    assert await differences(shop) == []


async def test_an_order_id_that_is_used_again_and_again_is_refused_at_last(shop: Shop) -> None:
    """Tills that count their orders from 1 every day: each receipt would be folded with all."""
    times = [f"2026-11-20T12:{n // 60:02d}:{n % 60:02d}Z" for n in range(MAX_TOLD + 1)]
    same = [receipt(n, order_id="1", occurred_at=at) for n, at in enumerate(times, 1)]
    await shop.accept(*same[:MAX_TOLD])
    answer = await shop.post(same[-1], receipt(9999))
    assert (answer["accepted"], answer["rejected"][0]["code"]) == (1, "order_crowded")
    assert (await shop.day())["orders"] == 2
    assert await shop.value("SELECT reason FROM quarantine") == "order_crowded"


async def test_an_order_taken_back_too_often_at_once_stops_nobody_who_names_it_later(
    shop: Shop,
) -> None:
    sale = receipt(1, order_id="o-1")
    times = [f"2026-11-20T13:{n // 60:02d}:{n % 60:02d}Z" for n in range(MAX_TOLD + 1)]
    backs = [back(n, sale, occurred_at=at) for n, at in enumerate(times, 2)]
    answer = await shop.post(sale, *backs, receipt(9000))
    assert (answer["accepted"], answer["rejected"][0]["code"]) == (1, "order_crowded")
    await shop.accept(sale, *backs[:MAX_TOLD])
    answer = await shop.post(backs[-1], receipt(9001, order_id="o-1"))
    assert (answer["accepted"], answer["rejected"][0]["index"]) == (1, 0)


async def test_a_neighbour_who_crowds_an_order_has_nobody_else_refused(shop: Shop) -> None:
    sale = receipt(1, order_id="o-1")
    times = [f"2026-11-20T13:{n // 60:02d}:{n % 60:02d}Z" for n in range(MAX_TOLD + 1)]
    backs = [back(n, sale, occurred_at=at) for n, at in enumerate(times, 2)]
    ingest = shop.app.state.ingest
    reading = await ingest.registry.reading(
        "till",
        now=ingest.clock.now(),
        currency="CNY",
        shop_zone=ingest.zone,
        secrets=ingest.secrets,
    )
    arrivals = [read_receipt(n, each, reading) for n, each in enumerate([*backs, sale])]
    take, few = ingest.committing.take, MAX_TOLD - 100  # what shares a commit is not more
    await take(arrivals[:few])
    hers, ours = await asyncio.gather(take(arrivals[few:-1]), take(arrivals[-1:]))
    assert (len(hers.crowded), len(ours.accepted), ours.crowded) == (101, 1, [])


async def test_an_order_of_a_merged_customer_moves_and_comes_back(shop: Shop) -> None:
    """The order is c-2's until the till says who was first; c-2 is merged into c-3 meanwhile."""
    second = {"customer": {"customer_id": "c-2"}, "occurred_at": "2026-11-20T15:00:00Z"}
    await shop.accept(receipt(2, order_id="o-1") | second)
    await shop.accept(receipt(3, customer={"customer_id": "c-3"}))
    merge = {
        "winner": {"customer_id": "c-3"},
        "loser": {"customer_id": "c-2"},
        "reason": "one person",
    }
    merge_id = (await shop.http.post("/v1/merges", json=merge)).json()["merge_id"]
    assert (await shop.day("c-3"))["orders"] == 2
    await shop.accept(receipt(1, order_id="o-1"))
    assert [(await shop.day(f"c-{n}")).get("orders", 0) for n in (1, 2, 3)] == [1, 0, 1]
    assert await differences(shop) == []
    await shop.http.delete(f"/v1/merges/{merge_id}")
    assert [(await shop.day(f"c-{n}")).get("orders", 0) for n in (1, 2, 3)] == [1, 0, 1]
    assert await differences(shop) == []
