import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.contracts.feedback import FeedbackAnswer
from tests.integration.feedback.scoring import FakeScoring

Body = dict[str, Any]


def make_feedback(**changes: object) -> Body:
    """A satisfied customer, as posted."""
    return {"kind": "csat", "rating": 5, "customer": {"customer_id": "c-1"}} | changes


async def post(http: httpx.AsyncClient, body: Body, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await http.post("/v1/feedback", json=body, headers=named)


async def count(pool: asyncpg.Pool) -> tuple[int, int]:
    """Count what is stored: feedback, and events that wait."""
    row = await pool.fetchrow(
        "SELECT (SELECT count(*) FROM feedback), (SELECT count(*) FROM outbox)"
    )
    return row[0], row[1]


async def test_feedback_is_stored_with_the_tier_held(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    answer = await post(http, make_feedback())
    assert answer.status_code == 201
    body = answer.json()
    assert (body["is_tier_known"], body["is_duplicate"]) == (True, False)
    assert body["tier_held"]["tier"]["key"] == "high"
    assert await pool.fetchval("SELECT tier_held -> 'tier' ->> 'key' FROM feedback") == "high"
    assert await count(pool) == (1, 1)


CHANNELS = (
    "web",
    "app",
    "store",
    "phone",
    "email",
    "social",
    "call_back",
    "focus_group",
    "interview",
    "partner",
)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_feedback_comes_from_every_channel(http: httpx.AsyncClient, channel: str) -> None:
    assert (await post(http, make_feedback(channel=channel))).status_code == 201
    (item,) = (await http.get("/v1/feedback")).json()["items"]
    assert item["channel"] == channel


async def test_the_answer_is_what_the_contract_says(http: httpx.AsyncClient) -> None:
    for _ in range(2):
        answer = (await post(http, make_feedback(feedback_id="f-1"))).json()
        assert FeedbackAnswer.model_validate(answer).model_dump(mode="json") == answer


async def test_what_the_tier_rests_on_is_kept_with_it(http: httpx.AsyncClient) -> None:
    held = (await post(http, make_feedback())).json()["tier_held"]
    assert (held["model_version"], held["release"]) == ("2026-11-21-1", "r-17")


async def test_an_instant_of_any_zone_is_the_same_instant(http: httpx.AsyncClient) -> None:
    said = make_feedback(occurred_at="2026-11-21T23:30:00-09:30")
    ours = (await post(http, said)).json()["feedback_id"]
    item = (await http.get(f"/v1/feedback/{ours}")).json()
    assert item["occurred_at"] == "2026-11-22T09:00:00Z"


async def test_many_at_once_are_stored_each_with_its_own_answer(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    said = [make_feedback(kind="nps", rating=n % 11, feedback_id=f"f-{n}") for n in range(40)]
    answers = await asyncio.gather(*(post(http, body) for body in said))
    assert {answer.status_code for answer in answers} == {201}
    rows = await pool.fetch("SELECT feedback_id, rating FROM feedback")
    stored = {str(row["feedback_id"]): row["rating"] for row in rows}
    given = {a.json()["feedback_id"]: b["rating"] for a, b in zip(answers, said, strict=True)}
    assert stored == given
    assert len(given) == 40


async def test_one_of_many_at_once_that_conflicts_disturbs_nobody(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await post(http, make_feedback(feedback_id="f-0"))
    bodies = [make_feedback(feedback_id=f"f-{number}", rating=1) for number in range(5)]
    answers = await asyncio.gather(*(post(http, body) for body in bodies))
    assert [answer.status_code for answer in answers] == [409, 201, 201, 201, 201]
    assert (await count(pool))[0] == 5


async def test_a_card_is_enough_to_name_the_customer(http: httpx.AsyncClient) -> None:
    answer = await post(http, make_feedback(customer={"loyalty_account": "M-1"}))
    assert answer.json()["customer_id"] == "c-1"
    assert answer.json()["tier_held"]["tier"]["key"] == "high"


@pytest.mark.parametrize("customer", [None, {}, {"customer_id": "stranger"}])
async def test_a_stranger_is_known_to_hold_no_tier(
    http: httpx.AsyncClient, customer: object
) -> None:
    body = (await post(http, make_feedback(customer=customer))).json()
    assert (body["tier_held"], body["is_tier_known"]) == (None, True)


@pytest.mark.parametrize(
    "error",
    [RemoteUnavailable(), RemoteProblem(500, "internal", ""), RemoteProblem(403, "forbidden", "")],
)
async def test_feedback_is_stored_while_scoring_is_down(
    http: httpx.AsyncClient, pool: asyncpg.Pool, scoring: FakeScoring, error: Exception
) -> None:
    scoring.error = error
    answer = await post(http, make_feedback())
    assert answer.status_code == 201
    assert (answer.json()["tier_held"], answer.json()["is_tier_known"]) == (None, False)
    assert await pool.fetchval("SELECT is_tier_known FROM feedback") is False
    assert await count(pool) == (1, 1)


async def test_a_slow_scoring_is_not_waited_for(
    http: httpx.AsyncClient, scoring: FakeScoring
) -> None:
    scoring.delay_s = 30
    answer = await asyncio.wait_for(post(http, make_feedback()), 5)
    assert answer.json()["is_tier_known"] is False


async def test_the_same_id_twice_is_stored_once(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    first, again = [await post(http, make_feedback(feedback_id="f-1")) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"is_duplicate": True}
    assert await count(pool) == (1, 1)


async def test_of_the_same_id_at_once_one_is_stored(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    answers = await asyncio.gather(
        *(post(http, make_feedback(feedback_id="f-1")) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert await count(pool) == (1, 1)


async def test_another_body_under_the_id_is_a_conflict_and_the_first_stays(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await post(http, make_feedback(feedback_id="f-1"))
    answer = await post(http, make_feedback(feedback_id="f-1", rating=1))
    assert answer.status_code == 409
    assert await pool.fetchval("SELECT rating FROM feedback") == 5


async def test_an_idempotency_key_gives_the_stored_answer_again(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    first = await post(http, make_feedback(), Idempotency_Key="k-1")
    again = await post(http, make_feedback(), Idempotency_Key='"k-1"')
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert await count(pool) == (1, 1)


async def test_an_idempotency_key_with_another_body_is_refused(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await post(http, make_feedback(), Idempotency_Key="k-1")
    answer = await post(http, make_feedback(rating=1), Idempotency_Key="k-1")
    assert answer.status_code == 422
    assert await count(pool) == (1, 1)


async def test_of_the_same_idempotency_key_at_once_one_is_stored(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    answers = await asyncio.gather(
        *(post(http, make_feedback(), Idempotency_Key="k-1") for _ in range(6))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert all("Retry-After" in a.headers for a in answers if a.status_code == 409)
    assert await count(pool) == (1, 1)


async def test_no_identifier_stands_in_clear(http: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    customer = {"loyalty_account": "M-777", "phone": "+8613800138000", "email": "li@example.com"}
    await post(http, make_feedback(customer=customer), Idempotency_Key="k-1")
    rows = await pool.fetch(
        "SELECT feedback::text AS row FROM feedback UNION ALL SELECT outbox::text FROM outbox"
        " UNION ALL SELECT idempotency_keys::text FROM idempotency_keys"
    )
    assert len(rows) == 3
    stored = "".join(row["row"] for row in rows)
    assert not any(value in stored for value in customer.values())


async def test_an_instant_to_come_is_stored_but_not_one_beyond_two_days(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    soon = await post(http, make_feedback(occurred_at="2026-11-23T01:00:00Z"))
    later = await post(http, make_feedback(occurred_at="2026-11-24T01:00:01Z"))
    assert (soon.status_code, later.status_code) == (201, 422)
    assert await count(pool) == (1, 1)


async def test_nothing_is_stored_when_the_event_cannot_be(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await pool.execute("ALTER TABLE outbox RENAME TO outbox_away")
    answer = await post(http, make_feedback(), Idempotency_Key="k-1")
    await pool.execute("ALTER TABLE outbox_away RENAME TO outbox")
    assert answer.status_code == 500
    assert await count(pool) == (0, 0)
