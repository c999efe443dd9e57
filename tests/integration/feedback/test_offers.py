"""Offers are versioned documents; of each customer and sending the latest answer counts."""

from collections.abc import AsyncIterator
from itertools import permutations
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from shared.erasures import tombstone
from shared.key_rows import Grant, add_key
from shared.keys import new_key
from shared.settings import PlatformSettings
from tests.integration.feedback.life_rows import add_row, day
from tests.integration.feedback.people_rows import add_person, forget_people, profile

OFFER = {"name": {"en": "A coffee on us", "zh": "请您喝一杯"}, "channel": "app"}
PATH = "/v1/offers/coffee"
RESPONSES = f"{PATH}/responses"
Body = dict[str, Any]


@pytest.fixture(autouse=True)
async def shop(pool: asyncpg.Pool) -> None:
    """Ann holds `high` in the default programme; nothing was offered yet."""
    await forget_people(pool)
    for table in ("offers", "offer_responses", "tier_current", "live_releases", "programmes"):
        await pool.execute(f"DELETE FROM {table}")
    await add_person(pool, 1, "ann")
    await add_row(
        pool, "programmes", programme_key="value", audience="internal", is_default=True,
        created_at=day(0),
    )  # fmt: skip
    await add_row(pool, "live_releases", programme_key="value", release_id=7, flipped_at=day(0))
    await add_row(
        pool, "tier_current", profile_id=profile(1), programme_key="value", release_id=7,
        decided_version=1, business_date=day(0).date(), decided_at=day(0),
        next_change_at=day(90), rank=2, tier_key="high", since=day(0), lifecycle="active",
        answer=b"",
    )  # fmt: skip


