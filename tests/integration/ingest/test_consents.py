"""Consents by purpose: the latest word counts, in whatever order words arrive."""

from itertools import permutations

import pytest

from tests.integration.ingest.conftest import Shop
from tests.tills import Body, event

PATH = "/v1/customers/c-1/consents"


def told(number: int, minute: int, *, granted: bool, purpose: str = "marketing") -> Body:
    body = event(f"e-{number}", "consent_changed", purpose=purpose, granted=granted)
    return body | {"occurred_at": f"2026-11-20T12:{minute:02}:00Z"}


async def consents(shop: Shop, path: str = PATH) -> Body:
    answer = await shop.http.get(path)
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


async def test_what_is_written_is_read_with_its_history(shop: Shop) -> None:
    await shop.put_customer("c-1")
    bodies: tuple[Body, ...] = ({"marketing": True, "service": True}, {"marketing": False}, {})
    answers = [await shop.http.put(PATH, json=body) for body in bodies]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    read = await consents(shop)
    assert read == answers[-1].json()
    assert read["consents"] == {"marketing": False, "service": True}
    changes = [(c["purpose"], c["granted"], c["customer_version"]) for c in read["history"]]
    assert changes == [("service", True, 2), ("marketing", True, 2), ("marketing", False, 3)]
    assert (await shop.http.get("/v1/customers/c-1")).json()["consents"] == read["consents"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_events_count_by_their_instants_not_by_their_arrival(
    shop: Shop, order: tuple[int, ...]
) -> None:
    events = [
        told(0, 1, granted=True),
        told(1, 30, granted=False),
        told(2, 30, granted=True),  # at the same instant: the key decides
    ]
    for place in order:
        assert (await shop.tell(events[place]))["accepted"] == 1
    tied = await shop.value(
        "SELECT (body -> 'properties' ->> 'granted')::bool FROM events"
        " WHERE occurred_at = '2026-11-20T12:30:00Z' ORDER BY event_key DESC LIMIT 1"
    )
    read = await consents(shop)
    assert len(read["history"]) == 3
    assert read["consents"] == {"marketing": tied}


async def test_a_consent_told_again_counts_once(shop: Shop) -> None:
    for _ in range(2):
        await shop.tell(told(0, 1, granted=True))
    assert len((await consents(shop))["history"]) == 1


async def test_a_change_makes_a_version_and_is_told_to_scoring(shop: Shop) -> None:
    await shop.tell(told(0, 1, granted=True))
    version = await shop.value("SELECT version FROM customers")
    changes = (await consents(shop))["history"]
    assert [change["customer_version"] for change in changes] == [version]
    await shop.http.put(PATH, json={"service": True})
    assert await shop.value("SELECT version FROM customers") == version + 1
    assert await shop.value("SELECT count(*) FROM outbox WHERE topic = 'customers_changed'") == 2


@pytest.mark.parametrize(
    "properties", [{}, {"purpose": "spying", "granted": True}, {"purpose": "service", "granted": 1}]
)
async def test_a_consent_without_a_purpose_or_a_plain_yes_is_refused(
    shop: Shop, properties: Body
) -> None:
    answer = await shop.tell(event("e", "consent_changed", **properties))
    assert len(answer["rejected"]) == 1
    assert await shop.count("consents") == 0


async def test_nobody_in_particular_agrees_to_nothing(shop: Shop) -> None:
    assert (await shop.tell(told(0, 1, granted=True) | {"customer": None}))["accepted"] == 1
    assert await shop.count("consents") == 0


async def test_consents_of_a_merged_customer_count_and_go_with_the_link(shop: Shop) -> None:
    await shop.put_customer("c-1", consents={"service": True})
    await shop.put_customer("c-2", consents={"marketing": True})
    link = (
        "UPDATE customers SET merged_into = (SELECT profile_id FROM customers"
        " WHERE customer_id = 'c-1') WHERE customer_id = 'c-2'"
    )
    await shop.pool.execute(link)
    both = {"service": True, "marketing": True}
    assert (await consents(shop, "/v1/customers/c-2/consents"))["consents"] == both
    await shop.pool.execute("UPDATE customers SET merged_into = NULL")
    assert (await consents(shop))["consents"] == {"service": True}


async def test_an_unknown_customer_has_no_consents(shop: Shop) -> None:
    assert (await shop.http.get(PATH)).status_code == 404
    assert (await shop.http.put(PATH, json={"service": True})).status_code == 404
