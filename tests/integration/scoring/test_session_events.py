"""Events of a session are ingest's before its tiers are told, under the caller's own key."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from services.scoring.app import create_app
from services.scoring.settings import ScoringSettings
from tests.servers import SECRET_KEY, Server, add_key, query, running
from tests.shop_facts import LAST_DAY
from tests.trained import NOW, platform_of

SOURCES = "SELECT source_id FROM events WHERE source_id IN ('web-shop', 'services')"
LINKED = """
SELECT count(*) FROM identifiers a JOIN identifiers c USING (profile_id)
WHERE a.kind = 'anonymous_id' AND c.lookup_key = convert_to($1, 'UTF8')
"""


@pytest.fixture
def ingest(shop_url: str) -> Iterator[Server]:
    settings = {"BUSINESS_NOW": NOW.isoformat(), "TIERLINE_SECRET_KEY": SECRET_KEY}
    with running("ingest", shop_url, **settings) as server:
        yield server


@pytest.fixture
async def client(shop_url: str, ingest: Server) -> AsyncIterator[httpx.AsyncClient]:
    platform = platform_of(shop_url).model_copy(update={"ingest_url": ingest.url})
    app = create_app(ScoringSettings(), platform)
    key = add_key(shop_url, "tier:read", "events:write", source="web-shop")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://s", headers=headers) as client,
    ):
        yield client


def ordered(number: int, net: str = "88.00") -> dict[str, Any]:
    lines = [{"line": 1, "sku": "bean", "quantity": "1", "net": net}]
    return {
        "event_id": f"order-{number}",
        "type": "order_completed",
        "occurred_at": f"{LAST_DAY}T10:00:00Z",
        "properties": {"order_id": f"o-{number}", "currency": "CNY", "lines": lines},
    }


async def opened(client: httpx.AsyncClient, customer: str, **body: Any) -> dict[str, Any]:
    asked = {"customer": {"customer_id": customer}, "channel": "web"} | body
    answer = await client.post("/v1/sessions", json=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_an_order_counts_in_the_answer_that_carries_it(client: httpx.AsyncClient) -> None:
    before = await opened(client, "new-1")
    told = await opened(client, "new-1", events=[ordered(1)])
    assert (before["known"], told["known"]) == (False, True)
    assert (told["events"]["status"], told["events"]["accepted"]) == ("accepted", 1)
    assert told["tiers"][0]["lifecycle"] == "new"
    assert told["tiers"][0]["stale"] is False


async def test_events_are_counted_once_and_one_bad_one_blocks_none(
    client: httpx.AsyncClient,
) -> None:
    events = [ordered(1), ordered(2), {"event_id": "bad", "type": "telepathy"}]
    first = (await opened(client, "new-1", events=events))["events"]
    again = (await opened(client, "new-1", events=events))["events"]
    assert (first["accepted"], first["rejected"][0]["index"]) == (2, 2)
    assert (again["accepted"], again["duplicates"]) == (0, 2)


async def test_events_are_of_the_callers_source(client: httpx.AsyncClient, shop_url: str) -> None:
    await opened(client, "new-1", events=[ordered(1)])
    assert [row["source_id"] for row in query(shop_url, SOURCES)] == ["web-shop"]


async def test_an_anonymous_id_is_linked_by_its_events(
    client: httpx.AsyncClient, shop_url: str
) -> None:
    await opened(client, "c-1", anonymous_id="a-7")
    assert query(shop_url, LINKED, "c-1")[0][0] == 0  # a session alone writes nothing
    await opened(client, "c-1", anonymous_id="a-7", events=[ordered(3)])
    assert query(shop_url, LINKED, "c-1")[0][0] == 1


async def test_without_ingest_nothing_is_lost_silently(
    client: httpx.AsyncClient, ingest: Server
) -> None:
    ingest.kill()
    told = await opened(client, "c-1", events=[ordered(1)])
    assert (told["known"], told["events"]["code"]) == (True, "ingest_unavailable")
    assert told["events"]["retryable"] is True
    assert "accepted" not in told["events"]
    ingest.start()
    again = await opened(client, "c-1", events=[ordered(1)])
    assert again["events"]["accepted"] == 1
