"""Every bad item leaves one row in quarantine and nothing else; its neighbours are accepted.

The corpus is the one whose answers tests/contract checks.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from shared.secrets import Secrets
from tests.contract.hostile import BAD_ITEMS, BadItem
from tests.factories import make_event, make_line, make_receipt
from tests.integration.ingest.conftest import Shop
from tests.servers import SECRET_KEY

Body = dict[str, Any]
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
KEPT_BYTES = 64 * 1024
#: What accepting anything writes to.
FACTS = (
    "customers", "identifiers", "events", "event_keys", "order_keys", "reversals", "orders",
    "order_lines", "entries", "customer_day", "customer_category", "customer_sku",
    "customer_habit", "shop_day", "outbox",
)  # fmt: skip


def good(path: str, number: int) -> Body:
    if path == "/v1/receipts":
        return make_receipt(sequence_number=number)
    return make_event(event_id=f"good-{number}")


def batch(path: str, items: list[Any]) -> Body:
    return {path.removeprefix("/v1/"): items}


async def facts(shop: Shop) -> dict[str, int]:
    return {table: await shop.count(table) for table in FACTS}


def test_the_corpus_is_large_and_repeats_nothing() -> None:
    distinct = {(bad.path, json.dumps(bad.item, sort_keys=True)) for bad in BAD_ITEMS}
    assert len(distinct) == len(BAD_ITEMS) >= 60


@pytest.mark.parametrize("bad", BAD_ITEMS, ids=lambda bad: f"{bad.path}-{bad.name}")
async def test_a_bad_item_is_kept_with_all_that_explains_it(shop: Shop, bad: BadItem) -> None:
    await shop.accept(make_receipt(sequence_number=99))  # the shop counts in CNY from here on
    items = [good(bad.path, 1), bad.item, good(bad.path, 2)]
    answer = await shop.send(bad.path, batch(bad.path, items))
    assert answer["accepted"] == 2
    (rejected,) = answer["rejected"]
    (row,) = await shop.pool.fetch("SELECT * FROM quarantine")
    text = json.dumps(bad.item, ensure_ascii=False).encode()
    kept = Secrets.from_hex(SECRET_KEY).decrypt_identifier("quarantine", row["body_encrypted"])
    assert rejected["index"] == 1
    assert rejected["quarantine_id"] == str(row["quarantine_id"])
    assert row["reason"] == rejected["code"] == bad.code
    assert row["source_id"] == "till"
    assert row["received_at"] == NOW
    assert row["body_sha256"] == sha256(text).digest()
    assert kept.encode() == text[:KEPT_BYTES]
    assert (row["times_seen"], row["replayed_at"]) == (1, None)


@pytest.mark.parametrize("path", ["/v1/receipts", "/v1/events"])
async def test_the_whole_corpus_has_no_effect_beside_its_rows(shop: Shop, path: str) -> None:
    await shop.accept(make_receipt())
    before = await facts(shop)
    items = [bad.item for bad in BAD_ITEMS if bad.path == path]
    for _ in range(2):  # sent again, it is counted, not kept again
        answer = await shop.send(path, batch(path, items))
        assert (answer["accepted"], len(answer["rejected"])) == (0, len(items))
    assert await facts(shop) == before
    assert await shop.count("quarantine") == len(items)
    assert await shop.value("SELECT count(*) FROM quarantine WHERE times_seen <> 2") == 0


async def test_three_poison_items_in_a_thousand_leave_the_others_alone(shop: Shop) -> None:
    items = [make_receipt(sequence_number=n) for n in range(1000)]
    poison: dict[int, Body] = {
        7: {"tier": "gold"},
        500: {"lines": []},
        999: {"occurred_at": "yesterday"},
    }
    for index, changes in poison.items():
        items[index] |= changes
    answer = await shop.post(*items)
    assert (answer["accepted"], answer["duplicates"]) == (997, 0)
    assert [(r["index"], r["code"]) for r in answer["rejected"]] == [
        (7, "unknown_field"),
        (500, "too_few"),
        (999, "bad_instant"),
    ]
    before = await facts(shop)
    again = await shop.post(*items)
    assert (again["accepted"], again["duplicates"], again["conflicts"]) == (0, 997, [])
    assert again["rejected"] == answer["rejected"]
    assert await facts(shop) == before


async def test_only_the_first_64_kib_of_a_bad_item_are_kept(shop: Shop) -> None:
    item = make_receipt(lines=[make_line(line=n, sku="x" * 100) for n in range(501)])
    text = json.dumps(item).encode()
    assert len(text) > KEPT_BYTES
    await shop.post(item)
    (row,) = await shop.pool.fetch("SELECT body_encrypted, body_sha256 FROM quarantine")
    kept = Secrets.from_hex(SECRET_KEY).decrypt_identifier("quarantine", row[0])
    assert kept.encode() == text[:KEPT_BYTES]
    assert row[1] == sha256(text).digest()


@pytest.mark.parametrize("bad", BAD_ITEMS, ids=lambda bad: f"{bad.path}-{bad.name}")
async def test_a_bad_item_that_is_mended_counts_once(shop: Shop, bad: BadItem) -> None:
    await shop.accept(make_receipt(sequence_number=99))
    answer = await shop.send(bad.path, batch(bad.path, [bad.item]))
    before = await shop.count("events")
    address = f"/v1/quarantine/{answer['rejected'][0]['quarantine_id']}/replay"
    first, second = [await shop.send(address, {"body": good(bad.path, 1)}) for _ in range(2)]
    assert first == second
    assert await shop.count("events") == before + 1
    assert await shop.value("SELECT replayed_sequence FROM quarantine") == first["sequence"]


def as_cloud_event(bad: BadItem) -> Body:
    item = bad.item
    return {
        "specversion": "1.0",
        "id": "bad",
        "source": "/shop/1",
        "type": f"tierline.{item['type']}",
        "time": item["occurred_at"],
        "data": {"customer": item["customer"], "properties": item["properties"]},
    }


def as_message(bad: BadItem) -> Body:
    item = bad.item
    return {
        "type": "track",
        "event": "Product Viewed",
        "messageId": "bad",
        "timestamp": item["occurred_at"],
        "userId": item["customer"].get("customer_id"),
        "properties": item["properties"],
    }


#: Faults of time, identity and size that the other forms of an event can have as well.
SHARED_FAULTS = [
    bad
    for bad in BAD_ITEMS
    if bad.path == "/v1/events" and bad.name.startswith(("13-wide", "13-type", "14-", "15-"))
]


@pytest.mark.parametrize("bad", SHARED_FAULTS, ids=lambda bad: bad.name)
async def test_a_bad_cloud_event_is_kept_aside(shop: Shop, bad: BadItem) -> None:
    await shop.accept(make_receipt())
    fine = as_cloud_event(BadItem(bad.path, "", "", make_event()))
    content = json.dumps([fine | {"id": "a"}, as_cloud_event(bad), fine | {"id": "b"}])
    answer = await shop.http.post(
        "/v1/events",
        content=content,
        headers={"Content-Type": "application/cloudevents-batch+json"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted"] == 2
    assert [rejected["index"] for rejected in answer.json()["rejected"]] == [1]
    assert await shop.count("quarantine") == 1


#: A message has another type, an empty user is none, a number is one written as people do.
NO_FAULTS = {"13-type", "15-empty", "15-number", "15-phone", "15-email", "15-external"}
BAD_MESSAGES = [bad for bad in SHARED_FAULTS if bad.name not in NO_FAULTS]


@pytest.mark.parametrize("bad", BAD_MESSAGES, ids=lambda bad: bad.name)
async def test_a_bad_segment_message_is_kept_aside(shop: Shop, bad: BadItem) -> None:
    await shop.accept(make_receipt())
    before = await shop.count("events")
    fine = as_message(BadItem(bad.path, "", "", make_event()))
    messages = [fine | {"messageId": "a"}, as_message(bad), fine | {"messageId": "b"}]
    answer = await shop.http.post("/v1/batch", json={"batch": messages})
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert await shop.count("events") == before + 2
    assert await shop.count("quarantine") == 1
