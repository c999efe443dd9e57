"""Administrators make, list and revoke keys over HTTP."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.key_rows import Grant, add_key, list_keys
from shared.keys import ADMIN, new_key
from tests.integration.ingest.conftest import Body, Shop
from tests.tills import receipt

WANTED = {"name": "till-1", "scopes": ["events:write"], "source_id": "pos"}


async def make(shop: Shop, status: int = 201, **changes: Any) -> Body:
    answer = await shop.http.post("/v1/keys", json=WANTED | changes)
    assert answer.status_code == status, answer.text
    body: Body = answer.json()
    return body


async def revoke(shop: Shop, key_id: object, **query: str) -> httpx.Response:
    return await shop.http.delete(f"/v1/keys/{key_id}", params=query)


async def own_id(shop: Shop) -> UUID:
    return next(key.key_id for key in await list_keys(shop.pool) if key.name == "till")


async def acts(shop: Shop) -> list[tuple[str, str]]:
    items = (await shop.http.get("/v1/audit")).json()["items"]
    return [(item["action"], item["subject"]) for item in items]


async def test_a_made_key_opens_what_its_scopes_allow(shop: Shop) -> None:
    made = await make(shop)
    headers = {"Authorization": f"Bearer {made['key']}"}
    body = {"receipts": [receipt(1)]}
    assert (await shop.http.post("/v1/receipts", json=body, headers=headers)).status_code == 200
    assert await shop.value("SELECT source_id FROM events LIMIT 1") == "pos"
    assert (await shop.http.get("/v1/keys", headers=headers)).status_code == 403


async def test_a_key_is_shown_once_and_kept_nowhere(shop: Shop) -> None:
    key = (await make(shop))["key"]
    listed = await shop.http.get("/v1/keys")
    assert [item["name"] for item in listed.json()["items"]] == ["till-1", "till"]
    kept = await shop.pool.fetch(
        "SELECT t::text FROM api_keys t UNION SELECT t::text FROM audit_log t"
    )
    assert not any(key[6:] in text for text in (listed.text, *(row[0] for row in kept)))


async def test_asking_twice_makes_one_key_which_is_kept_sealed(shop: Shop) -> None:
    headers = {"Idempotency-Key": "once"}
    first, again = [
        await shop.http.post("/v1/keys", json=WANTED, headers=headers) for _ in range(2)
    ]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json() == again.json()
    kept = await shop.value("SELECT response::text FROM idempotency_keys")
    assert first.json()["key"][6:] not in kept


async def test_a_page_key_has_its_own_scope_and_source(shop: Shop) -> None:
    made = await make(shop, kind="publishable", scopes=[], source_id=None)
    assert (made["key"][:6], made["scopes"], made["source"]) == (
        "tl_pk_",
        ["browse:write"],
        "till-1",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"kind": "publishable"},
        {"name": "TIERLINE_ADMIN_KEY"},
        {"name": " "},
    ],
    ids=str,
)
async def test_a_wrong_wish_makes_no_key(shop: Shop, changes: Body) -> None:
    await make(shop, 422, **changes)
    assert len(await list_keys(shop.pool)) == 1


async def test_a_revoked_key_stays_revoked_as_it_was(shop: Shop) -> None:
    made = await make(shop)
    first = await revoke(shop, made["key_id"], reason="lost")
    again = await revoke(shop, made["key_id"], reason="twice")
    assert first.status_code == 200
    assert first.json() == again.json()
    assert first.json()["revoked_at"] is not None
    assert await acts(shop) == [("key.revoked", made["key_id"]), ("key.made", made["key_id"])]


async def test_why_a_key_was_revoked_is_in_the_audit_log(shop: Shop) -> None:
    made = await make(shop)
    await revoke(shop, made["key_id"], reason="lost")
    (item,) = (await shop.http.get("/v1/audit", params={"action": "key.revoked"})).json()["items"]
    assert (item["actor"], item["reason"], item["details"]["name"]) == ("till", "lost", "till-1")


async def test_nobody_revokes_the_key_they_hold(shop: Shop) -> None:
    await make(shop, scopes=["admin"])
    assert (await revoke(shop, await own_id(shop))).status_code == 409


async def test_the_keys_of_the_settings_are_changed_there(shop: Shop) -> None:
    key_id = await add_key(
        shop.pool, new_key(), Grant("TIERLINE_SERVICE_KEY", frozenset({ADMIN}), "services")
    )
    assert (await revoke(shop, key_id)).status_code == 409


async def test_two_administrators_cannot_lock_everybody_out(shop: Shop) -> None:
    other = await make(shop, scopes=["admin"])
    headers = {"Authorization": f"Bearer {other['key']}"}
    await shop.http.get("/v1/keys", headers=headers)  # remembered for seconds, revoked or not
    answers = await asyncio.gather(
        revoke(shop, other["key_id"]),
        shop.http.delete(f"/v1/keys/{await own_id(shop)}", headers=headers),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_an_unknown_key_is_not_found(shop: Shop) -> None:
    assert (await revoke(shop, UUID(int=1))).status_code == 404


async def test_keys_are_listed_page_by_page(shop: Shop) -> None:
    for number in range(3):
        await make(shop, name=f"k-{number}")
    first = (await shop.http.get("/v1/keys", params={"limit": 3})).json()
    rest = (await shop.http.get("/v1/keys", params={"cursor": first["next_cursor"]})).json()
    names = [item["name"] for item in (*first["items"], *rest["items"])]
    assert names == ["k-2", "k-1", "k-0", "till"]
