"""Paid memberships through the real API: kept, ended, united by merges, rebuilt from the log."""

from typing import Any

import pytest

from services.ingest.usecases.rebuilds.rebuild import Rebuild
from tests.integration.ingest.conftest import Shop
from tests.tills import event

PRIME = {"programme": "prime", "tier": "plus"}


async def rows(shop: Shop) -> list[tuple[Any, ...]]:
    found = await shop.pool.fetch(
        "SELECT c.customer_id, m.tier_key, m.ends_at - m.starts_at, m.ended_at - m.starts_at"
        " FROM memberships m JOIN customers c USING (profile_id) ORDER BY m.starts_at"
    )
    return [(row[0], row[1], *(None if d is None else d.days for d in row[2:])) for row in found]


async def differences(shop: Shop) -> int:
    return len([each async for each in Rebuild(repairs=False).run(shop.pool, lambda _a, _b: None)])


async def test_a_membership_is_kept_until_it_is_ended(shop: Shop) -> None:
    await shop.tell(event("e-1", "membership_paid", **PRIME, ends_at="2030-01-01T00:00:00Z"))
    (kept,) = await rows(shop)
    assert (kept[0], kept[1], kept[3]) == ("c-1", "plus", None)
    version = await shop.value("SELECT version FROM customers")
    await shop.tell(event("e-2", "membership_ended", programme="prime"))
    assert (await rows(shop))[0][3] == 0
    assert await shop.value("SELECT version FROM customers") == version + 1
    assert await differences(shop) == 0


async def test_one_event_told_twice_is_one_membership(shop: Shop) -> None:
    told = event("e-1", "membership_paid", **PRIME, months=12)
    await shop.tell(told, told)
    await shop.tell(told)
    assert len(await rows(shop)) == 1


@pytest.mark.parametrize(
    "properties",
    [
        {"programme": "prime", "months": 0},
        {"programme": "prime", "months": "12"},
        {"programme": "prime", "months": 1, "ends_at": "2030-01-01T00:00:00Z"},
        {"programme": "prime", "ends_at": "1999-01-01T00:00:00Z"},
        {"programme": "prime", "level": 3},
        {"programme": ""},
    ],
)
async def test_what_cannot_be_is_kept_aside(shop: Shop, properties: dict[str, Any]) -> None:
    answer = await shop.tell(
        event("e-1", "membership_paid", **properties), event("e-2", "page_viewed")
    )
    assert (answer["accepted"], len(answer["rejected"])) == (1, 1)
    assert await rows(shop) == []


async def test_merges_unite_memberships_and_their_undoing_parts_them(shop: Shop) -> None:
    await shop.tell(event("e-1", "membership_paid", **PRIME, months=1))
    other = {"customer": {"customer_id": "c-2"}}
    await shop.tell(event("e-2", "membership_paid", **PRIME, months=1) | other)
    apart = await rows(shop)
    body = {"winner": {"customer_id": "c-1"}, "loser": {"customer_id": "c-2"}}
    merge = (await shop.http.post("/v1/merges", json=body)).json()
    united = await rows(shop)
    assert [row[0] for row in united] == ["c-1", "c-1"]
    assert await differences(shop) == 0
    await shop.http.delete(f"/v1/merges/{merge['merge_id']}")
    assert sorted(await rows(shop)) == sorted(apart)
    assert await differences(shop) == 0
