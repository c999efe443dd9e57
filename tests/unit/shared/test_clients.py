"""Clients speak in contracts: no dict and no address outside them."""

import json
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from shared.clients.ingest import IngestClient, ingest_client
from shared.clients.scoring import RESCORE_PATH, ScoringClient, scoring_client
from shared.clients.transport import Transport
from shared.contracts.entitlements import EXAMPLE_ENTITLEMENTS
from shared.contracts.events import ShopEvent
from shared.contracts.pins import PinWish
from shared.contracts.receipts import Receipt
from shared.contracts.tier import TierQuery
from tests.factories import make_event, make_receipt, make_tier_answer
from tests.fakes import FakeRemote

BATCH = {"accepted": 1, "duplicates": 0, "conflicts": [], "rejected": [], "sequence": 7}
PIN = {
    "pin_id": str(UUID(int=5)),
    "programme": "coffee",
    "tier": "gold",
    "mode": "floor",
    "starts_at": "2026-11-22T01:00:00Z",
    "ends_at": None,
}
SCORE = {"customer_id": "c-1", "known": True, "as_of": "2026-11-22T01:00:00Z"}


def answering(body: object) -> FakeRemote:
    return FakeRemote([httpx.Response(200, json=body)])


def asked(remote: FakeRemote) -> str:
    (request,) = remote.requests
    return f"{request.method} {request.url.raw_path.decode()}"


@pytest.mark.parametrize(
    ("customer_id", "programme", "expected"),
    [
        ("c-1", None, "GET /v1/customers/c-1/tier"),
        ("../x?y/咖", "coffee", "GET /v1/customers/..%2Fx%3Fy%2F%E5%92%96/tier?programme=coffee"),
    ],
)
async def test_a_tier_is_asked_for_by_customer(
    customer_id: str, programme: str | None, expected: str
) -> None:
    remote = answering(make_tier_answer())
    async with remote.client() as client:
        tier = await ScoringClient(Transport(client)).tier_of(customer_id, programme=programme)
    assert (asked(remote), tier.tier.key) == (expected, "high")


async def test_tiers_of_many_are_asked_for_in_one_body() -> None:
    remote = answering({"answers": [make_tier_answer()]})
    async with remote.client() as client:
        query = TierQuery.model_validate({"customers": [{"loyalty_account": "M-1"}]})
        found = await ScoringClient(Transport(client)).tiers_of(query)
    assert [answer.known for answer in found.answers] == [True]
    assert json.loads(remote.requests[0].content) == {"customers": [{"loyalty_account": "M-1"}]}


async def test_a_score_is_asked_for_by_customer() -> None:
    remote = answering(SCORE)
    async with remote.client() as client:
        assert (await ScoringClient(Transport(client)).score_of("c-1")).known
    assert asked(remote) == "GET /v1/customers/c-1/score"


async def test_entitlements_are_asked_for_by_customer() -> None:
    remote = answering(EXAMPLE_ENTITLEMENTS)
    async with remote.client() as client:
        found = await ScoringClient(Transport(client)).entitlements_of("c-1", programme="coffee")
    assert found.service_level is not None
    assert found.service_level.response_hours == 4
    assert asked(remote) == "GET /v1/customers/c-1/entitlements?programme=coffee"


async def test_a_pin_is_asked_for_once_for_its_key() -> None:
    remote = answering(PIN)
    wish = PinWish(programme="coffee", mode="floor", tier="gold", reason="Miscounted")
    async with remote.client() as client:
        made = await ScoringClient(Transport(client)).pin("c/1", wish, key="k-1")
    assert made.pin_id == UUID(int=5)
    assert asked(remote) == "POST /v1/customers/c%2F1/pins"
    assert remote.requests[0].headers["Idempotency-Key"] == "k-1"
    assert json.loads(remote.requests[0].content) == wish.model_dump(exclude={"ends_at"})


async def test_a_pin_is_taken_back_by_its_id() -> None:
    remote = answering(PIN)
    async with remote.client() as client:
        await ScoringClient(Transport(client)).end_pin("c-1", UUID(int=5))
    assert asked(remote) == f"DELETE /v1/customers/c-1/pins/{UUID(int=5)}"


async def test_rescoring_names_profiles() -> None:
    remote = answering({})
    async with remote.client() as client:
        await ScoringClient(Transport(client)).rescore([UUID(int=1)])
    assert asked(remote) == f"POST {RESCORE_PATH}"
    assert json.loads(remote.requests[0].content) == {"profile_ids": [str(UUID(int=1))]}


async def test_events_and_receipts_are_posted_as_they_are_taken() -> None:
    remote = answering(BATCH)
    async with remote.client() as client:
        ingest = IngestClient(Transport(client))
        await ingest.post_events([ShopEvent.model_validate(make_event())])
        result = await ingest.post_receipts([Receipt.model_validate(make_receipt())])
    events, receipts = (json.loads(request.content) for request in remote.requests)
    assert ShopEvent.model_validate(events["events"][0]).event_id == "e-1"
    assert Receipt.model_validate(receipts["receipts"][0]).sequence_number == 5470
    assert result.sequence == 7


async def test_a_profile_is_read_and_told_of_by_its_id() -> None:
    profile = {"customer_id": "c/1", "version": 3, "created_at": "2026-11-22T01:00:00Z"}
    remote = FakeRemote([httpx.Response(200, json=profile), httpx.Response(200, json={})])
    async with remote.client() as client:
        ingest = IngestClient(Transport(client))
        assert (await ingest.profile_of("c/1")).version == 3
        at = datetime(2026, 11, 22, 1, tzinfo=UTC)
        await ingest.identify("c/1", {"preferences": {}}, message_id="m-1", at=at)
    read, told = remote.requests
    assert read.url.raw_path == b"/v1/customers/c%2F1"
    assert (told.method, told.url.path) == ("POST", "/v1/identify")
    assert json.loads(told.content) == {
        "messageId": "m-1",
        "userId": "c/1",
        "traits": {"preferences": {}},
        "timestamp": "2026-11-22T01:00:00+00:00",
    }


async def test_services_make_their_clients_once() -> None:
    for make in (scoring_client, ingest_client):
        client, http = make("http://127.0.0.1:1", "tl_sk_x")
        await http.aclose()
        assert client
