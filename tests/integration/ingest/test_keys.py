"""Who may post and read: scopes, revocation, and the source a key speaks for."""

import pytest

from shared.auth import ApiKeys
from shared.auth_queries import key_loader
from shared.key_rows import list_keys, revoke_key
from shared.keys import KeyKind
from tests.fakes import FakeTimer
from tests.integration.ingest.conftest import Shop
from tests.tills import receipt

ROUTES = [
    ("POST", "/v1/receipts", "events:write"),
    ("POST", "/v1/events", "events:write"),
    ("GET", "/v1/customers/c-1", "customers:read"),
    ("PUT", "/v1/customers/c-1", "customers:write"),
    ("PUT", "/v1/stores/s-1", "customers:write"),
]
# pages may post events, but browsing alone (test_browser_keys.py)
FOR_SERVERS = [route for route in ROUTES if route[1] != "/v1/events"]


@pytest.mark.parametrize(("method", "path", "scope"), ROUTES)
async def test_a_route_asks_for_its_scope(shop: Shop, method: str, path: str, scope: str) -> None:
    others = {"events:write", "customers:read", "customers:write", "tier:read"} - {scope}
    for scopes, is_refused in ((others, True), ({scope}, False)):
        shop.http.headers["Authorization"] = f"Bearer {await shop.key(*scopes)}"
        answer = await shop.http.request(method, path, json={})
        assert (answer.status_code == 403) == is_refused


@pytest.mark.parametrize(("method", "path", "scope"), FOR_SERVERS)
async def test_a_publishable_key_may_do_none_of_it(
    shop: Shop, method: str, path: str, scope: str
) -> None:
    key = await shop.key(scope, "admin", "browse:write", kind=KeyKind.PUBLISHABLE)
    if scope in (await list_keys(shop.pool))[-1].scopes:
        key = await shop.key("admin", "browse:write", kind=KeyKind.PUBLISHABLE)
    shop.http.headers["Authorization"] = f"Bearer {key}"
    assert (await shop.http.request(method, path, json={})).status_code == 403


async def test_a_revoked_key_is_refused_within_five_seconds(shop: Shop) -> None:
    timer = FakeTimer()
    before = shop.app.state.api_keys
    shop.app.state.api_keys = ApiKeys(key_loader(shop.pool), now=timer)
    await shop.accept(receipt(1))
    await revoke_key(shop.pool, (await list_keys(shop.pool))[0].key_id)
    timer.seconds += 5.0
    answer = await shop.http.post("/v1/receipts", json={"receipts": [receipt(2)]})
    shop.app.state.api_keys = before
    assert answer.status_code == 401
    assert await shop.count("events") == 1


async def test_a_key_speaks_for_its_source_alone(shop: Shop) -> None:
    for number, source in enumerate(("north", "south")):
        key = await shop.key("events:write", source=source)
        shop.http.headers["Authorization"] = f"Bearer {key}"
        await shop.accept(receipt(number, order_id="o-1"))
    rows = await shop.pool.fetch("SELECT source_id FROM events ORDER BY sequence")
    assert [row[0] for row in rows] == ["north", "south"]
    # order ids are the source's own: the same id of another source is another order
    assert (await shop.day())["orders"] == 2
