"""An erased person is in no table any more, cannot come back for a time, and no total changes."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from services.ingest.usecases.privacy.erase import erase
from services.ingest.usecases.rebuilds.rebuild import Rebuild
from shared.secrets import Secrets
from tests.erasures import deliver_all, erasing, finish, places_of
from tests.integration.ingest.conftest import Shop, platform_at
from tests.servers import SECRET_KEY
from tests.tills import Body, back, event, line, order, receipt

PHONE, EMAIL, CARD, OWN = "+8613912345678", "ann.lee@example.org", "CARD-77881", "ann-0001"
SECRETS = Secrets.from_hex(SECRET_KEY)
ANN = {"customer_id": OWN, "phone": PHONE, "email": EMAIL, "loyalty_account": CARD}
NAMES = (PHONE, "13912345678", EMAIL, CARD, OWN)
TOTALS = """
SELECT sum(net_booked), sum(net_qualifying), sum(orders), sum(lines), sum(views), sum(gross)
FROM customer_day
"""


async def tell_of_ann(shop: Shop) -> None:
    """Let every route say something of Ann, good and bad."""
    await shop.put_customer(
        OWN,
        attributes={"name": "Ann Lee", "mail": EMAIL},
        identifiers={"phone": PHONE, "email": EMAIL, "loyalty_account": CARD},
        consents={"marketing": True},
    )
    sale = receipt(1, customer=ANN, lines=[line(net="10.00"), line(2, sku="hat", net="5.00")])
    await shop.accept(sale, back(2, sale, customer=ANN, lines=[line()]), receipt(3))
    told = [
        order("o-1", EMAIL) | {"customer": ANN},
        event("e-1", "product_viewed", note=f"called {PHONE}") | {"customer": ANN},
        event("e-2", "consent_changed", purpose="service", granted=True) | {"customer": ANN},
    ]
    assert (await shop.tell(*told))["accepted"] == len(told)
    assert len((await shop.post(receipt(9, customer=ANN, currency="nope")))["rejected"]) == 1
    spelled = {"customer": {"mobile": "139 1234-5678"}, "event_id": "x"}
    assert len((await shop.tell(spelled))["rejected"]) == 1
    await shop.put_customer("bob", identifiers={"phone": PHONE})


async def ask(shop: Shop, customer_id: str = OWN, **headers: str) -> Body:
    answer = await shop.http.post(
        f"/v1/customers/{customer_id}/erase",
        json={"reason": "she asked"},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"/v1/erasures/{answer.json()['erasure_id']}"
    body: Body = answer.json()
    return body


async def erased(shop: Shop, url: str, customer_id: str = OWN) -> Body:
    asked = await ask(shop, customer_id)
    await finish(shop.pool, platform_at(url), asked["erasure_id"])
    answer = await shop.http.get(f"/v1/erasures/{asked['erasure_id']}")
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


async def differences(shop: Shop) -> list[Any]:
    work = Rebuild(repairs=False)
    return [each async for each in work.run(shop.pool, lambda *_: None)]


async def waiting(connection: Any, *, until: int) -> None:
    """Return when so many transactions wait for others."""
    while await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted") < until:
        await asyncio.sleep(0.01)


async def test_no_identifier_stays_with_somebody_erased_while_a_conflict_was_settled(
    shop: Shop, module_database_url: str
) -> None:
    await shop.put_customer("bob", identifiers={"phone": PHONE})
    await shop.put_customer(OWN, identifiers={"phone": PHONE})
    conflict_id = await shop.value("SELECT conflict_id FROM identity_conflicts")
    path = f"/v1/identity-conflicts/{conflict_id}/resolve"
    asked = await ask(shop)
    parts = erasing(shop.app.state.ingest.pool, platform_at(module_database_url))
    async with shop.pool.acquire() as other, other.transaction():
        await other.execute("LOCK TABLE audit_log IN SHARE MODE")  # moves are noted there
        settling = asyncio.create_task(shop.http.post(path, json={"keep": "claimant"}))
        await waiting(other, until=1)
        erasure = asyncio.create_task(erase(parts, UUID(asked["erasure_id"])))
        await waiting(other, until=2)
    await erasure
    assert (await settling).status_code == 200
    left = "SELECT count(*) FROM identifiers JOIN customers USING (profile_id) WHERE erased_at"
    assert await shop.value(f"{left} IS NOT NULL") == 0
    answer = await shop.post(receipt(1, customer={"phone": PHONE}), receipt(2))
    assert (answer["accepted"], answer["rejected"][0]["code"]) == (1, "erased")


async def test_nothing_of_the_person_is_left_in_any_table(
    shop: Shop, module_database_url: str
) -> None:
    await tell_of_ann(shop)
    before = {table for table, _ in await places_of(shop.pool, NAMES, SECRETS)}
    assert {"customers", "identifiers", "events", "quarantine"} <= before
    receipt_of = await erased(shop, module_database_url)
    assert await places_of(shop.pool, NAMES, SECRETS) == []
    assert receipt_of["status"] == "done"
    assert receipt_of["waiting_for"] == []
    removed = receipt_of["removed"]
    assert removed["identifiers"] == 4
    assert removed["quarantine"] == 2
    assert (removed["customers"], removed["consents"]) == (1, 2)


async def test_totals_stay_and_a_rebuild_finds_no_difference(
    shop: Shop, module_database_url: str
) -> None:
    await tell_of_ann(shop)
    before = tuple(await shop.pool.fetchrow(TOTALS))
    await erased(shop, module_database_url)
    assert tuple(await shop.pool.fetchrow(TOTALS)) == before
    assert await differences(shop) == []


async def test_others_are_left_alone(shop: Shop, module_database_url: str) -> None:
    await tell_of_ann(shop)
    await shop.post(receipt(10, customer={"customer_id": "bob"}, currency="nope"))
    await erased(shop, module_database_url)
    assert (await shop.http.get("/v1/customers/bob")).status_code == 200
    assert await shop.value("SELECT count(*) FROM quarantine") == 1
    assert (await shop.day("c-1"))["orders"] == 1


@pytest.mark.parametrize(
    "customer", [{kind: value} for kind, value in ANN.items()], ids=lambda c: next(iter(c))
)
async def test_what_names_the_erased_is_refused_and_its_body_is_not_kept(
    shop: Shop, module_database_url: str, customer: Body
) -> None:
    await tell_of_ann(shop)
    await erased(shop, module_database_url)
    answer = await shop.post(receipt(20, customer=customer), receipt(21))
    assert answer["accepted"] == 1
    assert [(r["index"], r["code"]) for r in answer["rejected"]] == [(0, "erased")]
    malformed = receipt(22, customer=customer, currency="nope")
    assert len((await shop.post(malformed))["rejected"]) == 1
    assert await places_of(shop.pool, NAMES, SECRETS) == []


async def test_a_profile_of_the_erased_cannot_be_written_for_a_time(
    shop: Shop, module_database_url: str
) -> None:
    await tell_of_ann(shop)
    await erased(shop, module_database_url)
    for path, body in ((OWN, {}), ("new", {"identifiers": {"phone": PHONE}})):
        answer = await shop.http.put(f"/v1/customers/{path}", json=body)
        assert (answer.status_code, answer.json()["type"]) == (
            410,
            "tag:tierline,2026:problem/erased",
        )
    assert (await shop.http.get(f"/v1/customers/{OWN}")).status_code == 404


async def test_after_the_time_the_id_comes_back_as_somebody_new(
    shop: Shop, module_database_url: str
) -> None:
    await tell_of_ann(shop)
    await erased(shop, module_database_url)
    await shop.pool.execute("UPDATE tombstones SET refused_until = '2026-11-22T00:59:59Z'")
    await shop.accept(receipt(30, customer={"customer_id": OWN}))
    assert (await shop.day(OWN))["orders"] == 1
    assert await differences(shop) == []


async def test_a_return_of_what_the_erased_bought_still_counts(
    shop: Shop, module_database_url: str
) -> None:
    sale = receipt(1, customer=ANN)
    await shop.accept(sale)
    await erased(shop, module_database_url)
    await shop.accept(back(2, sale, customer=None))
    assert await shop.value("SELECT sum(net_qualifying) FROM customer_day") == 0
    assert await differences(shop) == []


async def test_a_refund_that_names_only_the_order_of_the_erased_keeps_no_words(
    shop: Shop, module_database_url: str
) -> None:
    await shop.tell(order("e-1", EMAIL) | {"customer": ANN})
    await erased(shop, module_database_url)
    refund = event("e-2", "order_refunded", order_id=EMAIL) | {"customer": None}
    assert (await shop.tell(refund))["accepted"] == 1
    assert await shop.value("SELECT sum(net_qualifying) FROM customer_day") == 0
    assert await places_of(shop.pool, NAMES, SECRETS) == []


async def test_all_who_were_merged_are_erased_together(
    shop: Shop, module_database_url: str
) -> None:
    await shop.accept(receipt(1, customer=ANN), receipt(2, customer={"customer_id": "ann-2"}))
    await shop.pool.execute(
        "UPDATE customers SET merged_into = (SELECT profile_id FROM customers"
        " WHERE customer_id = $1) WHERE customer_id = 'ann-2'",
        OWN,
    )
    done = await erased(shop, module_database_url, "ann-2")
    assert done["removed"]["customers"] == 2
    assert await places_of(shop.pool, (*NAMES, "ann-2"), SECRETS) == []


async def test_asking_twice_starts_one_erasure(shop: Shop, module_database_url: str) -> None:
    await shop.put_customer(OWN)
    first = await ask(shop, Idempotency_Key="k-1")
    assert await ask(shop, Idempotency_Key="k-1") == first
    assert await ask(shop) == first
    await finish(shop.pool, platform_at(module_database_url), first["erasure_id"])
    assert await ask(shop, Idempotency_Key="k-1") == first
    assert (await shop.http.post(f"/v1/customers/{OWN}/erase", json={})).status_code == 404
    assert await places_of(shop.pool, (OWN,), SECRETS) == []


async def test_an_erasure_waits_for_every_service(shop: Shop, module_database_url: str) -> None:
    await shop.put_customer(OWN)
    asked = await ask(shop)
    assert asked["status"] == "running"
    from uuid import UUID

    from services.ingest.usecases.privacy.erase import erase

    await erase(erasing(shop.pool, platform_at(module_database_url)), UUID(asked["erasure_id"]))
    show = f"/v1/erasures/{asked['erasure_id']}"
    half = (await shop.http.get(show)).json()
    assert (half["status"], half["waiting_for"]) == ("running", ["ingest", "scoring", "feedback"])
    await deliver_all(shop.pool, platform_at(module_database_url))
    assert (await shop.http.get(show)).json()["status"] == "done"


async def test_senders_who_keep_naming_the_erased_leave_nothing_behind(
    shop: Shop, module_database_url: str
) -> None:
    await tell_of_ann(shop)
    stop = asyncio.Event()

    async def send(start: int) -> list[Body]:
        answers, number = [], start
        while not stop.is_set():
            number += 1
            bad = receipt(number, customer=ANN, currency="nope")
            answers.append(await shop.post(receipt(number + 500, customer=ANN), bad))
        return answers

    senders = [asyncio.create_task(send(start)) for start in (1_000, 2_000, 3_000)]
    await asyncio.sleep(0.2)
    asked = await ask(shop)
    await finish(shop.pool, platform_at(module_database_url), asked["erasure_id"])
    await asyncio.sleep(0.2)
    stop.set()
    answers = [answer for sent in await asyncio.gather(*senders) for answer in sent]
    codes = {r["code"] for answer in answers for r in answer["rejected"]}
    assert "erased" in codes
    accepted = sum(answer["accepted"] for answer in answers)
    assert accepted > 0
    assert await shop.value("SELECT count(*) FROM orders WHERE order_key IS NOT NULL") >= accepted
    await deliver_all(shop.pool, platform_at(module_database_url))
    assert await places_of(shop.pool, NAMES, SECRETS) == []
    assert await differences(shop) == []
