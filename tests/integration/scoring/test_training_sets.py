"""Training sets: what was decided and what came of it, nobody named, nothing known too early."""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.scoring.domain.features import FEATURE_NAMES
from shared.ids import uuid7
from tests.integration.scoring.conftest import Scoring
from tests.shop_facts import LAST_DAY, Purchase, buy, profile_id
from tests.trained import NOW

RESPONSE = """
INSERT INTO offer_responses (customer_id, offer_key, sending, response_id, answer, tier_key,
    lifecycle, at, received_at) VALUES ($1, 'coffee', $2, $3, $4, 'high', 'active', $5, $5)
"""
TASK = """
INSERT INTO tasks (task_id, once_key, customer_id, kind, channel, title, segment_at, state,
    outcome, created_at, due_at, expires_at, closed_at)
VALUES ($1, $2, $3, 'vip_call', 'phone', '{}', '{"tier": "high", "lifecycle": "active"}', $4, $5,
    $6, $6, $6, $7)
"""
LABEL = """
INSERT INTO tier_labels (label_id, case_id, customer_id, programme_key, tier_held, tier_judged,
    decision, reason, decided_by, decided_at, pin_state, round)
VALUES ($1, $2, 'c-1', 'value', 'low', 'high', 'raise', 'a regular', 'li.na', $3, 'none', 0)
"""
THEN = NOW - timedelta(days=30)
Row = dict[str, Any]


async def respond(
    pool: asyncpg.Pool, customer_id: str, answer: str = "accepted", at: datetime = THEN
) -> None:
    await pool.execute(RESPONSE, customer_id, uuid4().hex, uuid7(), answer, at)


async def read(scoring: Scoring, kind: str = "offer_response", **query: str) -> list[Row]:
    answer = await scoring.client.get(f"/v1/training-sets/{kind}", params=query)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_a_row_has_the_decision_its_outcome_and_every_feature(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await respond(pool, "c-1", "declined")
    (row,) = await read(scoring)
    assert {name: row[name] for name in row if name not in FEATURE_NAMES} == {
        "kind": "offer_response",
        "date": (LAST_DAY - timedelta(days=30)).isoformat(),
        "about": "coffee",
        "channel": None,
        "tier": "high",
        "lifecycle": "active",
        "outcome": "declined",
    }
    assert set(FEATURE_NAMES) <= row.keys()


async def test_features_are_those_of_the_evening_before(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await respond(pool, "c-1")
    (row,) = await read(scoring)
    evening = (LAST_DAY - timedelta(days=31)).isoformat()
    shown = await scoring.client.get(
        "/v1/customers/c-1/features", params={"business_date": evening}
    )
    sheet = {each["name"]: each["value"] for each in shown.json()["features"]}
    compared = [name for name in FEATURE_NAMES if sheet.get(name) is not None]
    assert len(compared) > 20
    assert {n: row[n] for n in compared} == pytest.approx({n: sheet[n] for n in compared}, abs=1e-3)


async def test_what_came_after_the_decision_changes_nothing(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await respond(pool, "c-1")
    before = await read(scoring)
    async with pool.acquire() as connection:
        for days in (30, 10):
            await buy(connection, 1, Purchase(LAST_DAY - timedelta(days=days), 99_999))
    assert await read(scoring) == before


async def test_no_row_names_anybody(scoring: Scoring, pool: asyncpg.Pool) -> None:
    await respond(pool, "c-1")
    text = (await scoring.client.get("/v1/training-sets/offer_response")).text
    assert "c-1" not in text
    assert str(profile_id(1)) not in text


async def test_who_withdrew_was_erased_or_is_a_stranger_is_left_out(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    for name in ("c-1", "c-2", "c-3", "stranger"):
        await respond(pool, name)
    await pool.execute(
        "INSERT INTO consents (profile_id, purpose, sequence, is_granted, customer_version,"
        " changed_at) VALUES ($1, 'personalisation', 1, false, 1, now())",
        profile_id(2),
    )
    await pool.execute(
        "UPDATE customers SET erased_at = now() WHERE profile_id = $1", profile_id(3)
    )
    assert len(await read(scoring)) == 1


async def test_an_outcome_is_told_only_once_it_was_known(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    made, done = THEN, THEN + timedelta(days=5)
    await pool.execute(TASK, uuid7(), "a", "c-1", "done", "reached", made, done)
    await pool.execute(TASK, uuid7(), "b", "c-2", "open", None, made, None)
    (row,) = await read(scoring, "task")
    assert (row["outcome"], row["about"], row["date"]) == (
        "reached",
        "vip_call",
        (LAST_DAY - timedelta(days=30)).isoformat(),
    )
    assert await read(scoring, "task", until=(done - timedelta(days=1)).isoformat()) == []


async def test_a_span_holds_what_was_decided_in_it(scoring: Scoring, pool: asyncpg.Pool) -> None:
    for days in (1, 2, 3):
        await respond(pool, "c-1", at=NOW - timedelta(days=days))
    span = {
        "since": (NOW - timedelta(days=2)).isoformat(),
        "until": (NOW - timedelta(days=1)).isoformat(),
    }
    assert len(await read(scoring, **span)) == 1


async def test_a_judgement_is_a_row_with_the_tier_held_and_judged(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await pool.execute(LABEL, uuid4(), uuid4(), THEN)
    (row,) = await read(scoring, "tier_judgement")
    assert (row["about"], row["tier"], row["outcome"]) == ("value", "low", "high")
    assert "a regular" not in json.dumps(row)


async def test_more_than_a_page_comes_whole_and_as_csv_too(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    rows = [(f"c-{n % 50}", f"s-{n}", uuid7(), "ignored", THEN) for n in range(1_203)]
    await pool.executemany(RESPONSE, rows)
    found = await read(scoring)
    assert len(found) == len(rows)
    text = (await scoring.client.get("/v1/training-sets/offer_response?format=csv")).text
    written = list(csv.DictReader(io.StringIO(text)))
    assert [float(row["net"]) for row in written] == [row["net"] for row in found]


async def test_nothing_to_learn_from_is_an_empty_set(scoring: Scoring) -> None:
    assert await read(scoring) == []
    text = (await scoring.client.get("/v1/training-sets/task?format=csv")).text
    assert text.startswith('"kind","date","about"')
    assert len(text.splitlines()) == 1


async def test_a_kind_that_is_none_is_refused(scoring: Scoring) -> None:
    assert (await scoring.client.get("/v1/training-sets/everything")).status_code == 422
