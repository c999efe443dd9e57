"""Web hooks over HTTP: registered once, secrets shown once, inner targets refused."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.scoring.routes.contracts.webhook_contracts import EXAMPLE_ENDPOINT
from tests.integration.scoring.conftest import Scoring, serving
from tests.servers import add_key, query

URL = "https://93.184.216.34/hook"  # nothing to look up
WISH: dict[str, Any] = {**EXAMPLE_ENDPOINT, "url": URL}


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[Scoring]:
    async with serving(database_url) as running:
        yield running


async def add(scoring: Scoring, key: str | None = None, **changes: object) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await scoring.client.post("/v1/webhooks", json=WISH | changes, headers=headers)


async def test_secret_is_shown_when_it_is_made_and_never_again(empty: Scoring) -> None:
    made = await add(empty)
    assert made.status_code == 201
    told = made.json()
    assert told["secret"].startswith("whsec_")
    shown = (await empty.client.get(f"/v1/webhooks/{told['webhook_id']}")).json()
    assert (shown["url"], shown["status"]) == (URL, "active")
    listed = await empty.client.get("/v1/webhooks")
    assert "whsec_" not in json.dumps(shown) + listed.text
    assert [item["webhook_id"] for item in listed.json()["items"]] == [told["webhook_id"]]


async def test_same_key_makes_one_endpoint_and_stores_no_secret(empty: Scoring) -> None:
    first, second = await add(empty, key="k"), await add(empty, key="k")
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len((await empty.client.get("/v1/webhooks")).json()["items"]) == 1
    stored = query(empty.url, "SELECT response::text AS text FROM idempotency_keys")
    assert len(stored) == 1
    assert "whsec_" not in stored[0]["text"]


async def test_rotation_under_a_key_happens_once(empty: Scoring) -> None:
    told = (await add(empty)).json()
    where, headers = f"/v1/webhooks/{told['webhook_id']}/rotate", {"Idempotency-Key": "k"}
    first = (await empty.client.post(where, headers=headers)).json()
    assert (await empty.client.post(where, headers=headers)).json() == first
    assert first["secret"] != told["secret"]
    assert first["former_secret_until"] is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://10.0.0.8/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://metadata.google.internal/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https://user@example.com/",
        "https://example.com:22/",
    ],
)
async def test_target_inside_is_refused_without_an_echo(empty: Scoring, url: str) -> None:
    answer = await add(empty, url=url)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/url", "forbidden_target")
    assert url not in answer.text
    assert query(empty.url, "SELECT count(*) AS n FROM webhook_endpoints")[0]["n"] == 0


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"kinds": []}, "/kinds"),
        ({"kinds": ["tier.changed", "tier.guessed"]}, "/kinds/1"),
        ({"programmes": ["value", "nothing"]}, "/programmes/1"),
        ({"secret": "whsec_mine"}, ""),
    ],
)
async def test_what_cannot_be_heard_of_is_refused(
    empty: Scoring, changes: dict[str, Any], pointer: str
) -> None:
    answer = await add(empty, **changes)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


async def test_change_and_removal(empty: Scoring) -> None:
    where = f"/v1/webhooks/{(await add(empty)).json()['webhook_id']}"
    changed = await empty.client.put(
        where, json=WISH | {"kinds": ["benefit.used"], "active": False}
    )
    assert changed.json()["kinds"] == ["benefit.used"]
    assert (changed.json()["status"], changed.json()["disabled_reason"]) == ("disabled", "by_you")
    assert (await empty.client.delete(where)).status_code == 204
    for method in ("GET", "DELETE"):
        assert (await empty.client.request(method, where)).status_code == 404
    noted = query(empty.url, "SELECT action FROM audit_log ORDER BY at, audit_id")
    assert [row["action"] for row in noted] == ["add_webhook", "change_webhook", "remove_webhook"]


async def test_inner_target_cannot_be_put_in_later(empty: Scoring) -> None:
    where = f"/v1/webhooks/{(await add(empty)).json()['webhook_id']}"
    changed = await empty.client.put(where, json=WISH | {"url": "http://127.0.0.1/"})
    assert changed.status_code == 422
    assert (await empty.client.get(where)).json()["url"] == URL


async def test_only_admins_may_see_them(empty: Scoring) -> None:
    headers = {"Authorization": f"Bearer {add_key(empty.url, 'tier:read')}"}
    for method in ("GET", "POST"):
        answer = await empty.client.request(method, "/v1/webhooks", json=WISH, headers=headers)
        assert answer.status_code == 403


async def test_hundredth_and_first_is_refused(empty: Scoring) -> None:
    for _ in range(100):
        assert (await add(empty)).status_code == 201
    refused = await add(empty)
    assert refused.status_code == 409
    pages = [await empty.client.get("/v1/webhooks", params={"limit": 60})]
    cursor = pages[0].json()["next_cursor"]
    pages.append(await empty.client.get("/v1/webhooks", params={"limit": 60, "cursor": cursor}))
    assert [len(page.json()["items"]) for page in pages] == [60, 40]


async def test_log_and_replays_of_nobody_are_unknown(empty: Scoring) -> None:
    where = f"/v1/webhooks/{(await add(empty)).json()['webhook_id']}"
    nobody = "018f0000-0000-7000-8000-000000000000"
    log = await empty.client.get(f"{where}/deliveries")
    assert log.json() == {"items": [], "next_cursor": None}
    since = {"since": "2026-01-01T00:00:00Z"}
    told = await empty.client.post(f"{where}/replay", json=since)
    assert told.json() == {"replayed": 0, "continue_from": None}
    for path in (f"{where}/deliveries/{nobody}/replay", f"/v1/webhooks/{nobody}/replay"):
        assert (await empty.client.post(path, json=since)).status_code == 404