@pytest.fixture
async def reports(pool: asyncpg.Pool, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client that may read reports, and nothing else."""
    key = new_key()
    await add_key(pool, key, Grant("reports", frozenset({"reports:read"}), "desk"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://feedback",
        headers={"Authorization": f"Bearer {key}"},
    ) as client:
        yield client


async def put(http: httpx.AsyncClient, body: Body = OFFER, tag: str | None = None) -> int:
    headers = {} if tag is None else {"If-Match": tag}
    return (await http.put(PATH, json=body, headers=headers)).status_code


async def respond(http: httpx.AsyncClient, answer: str, **changes: Any) -> Body:
    told = {"customer_id": "ann", "answer": answer} | changes
    found = await http.post(RESPONSES, json=told)
    assert found.status_code == 200, found.text
    body: Body = found.json()
    return body


async def counted(http: httpx.AsyncClient) -> list[tuple[str, str]]:
    items = (await http.get(RESPONSES)).json()["items"]
    return [(item["customer_id"], item["answer"]) for item in items]


async def test_an_offer_is_created_once_and_read_with_its_version(http: httpx.AsyncClient) -> None:
    made = await http.post("/v1/offers", json=OFFER | {"key": "coffee"})
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    again = await http.post("/v1/offers", json=OFFER | {"key": "coffee"})
    assert again.status_code == 409
    shown = await http.get(PATH)
    assert (shown.json(), shown.headers["ETag"]) == (made.json(), '"1"')


async def test_only_the_version_that_was_read_is_changed(http: httpx.AsyncClient) -> None:
    assert await put(http) == 200
    assert await put(http) == 428
    assert await put(http, tag='"2"') == 412
    changed = {**OFFER, "channel": "email"}
    assert await put(http, changed, tag='"1"') == 200
    shown = (await http.get(PATH)).json()
    assert (shown["version"], shown["channel"]) == (2, "email")


async def test_an_idempotency_key_gives_the_first_answer_again(http: httpx.AsyncClient) -> None:
    body, key = OFFER | {"key": "coffee"}, {"Idempotency-Key": "k-1"}
    first = await http.post("/v1/offers", json=body, headers=key)
    again = await http.post("/v1/offers", json=body, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_offers_are_listed_by_key_page_by_page(http: httpx.AsyncClient) -> None:
    for key in ("c", "a", "b"):
        await http.put(f"/v1/offers/{key}", json=OFFER)
    first = (await http.get("/v1/offers", params={"limit": 2})).json()
    query = {"limit": 2, "cursor": first["next_cursor"]}
    rest = (await http.get("/v1/offers", params=query)).json()
    assert [item["key"] for item in first["items"] + rest["items"]] == ["a", "b", "c"]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": {"en": "Only English"}}, "/name/zh"),
        ({"channel": "fax"}, "/channel"),
        ({"playbook": "Bad Key"}, "/playbook"),
        ({"playbook": "p", "benefit": {"programme": "coffee", "benefit": "cup"}}, ""),
        ({"cost": {"amount": "9.999", "currency": "CNY"}}, "/cost"),
        ({"valid_until": "tomorrow"}, "/valid_until"),
    ],
    ids=["one language", "channel", "playbook", "two ways", "cost", "instant"],
)
async def test_a_faulty_offer_is_refused_with_its_fault(
    http: httpx.AsyncClient, changes: Body, pointer: str
) -> None:
    answer = await http.put(PATH, json=OFFER | changes)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_an_answer_is_kept_with_the_tier_and_the_lifecycle(http: httpx.AsyncClient) -> None:
    await put(http)
    body = await respond(http, "accepted")
    assert (body["programme"], body["tier"], body["lifecycle"]) == ("value", "high", "active")
    stranger = await respond(http, "declined", customer_id="stranger")
    assert (stranger["tier"], stranger["lifecycle"]) == (None, None)


async def test_the_same_answer_twice_counts_once(http: httpx.AsyncClient) -> None:
    await put(http)
    answers = [await respond(http, "accepted", at=day(1).isoformat()) for _ in range(2)]
    assert [body["counts"] for body in answers] == [True, False]
    assert answers[0]["response_id"] == answers[1]["response_id"]
    assert await counted(http) == [("ann", "accepted")]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_latest_answer_counts_in_whatever_order_they_come(
    http: httpx.AsyncClient, order: tuple[int, ...]
) -> None:
    await put(http)
    for number in order:
        answer = ("ignored", "accepted", "declined")[number]
        await respond(http, answer, at=day(number).isoformat())
    assert await counted(http) == [("ann", "declined")]


async def test_merged_ids_answer_once(http: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await put(http)
    await add_person(pool, 2, "old-ann", merged_into=1)
    await respond(http, "declined", customer_id="old-ann", at=day(1).isoformat())
    await respond(http, "accepted", customer_id="ann", at=day(2).isoformat())
    assert await counted(http) == [("ann", "accepted")]


async def test_each_sending_has_its_own_answer(http: httpx.AsyncClient) -> None:
    await put(http)
    await respond(http, "declined", sending="october", at=day(1).isoformat())
    await respond(http, "accepted", sending="november", at=day(2).isoformat())
    assert await counted(http) == [("ann", "accepted"), ("ann", "declined")]


async def test_an_answer_after_the_end_is_kept_and_marked(http: httpx.AsyncClient) -> None:
    await put(http, {**OFFER, "valid_until": day(1).isoformat()})
    assert (await respond(http, "accepted", at=day(1).isoformat()))["is_late"] is False
    assert (await respond(http, "accepted", at=day(2).isoformat()))["is_late"] is True


async def test_what_was_said_of_an_offer_counts_as_an_answer(http: httpx.AsyncClient) -> None:
    await put(http)
    said = {"kind": "offer_response", "offer_key": "coffee", "customer": {"customer_id": "ann"}}
    posted = await http.post("/v1/feedback", json=said | {"answer": "accepted"})
    assert posted.status_code == 201, posted.text
    (item,) = (await http.get(RESPONSES)).json()["items"]
    assert (item["customer_id"], item["answer"], item["tier"]) == ("ann", "accepted", "high")


async def test_answers_to_an_unknown_offer_are_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post(RESPONSES, json={"customer_id": "ann", "answer": "accepted"})
    assert answer.status_code == 404


async def test_answers_to_offers_that_nobody_defined_are_kept_and_told_of(
    http: httpx.AsyncClient,
) -> None:
    assert await put(http) == 200
    for number, key in enumerate(("coffee", "Cofee", "tea", "tea", "water")):
        who = {"customer_id": f"c-{number}"}
        said = {"kind": "offer_response", "offer_key": key, "customer": who}
        answer = "accepted" if number != 3 else "declined"
        posted = await http.post("/v1/feedback", json=said | {"answer": answer})
        assert posted.status_code == 201, posted.text
    found: list[Body] = []
    cursor = None
    while cursor is not None or not found:
        given = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = (await http.get("/v1/unknown-offers", params=given)).json()
        found += page["items"]
        cursor = page["next_cursor"]
    told = {
        each["offer"]: (each["responses"], each["accepted"], each["declined"]) for each in found
    }
    assert told == {"Cofee": (1, 1, 0), "tea": (2, 1, 1), "water": (1, 1, 0)}
    assert len(found) == 3
    # once it is defined, what was answered before counts for it
    assert (await http.put("/v1/offers/tea", json=OFFER)).status_code == 200
    left = (await http.get("/v1/unknown-offers")).json()["items"]
    assert "tea" not in {each["offer"] for each in left}
    assert len((await http.get("/v1/offers/tea/responses")).json()["items"]) == 2


async def test_the_erased_answer_nothing(
    http: httpx.AsyncClient, pool: asyncpg.Pool, platform: PlatformSettings
) -> None:
    await put(http)
    await pool.execute(
        "INSERT INTO tombstones (kind, lookup_key, erased_at, refused_until)"
        " VALUES ($1, $2, now(), '2026-12-01T00:00:00Z')",
        *tombstone(platform.secrets, "customer_id", "ann"),
    )
    answer = await http.post(RESPONSES, json={"customer_id": "ann", "answer": "accepted"})
    assert answer.status_code == 410


async def test_pages_of_answers_hold_each_once(http: httpx.AsyncClient) -> None:
    await put(http)
    for number in range(5):
        await respond(http, "ignored", customer_id=f"c-{number}", at=day(1).isoformat())
    seen: list[str] = []
    query: Body = {"limit": 2}
    while True:
        page = (await http.get(RESPONSES, params=query)).json()
        seen += [item["customer_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert sorted(seen) == [f"c-{number}" for number in range(5)]


async def test_results_count_answers_by_tier_and_lifecycle(
    http: httpx.AsyncClient, reports: httpx.AsyncClient
) -> None:
    await put(http)
    await respond(http, "accepted")
    await respond(http, "ignored", customer_id="bob")
    await respond(http, "declined", customer_id="carl")
    found = (await reports.get(f"{PATH}/results")).json()
    assert found["total"]["responses"] == 3
    assert found["total"]["response_rate"] == pytest.approx(2 / 3)
    assert found["total"]["acceptance_rate"] == pytest.approx(1 / 3)
    shares = {each["key"]: (each["accepted"], each["responses"]) for each in found["by_tier"]}
    assert shares == {"high": (1, 1), None: (0, 2)}
    assert [each["key"] for each in found["by_lifecycle"]] == ["active", None]


async def test_results_without_answers_claim_nothing(
    http: httpx.AsyncClient, reports: httpx.AsyncClient
) -> None:
    await put(http)
    total = (await reports.get(f"{PATH}/results")).json()["total"]
    assert (total["responses"], total["acceptance_rate"], total["acceptance_low"]) == (
        0,
        None,
        None,
    )


async def test_results_are_for_who_may_read_reports(http: httpx.AsyncClient) -> None:
    assert (await http.get(f"{PATH}/results")).status_code == 403
