"""Feedback of the erased keeps its rating and nothing that names or quotes them."""

from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.feedback.usecases.erase import purge_with
from shared import erasures
from shared.erasures import ErasedPerson, tombstone
from shared.ids import short_key
from shared.settings import PlatformSettings
from tests.integration.feedback.test_give import make_feedback, post

CARD = ("loyalty_account", "M-9")
ANN = ErasedPerson(UUID(int=7), (UUID(int=1),), (("customer_id", "c-1"), CARD))
CASE = """
INSERT INTO cases (case_id, feedback_id, customer_id, kind, state, opened_at, clock_from, due_at,
    first_due_at, updated_at)
SELECT gen_random_uuid(), feedback_id, customer_id, 'complaint', 'received', now(), now(), now(),
    now(), now()
FROM feedback
"""
NOTE = """
INSERT INTO case_events (case_id, case_event_id, kind, actor, details, at)
SELECT case_id, gen_random_uuid(), 'note', 'desk', '{"said": "call c-1"}', now() FROM cases
"""
TABLES = ("case_events", "cases", "interactions", "tasks", "offer_responses", "exposures")


@pytest.fixture
async def empty(pool: asyncpg.Pool) -> asyncpg.Pool:
    """A desk where nothing was ever said."""
    for table in (*TABLES, "tombstones", "events"):
        await pool.execute(f"BEGIN; SET LOCAL tierline.erasure = 'on'; DELETE FROM {table}; COMMIT")
    return pool


async def forget(pool: asyncpg.Pool, platform: PlatformSettings) -> dict[str, int]:
    async with pool.acquire() as connection, connection.transaction():
        asked = await erasures.ask_owners(connection, ANN, platform.secrets, after_s=0)
    await erasures.deliver(pool, "feedback", purge_with(platform.secrets), platform.secrets)
    return (await erasures.answers_in(pool, asked))["feedback"]


async def test_words_and_names_go_and_the_rating_stays(
    http: httpx.AsyncClient, empty: asyncpg.Pool, platform: PlatformSettings
) -> None:
    await post(http, make_feedback(text="I am Ann", order_id="ann@example.org"))
    await post(http, make_feedback(customer={"customer_id": "carl"}, text="I am Carl"))
    await empty.execute(CASE)
    await empty.execute(NOTE)
    removed = await forget(empty, platform)
    assert removed == {"feedback": 1, "cases": 1, "case_events": 1, "outbox": 1}
    rows = await empty.fetch("SELECT * FROM feedback ORDER BY feedback_id")
    ann, carl = rows
    assert (ann["customer_id"], ann["text"], ann["order_id"], ann["rating"]) == (
        None,
        None,
        None,
        5,
    )
    assert (carl["customer_id"], carl["text"]) == ("carl", "I am Carl")
    assert await empty.fetchval("SELECT count(*) FROM outbox WHERE topic = 'feedback_given'") == 1


async def test_words_that_named_only_a_card_are_found_by_their_event(
    http: httpx.AsyncClient, empty: asyncpg.Pool, platform: PlatformSettings
) -> None:
    answer = await post(http, make_feedback(customer={"loyalty_account": "M-9"}, text="I am Ann"))
    feedback_id = answer.json()["feedback_id"]
    await empty.execute(
        "INSERT INTO events (profile_id, sequence, source_id, kind, event_key, business_date,"
        " occurred_at, effective_at, received_at, body) VALUES ($1, 1, 'service',"
        " 'feedback_given', $2, now(), now(), now(), now(), '{}')",
        ANN.profile_ids[0],
        short_key("event", "service", "", feedback_id),
    )
    assert (await forget(empty, platform))["feedback"] == 1
    assert await empty.fetchval("SELECT text FROM feedback") is None


async def test_two_answers_of_the_erased_still_count_as_one_persons(
    http: httpx.AsyncClient, empty: asyncpg.Pool, platform: PlatformSettings
) -> None:
    for experiment in ("a", "b"):
        await empty.execute(
            "INSERT INTO exposures (unit, customer_id, experiment_key, arm, exposed_at)"
            " VALUES ('c-1', 'c-1', $1, 'x', now())",
            experiment,
        )
    assert (await forget(empty, platform)) == {"exposures": 2}
    rows = await empty.fetch("SELECT customer_id, unit FROM exposures")
    pseudonym = f"erased-{ANN.erasure_id.hex}"
    assert {row["customer_id"] for row in rows} == {pseudonym}
    # a random UUID may hold "c-1" of itself: what the unit is made of is told in full
    named = [row["unit"].split() for row in rows]
    assert {name for name, _ in named} == {pseudonym}
    assert len({UUID(drawn) for _, drawn in named}) == 2
    assert (await http.get("/v1/feedback")).json()["items"] == []


async def test_forgetting_again_changes_nothing(
    http: httpx.AsyncClient, empty: asyncpg.Pool, platform: PlatformSettings
) -> None:
    await post(http, make_feedback(text="I am Ann"))
    await forget(empty, platform)
    answer = "SELECT payload FROM outbox WHERE topic = 'customer_erased.feedback'"
    first = await empty.fetchval(answer)
    await empty.execute("UPDATE outbox SET done_at = NULL, due_at = now()")
    await erasures.deliver(empty, "feedback", purge_with(platform.secrets), platform.secrets)
    assert await empty.fetchval(answer) == first
    assert first["removed"]["feedback"] == 1


async def test_what_the_erased_say_is_refused_for_a_time(
    http: httpx.AsyncClient, empty: asyncpg.Pool, platform: PlatformSettings
) -> None:
    await empty.execute(
        "INSERT INTO tombstones (kind, lookup_key, erased_at, refused_until)"
        " VALUES ($1, $2, now(), '2026-12-01T00:00:00Z')",
        *tombstone(platform.secrets, *CARD),
    )
    answer = await post(http, make_feedback(customer={"loyalty_account": "M-9"}))
    assert answer.status_code == 410
    assert (await post(http, make_feedback(feedback_id=str(uuid4())))).status_code == 201
